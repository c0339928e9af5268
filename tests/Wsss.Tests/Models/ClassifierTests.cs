using System.Text.Json;
using TorchSharp;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class ClassifierTests(ITestOutputHelper log)
{
    private const string MobileNetWeights = "weights/mobilenet_v2_imagenet.safetensors";

    [Theory]
    [InlineData("menagerie_net")]
    [InlineData("menagerie_vit")]
    [InlineData("resnet18")]
    public void A_network_that_moves_takes_all_its_parameters_along(string backbone)
    {
        using var scope = NewDisposeScope();
        using Classifier network = (
            Toys.Recipe with
            {
                Backbone = new BackboneSpec { Name = backbone, Weights = null },
            }
        ).CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(1, 3, 64, 64),
            before = network.call(images, null).Logits;
        // TorchSharp replaces parameters when the type or the device changes; there may be no other device here.
        network.to(float64);
        Tensor after = network.call(images.to(float64), null).Logits;
        Assert.Equal(float64, after.dtype);
        Assert.True(allclose(before.to(float64), after, 1e-4, 1e-5));
    }

    [Fact]
    public void Logits_equal_torchvisions()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Classifier classifier = Classifier.FromTorchvision("mobilenet_v2", SharedData.File(MobileNetWeights));
        ClassifierOutput output = classifier.call(ParityFiles.Npy("mnv2_input"), null);
        Tensor expected = ParityFiles.Npy("mnv2_logits");
        float difference = (output.Logits - expected).abs().max().item<float>();
        log.WriteLine($"largest difference of the logits {difference:G3}, of |logits| ≤ {expected.abs().max().item<float>():G3}");
        Assert.Equal(expected.shape, output.Logits.shape);
        Assert.InRange(difference, 0, 1e-4f);
        Assert.False(classifier.training);
        Assert.Equal("class 999", classifier.ClassNames[^1]);
    }

    [Fact]
    public void Maps_equal_the_references_raw_CAM()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedData.File("parity/mnv2.json")));
        int classA = json.RootElement.GetProperty("class_a").GetInt32();
        using Classifier classifier = Classifier.FromTorchvision("mobilenet_v2", SharedData.File(MobileNetWeights));
        ClassifierOutput output = classifier.call(ParityFiles.Npy("mnv2_input"), null);
        Tensor expected = ParityFiles.Npy("mnv2_cam_raw");
        Tensor found = output.Maps[0, classA].reshape(expected.shape);
        float difference = (found - expected).abs().max().item<float>(), scale = expected.abs().max().item<float>();
        log.WriteLine($"largest difference of the map {difference:G3}, of |map| ≤ {scale:G3}");
        Assert.InRange(difference, 0, 1e-4f * scale);
    }

    [Fact]
    public void Logits_are_the_mean_of_the_maps_plus_the_bias()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Create();
        ClassifierOutput output = classifier.call(randn(2, 3, 48, 40), null);
        Tensor bias = classifier.state_dict()["head.bias"];
        Assert.Equal([2, 128, 6, 5], output.Features.shape);
        Assert.Equal([2, 3, 6, 5], output.Maps.shape);
        Assert.True(allclose(output.Maps.mean([2, 3]) + bias, output.Logits, 1e-6, 1e-6));
    }

    [Fact]
    public void State_has_a_prefix_per_part()
    {
        using Classifier classifier = Create();
        string[] expected = [.. classifier.Backbone.state_dict().Keys.Select(k => "backbone." + k), "head.bias", "head.conv.weight"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), classifier.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using Classifier classifier = Create();
        using Tensor images = zeros(2, 3, 32, 32),
            labels = zeros(2, 3);
        classifier.call(images, labels).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var output = classifier.call(images, labels))
            Assert.Equal(before + 3, DisposeScopeManager.Statistics.ThreadTotalLiveCount); // features, maps, logits
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_backbone_file_without_classifier_is_refused()
    {
        using var folder = new TempFolder();
        string path = folder.File("trunk.safetensors");
        using Backbone backbone = Backbones.Create("mobilenet_v2", 32);
        NetworkWeights.Save(backbone, path);
        Assert.Contains(
            "'classifier.1'",
            Assert.Throws<WeightFileException>(() => Classifier.FromTorchvision("mobilenet_v2", path)).Message
        );
    }

    private static Classifier Create() => new(new MenagerieNet(), new GapHead(128, 3), ["cat", "boat", "train"]);
}
