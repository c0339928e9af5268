using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

/// <summary>A transformer goes the same way as every other backbone.</summary>
public sealed class TransformerTrainingTests : IDisposable
{
    private static readonly Recipe Recipe = Toys.Recipe with { Backbone = new BackboneSpec { Name = "menagerie_vit", Weights = null } };

    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trained_transformer_comes_back_from_its_folder()
    {
        using var scope = NewDisposeScope();
        using TrainedClassifier trained = ClassifierTrainer.Train(Recipe, _data, Toys.Run(_folder));
        Assert.All(trained.History.Epochs, epoch => Assert.True(double.IsFinite(epoch.Losses["classification"])));
        using TrainedClassifier loaded = TrainedClassifier.Load(trained.Folder, CPU);
        Tensor images = randn(2, 3, 32, 40);
        ClassifierOutput expected = trained.Network.call(images, null), found = loaded.Network.call(images, null);
        Assert.Equal(2, expected.Head.Branches.Count);
        Assert.Equal(Toys.Values(expected.Logits), Toys.Values(found.Logits));
        Assert.Equal(Toys.Values(expected.Maps), Toys.Values(found.Maps));
    }

    [Fact]
    public void Separable_classes_are_learned_by_patches_and_tokens()
    {
        using var scope = NewDisposeScope();
        Recipe recipe = Recipe with { Epochs = 20, BatchSize = 8, Augmentation = Augmentation.Resize(Toys.Size) };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(24), Toys.Run(_folder));
        Assert.True(trained.History.Epochs[^1].Metrics["F1"] > 0.8, $"F1 {trained.History.Epochs[^1].Metrics["F1"]}");
        Sample[] samples = [.. Enumerable.Range(0, 6).Select(_data.Test.Load)];
        Tensor[] images = [.. samples.Select(sample => Loader.ImageTensor(sample.Image, CPU))];
        Tensor truth = tensor(samples.SelectMany(sample => new[] { sample.Labels.Contains(0), sample.Labels.Contains(1) }).ToArray())
            .reshape(6, 2);
        IReadOnlyList<Tensor> branches = trained.Network.call(cat(images), null).Head.Branches;
        Assert.All(branches, logits => Assert.True((logits > 0).eq(truth).to(float32).mean().item<float>() > 0.8));
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using Classifier network = Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        using var noGrad = no_grad();
        using Tensor images = zeros(2, 3, 32, 32);
        network.call(images, null).Dispose();
        long before = Toys.LiveTensors;
        using (network.call(images, null)) Assert.Equal(before + 5, Toys.LiveTensors); // features, maps, logits, two branches
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Finishing_from_any_layer_gives_the_same_logits()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Classifier network = Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(2, 3, 32, 24), expected = network.call(images, null).Logits;
        for (int first = 0; first <= network.Backbone.Layers.Count; first++)
        {
            Activation middle = network.Backbone.Run(new Activation(images), 0, first);
            Assert.True(allclose(expected, network.Finish(middle, first).Logits, 1e-6, 1e-6), $"layer {first}");
        }
    }

    [Fact]
    public void Heads_of_techniques_see_the_patches_and_the_tokens_stay()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Recipe.With(new MultiDilation { Rates = [1, 2] }).CreateClassifier(["a", "b", "c"]);
        ClassifierOutput output = network.call(randn(2, 3, 32, 32), null);
        Assert.Equal(3, output.Head.Branches.Count);
        Assert.Equal([2, 3, 4, 4], output.Maps.shape);
    }

    [Fact]
    public void A_segmentation_network_starts_from_the_classifiers_transformer()
    {
        using TrainedClassifier trained = ClassifierTrainer.Train(Recipe with { Epochs = 1 }, _data, Toys.Run(_folder));
        SegmenterRecipe recipe = Toys.SegmenterRecipe with
        {
            Epochs = 1,
            Backbone = Recipe.Backbone with { Weights = trained.WeightsPath },
        };
        using TrainedSegmenter segmenter = SegmenterTrainer.Train(
            recipe,
            new TargetSource(_data.Train),
            _data.Validation,
            Toys.Run(_folder)
        );
        using TrainedSegmenter loaded = TrainedSegmenter.Load(segmenter.Folder, CPU);
        Assert.Equal(2, loaded.Network.Backbone.ClassTokens);
    }

    [Fact]
    public void Its_attention_makes_maps_of_every_sample()
    {
        using Classifier network = Recipe.CreateClassifier(["red", "blue"]);
        network.eval();
        var inference = new MapInference { Extractor = new ClassAttention(), Scales = [1, 1.5] };
        var maps = inference.Run(network, _data.Test, Toys.Run(_folder)).ToList();
        Assert.Equal(_data.Test.Count, maps.Count);
        Assert.All(maps, pair => Assert.Equal(pair.Sample.Labels, pair.Maps.Classes));
        Assert.All(maps, pair => Assert.All(pair.Maps.Values, value => Assert.InRange(value, 0, 1)));
    }

    [Fact]
    public void Menageries_backbones_have_shipped_weights_and_stride_8()
    {
        Assert.Equal(new BackboneSpec { Name = "menagerie_vit" }, BackboneSpec.Parse("menagerie_vit", ""));
        Assert.Equal(8, BackboneSpec.Parse("menagerie_vit", "random")!.OutputStride);
        Assert.Equal(16, BackboneSpec.Parse("deit_tiny", "random")!.OutputStride);
        Assert.Contains("deit_small", Assert.Throws<RecipeException>(() => BackboneSpec.Parse("deit_small", "")).Message);
        Assert.Contains(
            "menagerie_vit",
            Assert.Throws<WeightFileException>(() => new BackboneSpec { Name = "deit_tiny" }.ResolveWeights()).Message
        );
    }
}
