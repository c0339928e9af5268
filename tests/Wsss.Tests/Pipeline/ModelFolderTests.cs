using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Regions;
using Wsss.Segmentation;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Pipeline;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_is_loaded_from_its_folder_alone()
    {
        long before = Toys.LiveTensors;
        string key;
        float[] weights;
        using (var study = TinyModel.Study(_folder))
        {
            using (var segmenter = study.TrainSegmenter(study.Data.Train)) weights = Weights(segmenter);
            key = TinyModel.Save(_folder, study, segment: true).Key;
        }
        Directory.Delete(_folder.File("store"), recursive: true);
        Directory.Move(_folder.File("model"), _folder.File("elsewhere"));

        ModelFolder model = ModelFolder.Load(_folder.File("elsewhere"));
        Assert.Equal(key, model.Key);
        Assert.True(model.HasSegmenter);
        Assert.Equal(["red", "blue"], model.ClassNames);
        Assert.Equal(1, model.Description.Schema);
        Assert.Equal([1, 1.5], model.Description.Maps.Scales);
        Assert.IsType<PamrRefinement>(Assert.Single(model.Description.Refinements));
        Assert.Equal([1, 1.25], model.Description.Segmentation!.Scales);
        Assert.Equal("cpu", model.Description.Provenance.Device);
        using (var segmenter = model.LoadSegmenter(Toys.Run(_folder))) Assert.Equal(weights, Weights(segmenter));
        using (var classifier = model.LoadClassifier(Toys.Run(_folder))) Assert.Equal(["red", "blue"], classifier.Network.ClassNames);
        Assert.DoesNotContain(_folder.Path, File.ReadAllText(_folder.File("elsewhere", "model.json")));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void The_key_is_that_of_the_masks()
    {
        using var study = TinyModel.Study(_folder);
        using var sharper = TinyModel.Study(_folder, TinyModel.Experiment with { Maps = new() });
        string key = TinyModel.Save(_folder, study, segment: false).Key;
        Assert.Equal(key, TinyModel.Save(_folder, study, segment: false).Key);
        Assert.NotEqual(key, TinyModel.Save(_folder, study, segment: true).Key);
        Assert.NotEqual(key, TinyModel.Save(_folder, sharper, segment: false).Key);
    }

    [Fact]
    public void What_is_missing_or_broken_is_named()
    {
        using var study = TinyModel.Study(_folder);
        TinyModel.Save(_folder, study, segment: true);
        string model = _folder.File("model"),
            json = Path.Combine(model, "model.json"),
            description = File.ReadAllText(json);
        string weights = Path.Combine(model, "segmenter", "network.safetensors"),
            moved = _folder.File("moved");

        Assert.Contains("no such folder", Assert.Throws<WsssException>(() => ModelFolder.Load(_folder.File("missing"))).Message);
        Assert.Contains("'model.json', found none", Assert.Throws<WsssException>(() => ModelFolder.Load(_folder.Path)).Message);

        File.Move(weights, moved);
        Assert.Contains(
            "'segmenter/network.safetensors', found no such file",
            Assert.Throws<WeightFileException>(() => ModelFolder.Load(model)).Message
        );
        byte[] bytes = File.ReadAllBytes(moved);
        File.WriteAllBytes(weights, bytes[..^4]);
        Assert.Contains(weights, Assert.Throws<WeightFileException>(() => ModelFolder.Load(model)).Message);
        File.WriteAllBytes(weights, bytes);
        ModelFolder.Load(model);

        // Descriptions that another program may write.
        File.Delete(Path.Combine(model, "artifact.json"));
        File.WriteAllText(json, description.Replace("\"schema\": 1", "\"schema\": 7"));
        Assert.Contains("schema 1, found 7", Assert.Throws<WsssException>(() => ModelFolder.Load(model)).Message);
        File.WriteAllText(json, description[..(description.Length / 2)]);
        Assert.Contains(json, Assert.Throws<WsssException>(() => ModelFolder.Load(model)).Message);
        JsonObject edited = JsonNode.Parse(description)!.AsObject();
        edited.Remove("threshold");
        File.WriteAllText(json, edited.ToJsonString());
        Assert.Contains("threshold", Assert.Throws<WsssException>(() => ModelFolder.Load(model)).Message);
        edited = JsonNode.Parse(description)!.AsObject();
        edited["weights"]!.AsObject().Remove("segmenter/network.safetensors");
        File.WriteAllText(json, edited.ToJsonString());
        Assert.Contains(
            "weights of 'segmenter/network.safetensors', found none",
            Assert.Throws<WsssException>(() => ModelFolder.Load(model)).Message
        );
    }

    [Fact]
    public void A_separator_at_the_end_of_the_path_changes_nothing()
    {
        using var study = TinyModel.Study(_folder);
        string model = _folder.File("model") + Path.DirectorySeparatorChar;
        for (int time = 0; time < 2; time++)
        {
            ModelFolder.Save(model, study.Experiment, study.Classifier, segmenter: null, study.Threshold, study.Provenance);
            Assert.False(ModelFolder.Load(model).HasSegmenter);
        }
    }

    [Fact]
    public void A_folder_with_other_things_is_left_as_it_is()
    {
        using var study = TinyModel.Study(_folder);
        TinyModel.Save(_folder, study, segment: true);
        File.WriteAllText(_folder.File("model", "notes.txt"), "mine");
        Assert.Contains("found 'notes.txt'", Assert.Throws<WsssException>(() => TinyModel.Save(_folder, study, segment: false)).Message);
        Assert.True(ModelFolder.Load(_folder.File("model")).HasSegmenter);
        File.Delete(_folder.File("model", "notes.txt"));
        TinyModel.Save(_folder, study, segment: false);
        Assert.Equal(
            ["artifact.json", "classifier", "model.json"],
            Directory.EnumerateFileSystemEntries(_folder.File("model")).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public void Maps_that_new_photographs_cannot_have_are_refused_unless_a_network_takes_their_place()
    {
        using var study = TinyModel.Study(_folder);
        Experiment plain = study.Experiment;
        using TrainedSegmenter segmenter = study.TrainSegmenter(study.Data.Train);
        void Save(Experiment experiment, TrainedSegmenter? network) =>
            ModelFolder.Save(_folder.File("model"), experiment, study.Classifier, network, 0.5f, study.Provenance);
        (Experiment Experiment, string Found)[] impossible =
        [
            (plain with { Refinements = [new AffinityWalk()] }, "walk, which learns"),
            (plain with { Refinements = [new MeanOfChains()] }, "mean, which learns"),
            (plain with { Refinements = [new SaliencyRefinement { Saliency = _folder.Path }] }, _folder.Path),
            (plain with { Refinements = [new RegionVote { Regions = [new Slic(), new RegionFolder { Path = "sam" }] }] }, "'sam'"),
            (plain with { Classifier = plain.Classifier.With(new IterativeErasing()) }, "IterativeErasing, which merges several"),
        ];
        foreach (var (experiment, found) in impossible)
        {
            Assert.Contains(found, Assert.Throws<RecipeException>(() => Save(experiment, null)).Message);
            Assert.False(Directory.Exists(_folder.File("model")));
        }
        foreach (var (experiment, _) in impossible)
        {
            Save(experiment, segmenter);
            Assert.True(ModelFolder.Load(_folder.File("model")).HasSegmenter);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saliency_network_goes_with_the_model_wherever_it_stands_among_the_refinements(bool withinMean)
    {
        TorchScriptFile.Write(_folder.File("own.pt"), "torch.sigmoid(torch.slice(x, 1, 0, 1))");
        MapRefinement saliency = new SaliencyRefinement { Saliency = _folder.File("own.pt") };
        if (withinMean) saliency = new MeanOfChains { Chains = [[], [new PamrRefinement(), saliency]] };
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Refinements = [saliency] });
        TinyModel.Save(_folder, study, segment: false);
        File.Delete(_folder.File("own.pt"));
        Directory.Move(_folder.File("model"), _folder.File("elsewhere"));

        ModelFolder model = ModelFolder.Load(_folder.File("elsewhere"));
        var found = Assert.Single(model.Refinements.SelectMany(step => step.Parts).OfType<SaliencyRefinement>());
        Assert.True(File.Exists(found.Saliency), found.Saliency);
        Assert.StartsWith(_folder.File("elsewhere"), found.Saliency);
        Assert.DoesNotContain(_folder.Path, File.ReadAllText(_folder.File("elsewhere", "model.json")));
    }

    [Fact]
    public void A_saliency_network_that_the_segmentation_network_looks_with_goes_with_the_model()
    {
        TorchScriptFile.Write(_folder.File("own.pt"), "torch.sigmoid(torch.slice(x, 1, 0, 1))");
        var look = TinyModel.Experiment.Inference with { Saliency = new SaliencyEvidence { From = _folder.File("own.pt"), Weight = 3 } };
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Inference = look });
        RgbImage image = study.Data.Test.Load(0).Image;
        using var segmenter = study.TrainSegmenter(study.Data.Train);
        byte[] expected = look.Predict(segmenter.Network, image, CPU).Values;
        Assert.NotEqual(expected, TinyModel.Experiment.Inference.Predict(segmenter.Network, image, CPU).Values);
        TinyModel.Save(_folder, study, segment: true);
        File.Delete(_folder.File("own.pt"));
        Directory.Move(_folder.File("model"), _folder.File("elsewhere"));

        ModelFolder model = ModelFolder.Load(_folder.File("elsewhere"));
        using MaskPredictor predictor = MaskPredictor.Open(model, study.Run);
        Assert.Equal(expected, predictor.Look("a", image, null)().Values);
        Assert.DoesNotContain(_folder.Path, File.ReadAllText(_folder.File("elsewhere", "model.json")));
        File.WriteAllText(_folder.File("elsewhere", "saliency.pt"), "another");
        Assert.Contains("saliency.pt", Assert.Throws<WeightFileException>(() => ModelFolder.Load(_folder.File("elsewhere"))).Message);
    }

    private static float[] Weights(TrainedSegmenter segmenter)
    {
        using var scope = NewDisposeScope();
        return [.. segmenter.Network.parameters().SelectMany(Toys.Values)];
    }
}
