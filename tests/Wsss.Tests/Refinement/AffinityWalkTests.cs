using System.Text.Json;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Tests.Refinement;

public sealed class AffinityWalkTests : IDisposable
{
    private static readonly AffinityWalk Toy = new() { Epochs = 1, Steps = 8, Radius = 3, Crf = new CrfOptions { Iterations = 2 } };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_trains_once_and_refines_maps_of_any_size()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var context = new RefinementContext(maps, data.Train, run);
        Sample[] samples = [data.Test.Load(0), Toys.Blobs(3, width: 41, height: 27).Load(2)];
        var first = Refine(Toy, context, samples);
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.Equal(samples[i].Labels, first[i].Classes);
            Assert.Equal((samples[i].Image.Width, samples[i].Image.Height), (first[i].Width, first[i].Height));
            Assert.All(first[i].Values, value => Assert.InRange(value, 0, 1));
            Assert.Equal(1, first[i].Values.Max());
        }
        string[] kinds = [.. Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]).Order()];
        Assert.Equal(["affinity", "classifier", "maps", "seeds"], kinds);
        Assert.Equal(first.Select(found => found.Values), Refine(Toy, context, samples).Select(found => found.Values));
        Assert.Equal(4, Directory.GetDirectories(run.Store.Root).Length);
    }

    [Theory]
    [InlineData(41, 1e-3)]
    [InlineData(43, 0.3)]
    public void The_walk_of_the_mirror_image_is_the_mirrored_walk(int width, double tolerance)
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var before = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = Toy.Open(new RefinementContext(before, data.Train, run));
        Sample sample = Toys.Blobs(1, width: width, height: 27).Load(0);
        // A map that falls off from left to right, and steps.
        float[] values = [.. Enumerable.Range(0, width * 27).Select(i => (1 - i % width / (float)width) * (i / width < 12 ? 1 : 0.5f))];
        var maps = new LocalizationMaps("a", width, 27, [0], values);
        var mirrored = new LocalizationMaps("a", width, 27, [0], Toys.FlipRows(values, width));
        var (x, y) = Toys.Centre(refiner.Refine(sample.Image, maps));
        var (mirroredX, mirroredY) = Toys.Centre(refiner.Refine(Toys.Flip(sample.Image), mirrored));
        Assert.Equal(x, width - 1 - mirroredX, tolerance);
        Assert.Equal(y, mirroredY, tolerance);
    }

    [Fact]
    public void Scores_start_weighed_by_what_is_no_boundary()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var before = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = (Toy with { Steps = 0 }).Open(new RefinementContext(before, data.Train, run));
        Sample sample = data.Test.Load(0);
        var (width, height) = (sample.Image.Width, sample.Image.Height);
        float[] even = [.. Enumerable.Repeat(0.5f, width * height)];
        // Without a step, of an even map nothing is left but 1 − boundary.
        var found = refiner.Refine(sample.Image, new LocalizationMaps("a", width, height, [0], even)).Values;
        Assert.Equal(1, found.Max(), 1e-6);
        Assert.True(found.Min() < 0.99f, $"{found.Min()}");
    }

    [Fact]
    public void Seeds_are_sure_objects_sure_background_and_unknown_between()
    {
        // A CRF without iterations only reads the labels: what is left is the rule of the two thresholds.
        var maps = new LocalizationMaps("a", 5, 1, [1, 3], [0.9f, 0.2f, 0.01f, 0, 0.31f, 0, 0.1f, 0.02f, 0.8f, 0.3f]);
        LabelMap seeds = new AffinityWalk().Seeds(Toys.Noise(5, 1), maps, new DenseCrf(new CrfOptions { Iterations = 0 }));
        Assert.Equal([2, LabelMap.Ignore, 0, 4, 2], seeds.Values);
    }

    [Fact]
    public void An_image_without_labels_is_background()
    {
        LabelMap seeds = new AffinityWalk().Seeds(
            Toys.Noise(4, 2),
            new LocalizationMaps("a", 4, 2, [], []),
            new DenseCrf(new CrfOptions())
        );
        Assert.All(seeds.Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Options_out_of_range_are_errors_and_survive_JSON_otherwise()
    {
        AffinityWalk[] broken =
        [
            new() { ObjectThreshold = 0.04f }, new() { BackgroundThreshold = -1 }, new() { ObjectThreshold = 2 }, new() { Scale = 0 },
            new() { Epochs = 0 }, new() { Radius = 1 }, new() { Beta = 0 }, new() { Steps = -1 }, new() { Crf = new() { Iterations = -1 } },
            new() { Crf = new() { Compatibility = [[0, 1], [1, 0]] } },
        ];
        Assert.All(broken, walk => Assert.Throws<RecipeException>(walk.Validate));
        MapRefinement[] all = [Toy, new CrfRefinement(), new PamrRefinement { Pamr = new Pamr { Iterations = 3 } }];
        string[] names = ["walk", "crf", "pamr"];
        for (int i = 0; i < all.Length; i++)
        {
            string json = WsssJson.Write(all[i]);
            Assert.Contains($"\"{names[i]}\"", json);
            Assert.Equal(json, WsssJson.Write(WsssJson.Read<MapRefinement>(json, "test")));
        }
    }

    [Fact]
    public void It_needs_a_classifier() =>
        Assert.Contains("classifier", Assert.Throws<RecipeException>(() =>
            Toy.Open(new RefinementContext(null, Toys.Blobs(4), Toys.Run(_folder)))).Message);

    [Fact]
    public void A_scale_that_leaves_no_crops_is_an_error_before_seeds_are_made()
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var walk = Toy with { Scale = 0.2 };
        walk.Validate();
        string message = Assert.Throws<RecipeException>(() => walk.Open(new RefinementContext(maps, data.Train, run))).Message;
        Assert.Contains("Affinity walk: expected a scale that leaves at least 8 pixels of the classifier's crops of 32", message);
        Assert.Contains("found 0.2, which leaves 6", message);
        Assert.Equal(["classifier"], Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]));
        using var least = (Toy with { Scale = 0.25 }).Open(new RefinementContext(maps, data.Train, run));
    }

    [Fact]
    public void As_many_images_pass_at_once_as_in_the_training_of_the_classifier()
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1, MicroBatch = 2 }, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = Toy.Open(new RefinementContext(maps, data.Train, run));
        string folder = Directory.GetDirectories(run.Store.Root, "affinity-*").Single();
        using var recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "recipe.json")));
        Assert.Equal(4, recipe.RootElement.GetProperty("batchSize").GetInt32());
        Assert.Equal(2, recipe.RootElement.GetProperty("microBatch").GetInt32());
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var context = new RefinementContext(maps, data.Train, run);
        Sample[] samples = [data.Test.Load(0)];
        Refine(Toy, context, samples);
        long before = Toys.LiveTensors;
        Refine(Toy, context, samples);
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static LocalizationMaps[] Refine(MapRefinement refinement, RefinementContext context, Sample[] samples)
    {
        using MapRefiner refiner = refinement.Open(context);
        return
        [
            .. samples.Select(sample =>
                refiner.Refine(
                    sample.Image,
                    new MapInference().Extract(context.Before!.Classifiers[0].Network, [sample], TorchSharp.torch.CPU)[0]
                )
            ),
        ];
    }
}
