using System.Text.Json;
using Wsss.Annotations;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Pipeline;
using static TorchSharp.torch;

namespace Wsss.Tests.Pipeline;

public sealed class PredictionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private PredictedImage[] Run(
        ModelFolder model,
        IReadOnlyList<Photograph> photographs,
        string folder,
        Prediction? prediction = null,
        RunContext? run = null
    ) => [.. (prediction ?? new Prediction()).Run(model, photographs, _folder.File(folder), run ?? Toys.Run(_folder))];

    private LabelMap Mask(string folder, PredictedImage image) => ImageFile.ReadMask(_folder.File(folder, image.Mask));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_network_predicts_what_it_predicts_in_its_study(int threads)
    {
        long before = Toys.LiveTensors;
        using (var study = TinyModel.Study(_folder))
        {
            ModelFolder model = TinyModel.Save(_folder, study, segment: true);
            IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, study.Data.Test);
            PredictedImage[] images;
            using (new OnThreads(threads)) images = Run(model, photographs, "out");
            using var segmenter = study.TrainSegmenter(study.Data.Train);
            Assert.Equal(photographs, images.Select(image => image.Photograph));
            for (int i = 0; i < images.Length; i++)
            {
                LabelMap expected = study.Experiment.Inference.Predict(segmenter.Network, study.Data.Test.Load(i).Image, CPU);
                Assert.Equal($"masks/{study.Data.Test.Id(i)}.png", images[i].Mask);
                Assert.Equal(expected.Values, Mask("out", images[i]).Values);
                Assert.Equal(expected.Values.Distinct().Where(label => label > 0).Order().Select(label => label - 1), images[i].Labels);
                Assert.Equal((32, 32, false), (images[i].Width, images[i].Height, images[i].Kept));
            }
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Without_a_network_masks_are_those_of_the_study_s_maps(int threads)
    {
        long before = Toys.LiveTensors;
        using (var study = TinyModel.Study(_folder))
        {
            ModelFolder model = TinyModel.Save(_folder, study, segment: false);
            IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, study.Data.Test);
            var labels = Enumerable.Range(0, study.Data.Test.Count).ToDictionary(study.Data.Test.Id, study.Data.Test.Labels);
            PredictedImage[] images;
            using (new OnThreads(threads)) images = Run(model, photographs, "out", new Prediction { Labels = labels });
            var expected = study.Masks(study.Data.Test);
            for (int i = 0; i < images.Length; i++)
            {
                byte[] mask = expected(study.Data.Test.Load(i))!.Values;
                Assert.Contains(mask, label => label > 0);
                // Images that share a forward pass may differ in the last bit of a map.
                Assert.InRange(Mask("out", images[i]).Values.Zip(mask).Count(pixel => pixel.First != pixel.Second), 0, 2);
            }
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Classes_that_nobody_names_are_those_with_a_score_of_a_half()
    {
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Maps = new(), Refinements = [] });
        ModelFolder model = TinyModel.Save(_folder, study, segment: false);
        IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, study.Data.Test);
        PredictedImage[] images = Run(
            model,
            photographs,
            "out",
            new Prediction { Labels = new Dictionary<string, IReadOnlyList<int>> { [photographs[0].Id] = [] } }
        );
        Assert.All(Mask("out", images[0]).Values, label => Assert.Equal(0, label));
        for (int i = 1; i < images.Length; i++)
        {
            RgbImage image = study.Data.Test.Load(i).Image;
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            float[] scores = Toys.Values(study.Classifier.Network.call(Loader.ImageTensor(image, CPU), null).Logits.sigmoid());
            int[] seen = [.. new[] { 0, 1 }.Where(c => scores[c] >= .5f)];
            LocalizationMaps maps = new MapInference().Extract(study.Classifier.Network, [new Sample("a", image, seen)], CPU)[0].AsStored();
            Assert.Equal(ThresholdRule.Apply(maps, study.Threshold).Values, Mask("out", images[i]).Values);
        }
    }

    [Fact]
    public void Maps_are_rounded_as_a_study_stores_them_before_the_threshold_counts()
    {
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Maps = new(), Refinements = [] });
        Sample sample = study.Data.Test.Load(0);
        LocalizationMaps maps = new MapInference().Extract(study.Classifier.Network, [sample], CPU)[0], stored = maps.AsStored();
        // A value that rounding has raised.
        float threshold = stored.Values.Zip(maps.Values).First(value => value.Second > 0.2f && value.First > value.Second).First;
        ModelFolder model = ModelFolder.Save(
            _folder.File("model"), study.Experiment, study.Classifier, null, threshold, study.Provenance);
        IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, new Subset(study.Data.Test, [0]));
        var labels = new Dictionary<string, IReadOnlyList<int>> { [photographs[0].Id] = sample.Labels };
        byte[] mask = Mask("out", Run(model, photographs, "out", new Prediction { Labels = labels })[0]).Values;
        Assert.Equal(ThresholdRule.Apply(stored, threshold).Values, mask);
        Assert.NotEqual(ThresholdRule.Apply(maps, threshold).Values, mask);
    }

    [Fact]
    public void A_large_photograph_is_seen_small_and_its_mask_has_its_size()
    {
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        RgbImage large = Toys.Noise(90, 40);
        ImageFile.WritePng(_folder.File("photographs", "large.png"), large);
        PredictedImage image = Assert.Single(
            Run(model, Photographs.Find(_folder.File("photographs")), "out", new Prediction { LongestSide = 45 })
        );
        using var segmenter = study.TrainSegmenter(study.Data.Train);
        LabelMap small = study.Experiment.Inference.Predict(segmenter.Network, Resampler.Resize(large, 45, 20), CPU),
            mask = Mask("out", image);
        Assert.Equal((90, 40), (mask.Width, mask.Height));
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 90; x++)
                Assert.Equal(small.Values[y / 2 * 45 + x / 2], mask.Values[y * 90 + x]);
        Assert.Contains(
            "at least 16 pixels, found 15",
            Assert.Throws<RecipeException>(() => Run(model, [image.Photograph], "out", new Prediction { LongestSide = 15 })).Message
        );
    }

    [Fact]
    public void Broken_photographs_are_passed_over_with_an_error_each()
    {
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        TinyModel.Write(_folder, Toys.Blobs(2, seed: 9));
        byte[] whole = File.ReadAllBytes(_folder.File("photographs", "blob_9_000.png"));
        File.WriteAllBytes(_folder.File("photographs", "a-half.png"), whole[..(whole.Length / 2)]);
        File.WriteAllText(_folder.File("photographs", "b-text.jpg"), "no image");
        File.WriteAllText(_folder.File("photographs", "c-empty.bmp"), "");
        PredictedImage[] images = Run(model, Photographs.Find(_folder.File("photographs")), "out");
        Assert.Equal(
            ["a-half.png: error", "b-text.jpg: error", "blob_9_000.png: mask", "blob_9_001.png: mask", "c-empty.bmp: error"],
            images.Select(image => $"{image.Photograph.File}: {(image.Error is null ? "mask" : "error")}"));
        foreach (PredictedImage image in images.Where(image => image.Error is not null))
        {
            Assert.Contains(image.Photograph.Path, Assert.IsType<ImageFileException>(image.Error).Message);
            Assert.Equal("", image.Mask);
        }
        Assert.Equal(2, Directory.GetFiles(_folder.File("out", "masks")).Length);
    }

    [Fact]
    public void What_was_cut_off_goes_on_and_ends_with_the_same_bytes()
    {
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, Toys.Blobs(7, seed: 9));
        Run(model, photographs, "whole");

        using var stop = new CancellationTokenSource();
        var stopper = new Listener(progress =>
        {
            if (progress.Done == 3)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            Run(model, photographs, "cut", run: Toys.Run(_folder) with { Progress = stopper, Cancellation = stop.Token })
        );
        string[] lines = File.ReadAllLines(_folder.File("cut", "index.jsonl"));
        int done = lines.Length - 1;
        Assert.InRange(done, 1, 6);
        // As a machine that is switched off leaves it: a line cut off, and a mask lost.
        File.WriteAllText(_folder.File("cut", "index.jsonl"), string.Join('\n', lines) + "\n" + lines[^1][..20]);
        File.Delete(_folder.File("cut", "masks", photographs[0].Id + ".png"));
        byte[] corrected = File.ReadAllBytes(_folder.File("whole", "masks", photographs[0].Id + ".png"));

        PredictedImage[] images = Run(model, photographs, "cut");
        Assert.Equal(done - 1, images.Count(image => image.Kept));
        Assert.False(images[0].Kept);
        Assert.Equal(corrected, File.ReadAllBytes(_folder.File("cut", "masks", photographs[0].Id + ".png")));
        Assert.Equal(Files("whole"), Files("cut"));
        foreach (string file in Files("whole"))
            Assert.Equal(File.ReadAllBytes(_folder.File("whole", file)), File.ReadAllBytes(_folder.File("cut", file)));

        string[] Files(string folder) =>
            [
                .. Directory
                    .EnumerateFiles(_folder.File(folder), "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(_folder.File(folder), file))
                    .Order(StringComparer.Ordinal),
            ];
    }

    [Fact]
    public void Masks_of_this_model_are_kept_and_those_of_another_are_not_overwritten_unasked()
    {
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, Toys.Blobs(3, seed: 9));
        PredictedImage first = Run(model, photographs, "out")[0];
        var edited = new LabelMap(32, 32, [.. Enumerable.Repeat((byte)2, 32 * 32)]);
        ImageFile.WriteMask(_folder.File("out", first.Mask), edited);
        Assert.All(Run(model, photographs, "out"), image => Assert.True(image.Kept));
        Assert.Equal(edited.Values, Mask("out", first).Values);

        // Another photograph under the same name has another mask.
        ImageFile.WritePng(photographs[1].Path, Toys.Noise(20, 10));
        Assert.Equal([true, false, true], Run(model, photographs, "out").Select(image => image.Kept));

        Assert.Contains(
            "those of another",
            Assert.Throws<WsssException>(() => Run(model, photographs, "out", new Prediction { LongestSide = 16 })).Message
        );
        Assert.Equal(edited.Values, Mask("out", first).Values);
        Assert.All(Run(model, photographs, "out", new Prediction { Overwrite = true }), image => Assert.False(image.Kept));
        Assert.NotEqual(edited.Values, Mask("out", first).Values);

        ImageFile.WriteMask(_folder.File("mine", "masks", "a.png"), edited);
        Assert.Contains("found masks alone", Assert.Throws<WsssException>(() => Run(model, photographs, "mine")).Message);
        IReadOnlyList<Photograph> own = Photographs.Find(_folder.File("mine", "masks"));
        Assert.Contains(
            "outside of",
            Assert.Throws<WsssException>(() => Run(model, own, "mine", new Prediction { Overwrite = true })).Message
        );
        Assert.Equal(edited.Values, ImageFile.ReadMask(_folder.File("mine", "masks", "a.png")).Values);
    }

    [Fact]
    public void Live_tensors_do_not_grow_with_the_photographs()
    {
        using var study = TinyModel.Study(_folder);
        foreach (bool segment in new[] { true, false })
        {
            ModelFolder model = TinyModel.Save(_folder, study, segment);
            IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, Toys.Blobs(6, seed: 9));
            long before = Toys.LiveTensors;
            List<long> live = [];
            foreach (var _ in new Prediction().Run(model, photographs, _folder.File($"out-{segment}"), Toys.Run(_folder)))
                live.Add(Toys.LiveTensors);
            Assert.Equal(6, live.Count);
            Assert.True(live[0] > before);
            Assert.Single(live.Distinct());
            Assert.Equal(before, Toys.LiveTensors);
        }
    }

    [Fact]
    public void A_network_predicts_no_class_beyond_the_labels_that_are_given()
    {
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        IReadOnlyList<Photograph> photographs = TinyModel.Write(_folder, study.Data.Test);
        using var segmenter = study.TrainSegmenter(study.Data.Train);
        var look = study.Experiment.Inference;
        LabelMap Predicted(int i, IReadOnlyList<int>? shown) =>
            look.Predict(segmenter.Network, study.Data.Test.Load(i).Image, CPU, shown: shown);
        // An image in which the network alone finds a class, which then is not its label.
        int at = Enumerable.Range(0, photographs.Count).First(i => Predicted(i, null).Values.Any(label => label > 0));
        int[] other = [Predicted(at, null).Values.Contains((byte)1) ? 1 : 0];
        Assert.NotEqual(Predicted(at, null).Values, Predicted(at, other).Values);
        var labels = new Dictionary<string, IReadOnlyList<int>> { [photographs[at].Id] = other };
        PredictedImage[] images = Run(model, photographs, "out", new Prediction { Labels = labels });
        for (int i = 0; i < images.Length; i++)
            Assert.Equal(Predicted(i, i == at ? other : null).Values, Mask("out", images[i]).Values);
    }

    [Fact]
    public void Names_that_people_should_not_give_come_through_every_format()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file names.");
        using var study = TinyModel.Study(_folder);
        ModelFolder model = TinyModel.Save(_folder, study, segment: true);
        string[] names =
        [
            "=cmd|' -C calc'!A0",
            "@SUM(A1)",
            "two\nlines",
            "<script>alert(1)<",
            "-rf",
            "bell\u0007",
            "a, \"b\"",
            "ünï 日本 \U0001F600",
            new string('x', 250),
        ];
        ImageFile.WritePng(_folder.File("short.png"), Toys.Noise(16, 16));
        Directory.CreateDirectory(_folder.File("photographs"));
        foreach (string name in names)
            File.Copy(_folder.File("short.png"), _folder.File("photographs", name + ".png"));

        IReadOnlyList<Photograph> photographs = Photographs.Find(_folder.File("photographs"));
        PredictedImage[] images = Run(model, photographs, "out");
        PredictedImage failed = Assert.Single(images, image => image.Error is not null);
        Assert.Contains("Shorten it", failed.Error!.Message);
        var masks = new PredictedMasks(_folder.File("out"), model.ClassNames, images, Toys.Run(_folder));
        Assert.Equal(8, masks.Count);
        string[] files = [.. images.Where(image => image.Error is null).Select(image => image.Photograph.File)];

        using (var list = JsonDocument.Parse(File.ReadAllText(masks.WriteList())))
        {
            JsonElement[] entries = [.. list.RootElement.GetProperty("images").EnumerateArray()];
            Assert.Equal(files.Select(file => $"../photographs/{file}"), entries.Select(entry => entry.GetProperty("image").GetString()));
            Assert.All(entries, entry => Assert.True(File.Exists(_folder.File("out", entry.GetProperty("mask").GetString()!))));
            Assert.Equal([16, 16], entries[0].GetProperty("size").EnumerateArray().Select(number => number.GetInt32()));
        }
        CocoFile.Write(_folder.File("coco.json"), model.ClassNames, masks.Read("COCO"), CocoForm.Rle);
        using (var coco = JsonDocument.Parse(File.ReadAllText(_folder.File("coco.json"))))
            Assert.Equal(
                files,
                coco.RootElement.GetProperty("images").EnumerateArray().Select(entry => entry.GetProperty("file_name").GetString())
            );
        AreaTable.Write(_folder.File("areas.csv"), model.ClassNames, masks.Read("areas"));
        Assert.DoesNotMatch("(^|[,\n])\"?[=+@-]", File.ReadAllText(_folder.File("areas.csv")));
        CvatFile.Write(_folder.File("cvat.xml"), model.ClassNames, masks.Read("CVAT"));
        Assert.Equal(8, System.Xml.Linq.XElement.Load(_folder.File("cvat.xml")).Elements("image").Count());
        LabelStudioFile.Write(_folder.File("tasks.json"), model.ClassNames, masks.Read("Label Studio"), "model");
        Assert.Equal(8, JsonDocument.Parse(File.ReadAllText(_folder.File("tasks.json"))).RootElement.GetArrayLength());
        Assert.Equal(8, masks.Overlays(write: true).Count());
        Assert.Equal(8, Directory.GetFiles(_folder.File("out", "overlays")).Length);
    }
}
