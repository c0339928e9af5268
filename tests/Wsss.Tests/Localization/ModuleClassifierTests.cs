using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

/// <summary>A network that is none of this library's: a convolution of stride 2, and a linear layer on the mean of its features.</summary>
public sealed class ModuleClassifierTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private static readonly MapInference ByGradCam = new() { Extractor = new GradCam(), Flip = false };

    private readonly TorchSharp.Modules.Conv2d _convolution;
    private readonly TorchSharp.Modules.Linear _linear;

    public ModuleClassifierTests()
    {
        random.manual_seed(4);
        // TorchSharp leaves a tensor of the initialisation behind; the parameters belong to no scope.
        using var scope = NewDisposeScope();
        _convolution = nn.Conv2d(3, 5, 3, stride: 2, padding: 1);
        _linear = nn.Linear(5, 3);
    }

    public void Dispose()
    {
        _convolution.Dispose();
        _linear.Dispose();
    }

    [Fact]
    public void Grad_CAM_is_the_CAM_of_the_linear_layer_up_to_the_number_of_places()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create();
        Tensor images = randn(2, 3, 12, 10), a = _convolution.call(images).relu().detach();
        Tensor cam = einsum("ck,nkhw->nchw", _linear.weight!, a).relu().detach();
        Tensor found = new GradCam().Extract(network, images, [2, 0]);
        Assert.True(cam.max().item<float>() > 0.01f);
        Assert.True(allclose(cam.select(1, 2), found.select(1, 0) * 30, 1e-4, 1e-6));
        Assert.True(allclose(cam.select(1, 0), found.select(1, 1) * 30, 1e-4, 1e-6));
        Assert.True(allclose(_linear.call(a.mean([2, 3])), network.call(images, null).Logits, 1e-5, 1e-6));
        Assert.Equal((0, 2), (network.Backbone.Cells(12, 10).Rows.Offset, network.Backbone.Cells(12, 10).Rows.Stride));
    }

    [Fact]
    public void Images_of_several_sizes_are_explained_in_one_call_and_nothing_is_left()
    {
        using Classifier network = Create();
        var explainer = new Explainer { Maps = ByGradCam };
        RgbImage[] images = [Toys.Noise(20, 14, 1), Toys.Noise(9, 31, 2), Toys.Noise(20, 14, 3)];
        long before = Toys.LiveTensors;
        var explanations = explainer.Explain(network, images, [0, 2], CPU);
        Assert.Equal(before, Toys.LiveTensors);
        foreach (var (image, explanation) in images.Zip(explanations))
        {
            Assert.Equal((image.Width, image.Height), (explanation.Maps.Width, explanation.Maps.Height));
            Assert.Equal(explainer.Explain(network, image, [0, 2], CPU).Maps.Values, explanation.Maps.Values);

            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            Tensor a = _convolution.call(Loader.ImageTensor(image, CPU)).relu();
            Assert.Equal(Toys.Values(_linear.call(a.mean([2, 3])).sigmoid()), explanation.Scores, (x, y) => Math.Abs(x - y) < 1e-6);
            Tensor cam = einsum("ck,nkhw->nchw", _linear.weight!, a).relu()[0].index_select(0, tensor(new long[] { 0, 2 }));
            var expected = LocalizationMaps.FromTensor("image", image.Width, image.Height, [0, 2], cam, CellGeometry.Strided(2));
            Assert.Equal(expected.Values, explanation.Maps.Values, (x, y) => Math.Abs(x - y) < 1e-4);
        }
    }

    [Fact]
    public void Without_classes_those_that_the_network_names_are_explained()
    {
        using Classifier network = Create();
        Explanation explanation = new Explainer { Maps = ByGradCam, OneClassPerImage = true }.Explain(network, Toys.Noise(8, 8), [], CPU);
        Assert.Equal([explanation.Ranking()[0]], explanation.Maps.Classes);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void Classes_that_there_are_not_are_refused_with_the_range(int wrong)
    {
        using Classifier network = Create();
        var explainer = new Explainer { Maps = ByGradCam };
        var error = Assert.Throws<DataSetException>(() => explainer.Explain(network, [Toys.Noise(8, 8)], [0, wrong], CPU));
        Assert.Contains($"0…2, found {wrong}", error.Message);
    }

    [Fact]
    public void An_extractor_that_needs_class_activation_maps_is_refused_with_one_that_does_not()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create();
        string Message(MapExtractor extractor) =>
            Assert.Throws<RecipeException>(() => extractor.Extract(network, zeros(1, 3, 8, 8), [0])).Message;
        Assert.Contains("gradcam", Message(new Cam()));
        Assert.Contains("It has: features", Message(new GradCam { Layer = "layer4" }));
    }

    [Fact]
    public void Functions_of_other_shapes_are_refused()
    {
        using var scope = NewDisposeScope();
        using Classifier flat = ModuleClassifier.Of(x => x.mean([2, 3]), a => a, Names, 1);
        using Classifier few = ModuleClassifier.Of(x => x, a => a.mean([2, 3]), ["a", "b"], 1);
        string Message(Classifier network) =>
            Assert.Throws<RecipeException>(() => new GradCam().Extract(network, zeros(2, 3, 4, 6), [0])).Message;
        Assert.Contains("[2, K, h, w]", Message(flat));
        Assert.Contains("found [2, 3]", Message(flat));
        Assert.Contains("scores [2, 2]", Message(few));
        Assert.Contains("found [2, 3]", Message(few));
        Assert.Throws<RecipeException>(() => ModuleClassifier.Of(x => x, a => a, [], 1));
        Assert.Throws<RecipeException>(() => ModuleClassifier.Of(x => x, a => a, Names, 0));
    }

    [Fact]
    public void The_modules_stay_the_callers()
    {
        using var scope = NewDisposeScope();
        Create().Dispose();
        Assert.Equal([1, 5, 2, 2], _convolution.call(zeros(1, 3, 4, 4)).shape);
    }

    [Fact]
    public void Patches_have_their_middles_where_they_are_said_to_be()
    {
        using Classifier network = ModuleClassifier.Of(x => x, a => a.mean([2, 3]), Names, stride: 4, offset: 1.5);
        Assert.Equal(new CellAxis(1.5, 4), network.Backbone.Cells(16, 16).Columns);
    }

    private Classifier Create() =>
        ModuleClassifier.Of(x => _convolution.call(x).relu_(), a => _linear.call(a.mean([2, 3])), Names, stride: 2);
}
