using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

/// <summary>On features that are an image's colours, scored by y_c = mean(Σ_k w_ck A_k²) + b_c.</summary>
public sealed class GradientTargetTests
{
    private static readonly float[] Weights = [2, -1, 0, 0, 2, 0];

    // R and G of four places; B is 0.
    private static readonly float[] Image = [1, 2, -1, 2, 1, 0, 3, 0, 0, 0, 0, 0];

    // ∂(y_0 − y_1)/∂A = (A_R, −3/2 A_G), and the opposite for class 1.
    public static TheoryData<string, float[]> HandComputed => new()
    {
        { "gradcam", [0, 2, 0, 2, 0.5f, 0, 5.5f, 0] },
        { "layercam", [1, 4, 0, 4, 1.5f, 0, 12.5f, 0] },
        { "hirescam", [0, 4, 0, 4, 0.5f, 0, 12.5f, 0] },
    };

    public static TheoryData<string> Methods => ["gradcam", "gradcam++", "layercam", "hirescam"];

    [Theory]
    [MemberData(nameof(HandComputed))]
    public void Of_two_classes_each_gives_up_what_the_other_owns(string method, float[] expected)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Network(head => head, Weights, 5, -5);
        Tensor maps = Toys.Extractor($"{method}:layer=conv,target=softmax").Extract(network, tensor(Image, [1, 3, 2, 2]), [0, 1]);
        Assert.Equal(expected, Toys.Values(maps), Near);
        Assert.False(maps.requires_grad);
    }

    [Fact]
    public void A_network_that_is_sure_has_the_same_maps()
    {
        // 1 − p is far below float32's precision: the softmax's own gradient is 0.
        using var scope = NewDisposeScope();
        using Classifier network = Network(head => head, Weights, 300, -300);
        Tensor maps = Toys.Extractor("hirescam:layer=conv,target=softmax").Extract(network, tensor(Image, [1, 3, 2, 2]), [0, 1]);
        Assert.Equal([0, 4, 0, 4, 0.5f, 0, 12.5f, 0], Toys.Values(maps), Near);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void One_class_without_a_background_has_the_logits_map(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Network(head => head, Weights, 5, -5);
        Tensor images = randn(2, 3, 3, 4);
        Tensor expected = Toys.Extractor(method, "conv").Extract(network, images, [1]);
        Assert.Contains(Toys.Values(expected), value => value > 0);
        Tensor found = Toys.Extractor($"{method}:layer=conv,target=softmax").Extract(network, images, [1]);
        Assert.Equal(Toys.Values(expected), Toys.Values(found));
    }

    [Fact]
    public void With_a_background_it_is_the_softmaxs_own_gradient_up_to_one_factor_per_image_and_class()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using Classifier network = Network(head => BackgroundHead.Around(3, head), [2, -1, 1, -1, 2, 0, 0.5f, 1, -2], 0.2f, 0, -0.1f);
        Tensor images = randn(3, 3, 4, 5);
        Tensor found = Toys.Extractor("hirescam:layer=conv,target=softmax").Extract(network, images, [2, 0]);

        Tensor a = images.clone().requires_grad_();
        HeadOutput output = network.Finish(new Activation(a), 1);
        Tensor[] scores = [output.Logits.select(1, 2), output.Logits.select(1, 0), output.Background!.mean([1, 2, 3])];
        Tensor p = stack(scores, 1).softmax(1);                                                            // [N, 3]
        for (int k = 0; k < 2; k++)
        {
            Tensor own = p.select(1, k), gradients = autograd.grad([own.sum()], [a], retain_graph: true)[0];
            Tensor expected = (gradients * images).sum(1).relu() / (own * (1 - own)).reshape(3, 1, 1);
            Assert.True(allclose(expected, found.select(1, k), 1e-4, 1e-6));
        }
        // One class is not alone beside a background.
        Assert.NotEqual(
            Toys.Values(Toys.Extractor("hirescam", "conv").Extract(network, images, [0])),
            Toys.Values(Toys.Extractor("hirescam:layer=conv,target=softmax").Extract(network, images, [0])));
    }

    [Fact]
    public void The_default_is_the_logit_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Network(head => head, Weights, 5, -5);
        Tensor images = randn(2, 3, 3, 4), a = images.clone().requires_grad_();
        Tensor gradients = autograd.grad([network.Finish(new Activation(a), 1).Logits.select(1, 0).sum()], [a])[0];
        Tensor expected = (gradients * images).sum(1).relu();
        Assert.Equal(Toys.Values(expected), Toys.Values(new HiResCam { Layer = "conv" }.Extract(network, images, [0])));
        Assert.Equal(Toys.Extractor("hirescam"), Toys.Extractor("hirescam:target=logit"));
    }

    [Fact]
    public void Images_of_a_batch_are_compared_with_their_own_labels_alone()
    {
        using Classifier network = Network(head => head, [2, -1, 1, -1, 2, 0, 0.5f, 1, -2], 0, 0, 0);
        var inference = new MapInference { Extractor = Toys.Extractor("gradcam:layer=conv,target=softmax"), Scales = [1, 2] };
        int[][] labels = [[0, 1], [1], [0, 1], [0, 2]];
        Sample[] samples = [.. labels.Select((own, i) => new Sample($"{i}", Toys.Noise(6, 5, i), own))];
        long before = Toys.LiveTensors;
        var together = inference.Extract(network, samples, CPU);
        Assert.Equal(before, Toys.LiveTensors);
        foreach (var (sample, maps) in samples.Zip(together))
        {
            LocalizationMaps alone = Assert.Single(inference.Extract(network, [sample], CPU));
            Assert.Equal((sample.Id, string.Join(' ', sample.Labels)), (maps.Id, string.Join(' ', maps.Classes)));
            Assert.Equal(alone.Values, maps.Values, Near);
        }
        // All labels of the batch together would give other maps.
        var mixed = Assert.Single(inference.Extract(network, [samples[0] with { Labels = [0, 1, 2] }], CPU));
        Assert.NotEqual(together[0].Map(0).ToArray(), mixed.Map(0).ToArray());
    }

    [Fact]
    public void Any_scalar_of_the_output_may_be_the_target()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Network(head => head, Weights, 5, -5);
        var extractor = new LayerCam { Layer = "conv", Target = new LeftHalf() };
        // The left column's mean of 2 R² − G²: ∂/∂A_R = 2 A_R there, 0 elsewhere.
        Assert.Equal([2, 0, 0, 0], Toys.Values(extractor.Extract(network, tensor(Image, [1, 3, 2, 2]), [0])), Near);
        Assert.Equal(extractor, Toys.Extractor("layercam:layer=conv,target=LeftHalf"));
    }

    [Fact]
    public void Extractors_come_back_from_JSON()
    {
        MapExtractor extractor = Toys.Extractor("gradcam++:layer=conv,target=softmax");
        Assert.Equal(new GradCamPlusPlus { Layer = "conv", Target = new SoftmaxTarget() }, extractor);
        Assert.Equal(extractor, WsssJson.Read<MapExtractor>(WsssJson.Write(extractor), "test"));
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5 * Math.Max(1, Math.Abs(a));

    private static Classifier Network(Func<GapHead, ClassifierHead> wrap, float[] weights, params float[] bias)
    {
        var head = new GapHead(3, bias.Length);
        Toys.Set(head.Weight, weights);
        Toys.Set(head.Bias, bias);
        var network = new Classifier(new SquareBackbone(), wrap(head), [.. bias.Select((_, c) => $"class{c}")]);
        network.eval();
        return network;
    }

    /// <summary>A region of the class's map: the mean of its left column.</summary>
    private sealed record LeftHalf : GradientTarget
    {
        public override IReadOnlyList<Tensor> Of(HeadOutput output, IReadOnlyList<int> classes) =>
            [.. classes.Select(c => output.Maps.select(1, c).select(2, 0).mean([1]))];
    }
}
