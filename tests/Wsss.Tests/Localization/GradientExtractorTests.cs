using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class GradientExtractorTests
{
    public static TheoryData<string> Methods => ["gradcam", "gradcam++", "layercam", "hirescam"];

    // Two classes, 2×2 places each.
    public static TheoryData<string, float[]> HandComputed => new()
    {
        // α = (1, −½, 0): A_R − ½ A_G; class 1: α = (0, 1, 0)
        { "gradcam", [0.5f, 2, 0, 2, 1, 0, 3, 0] },
        // w_R = 1/6 + 2/10 + 2/10, w_G = 0; class 1: w_G = 1/6 + 3/14
        { "gradcam++", [17f / 30, 34f / 30, 0, 34f / 30, 8f / 21, 0, 8f / 7, 0] },
        // only places with positive gradients
        { "layercam", [1, 4, 0, 4, 1, 0, 9, 0] },
        // g_R A_R + g_G A_G = (1 − ½, 4, 1 − 9/2, 4)
        { "hirescam", [0.5f, 4, 0, 4, 1, 0, 9, 0] },
    };

    [Theory]
    [MemberData(nameof(HandComputed))]
    public void Maps_are_those_computed_by_hand(string method, float[] expected)
    {
        // y_c = mean(Σ_k w_ck A_k²): g = w_ck A_k / 2, which is A_R and −A_G / 2 for class 0, 0 and A_G for class 1.
        using var scope = NewDisposeScope();
        using Classifier network = SquareNetwork([2, -1, 0, 0, 2, 0], 5, -5);
        Tensor images = tensor(new float[] { 1, 2, -1, 2, /* G */ 1, 0, 3, 0, /* B */ 0, 0, 0, 0 }, [1, 3, 2, 2]);
        Tensor maps = Toys.Extractor(method, "conv").Extract(network, images, [0, 1]);
        Assert.Equal([1, 2, 2, 2], maps.shape);
        Assert.Equal(expected, Toys.Values(maps), Near);
        Assert.False(maps.requires_grad);
    }

    [Theory]
    [InlineData("gradcam")]
    [InlineData("hirescam")]
    public void Under_a_global_average_the_last_layer_gives_CAM_over_the_number_of_places(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = RandomNetwork("menagerie_net", 8);
        Tensor images = randn(2, 3, 40, 56);
        Tensor cam = new Cam().Extract(network, images, [2, 0]);
        Tensor maps = Toys.Extractor(method).Extract(network, images, [2, 0]);
        Assert.True(cam.amax().item<float>() > 0.01f);
        Assert.Equal(Toys.Values(cam / (cam.shape[2] * cam.shape[3])), Toys.Values(maps), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_last_layer_is_the_one_without_a_name_and_earlier_layers_are_finer(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = RandomNetwork("resnet18", 32);
        Tensor images = randn(1, 3, 64, 96);
        float[] Maps(string? layer, params long[] shape)
        {
            Tensor maps = Toys.Extractor(method, layer).Extract(network, images, [0, 1, 2]);
            Assert.Equal([1, 3, .. shape], maps.shape);
            Assert.Contains(Toys.Values(maps), value => value > 0);
            return Toys.Values(maps);
        }
        Assert.Equal(Maps(null, 2, 3), Maps("layer4.1", 2, 3));
        Maps("layer2.0", 8, 12);
        Maps("relu", 32, 48);
        Maps("conv1", 32, 48);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Several_classes_and_images_give_the_same_as_one_by_one(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = RandomNetwork("menagerie_net", 8);
        MapExtractor extractor = Toys.Extractor(method, "layer2.1");
        Tensor images = randn(3, 3, 32, 40);
        Tensor together = extractor.Extract(network, images, [2, 0, 1]);
        foreach (int image in (int[])[0, 1, 2])
        {
            foreach ((int place, int label) in (ReadOnlySpan<(int, int)>)[(0, 2), (1, 0), (2, 1)])
            {
                Tensor alone = extractor.Extract(network, images.narrow(0, image, 1), [label]);
                Assert.Equal(
                    Toys.Values(alone),
                    Toys.Values(together[image, place]),
                    (a, b) => Math.Abs(a - b) <= 1e-6f + 1e-4f * Math.Abs(a)
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_flipped_image_has_the_flipped_map(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = SquareNetwork([2, -1, 1, -1, 1, 0.5f], 0, 0);
        MapExtractor extractor = Toys.Extractor(method, "conv");
        Tensor images = randn(1, 3, 5, 7);
        Tensor maps = extractor.Extract(network, images, [0, 1]), flipped = extractor.Extract(network, images.flip(3), [0, 1]);
        Assert.NotEqual(Toys.Values(maps), Toys.Values(maps.flip(3)));
        Assert.Equal(Toys.Values(maps.flip(3)), Toys.Values(flipped), Near);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Grad_mode_does_not_matter_and_parameters_get_no_gradients(string method)
    {
        using var scope = NewDisposeScope();
        using Classifier network = RandomNetwork("menagerie_net", 8);
        MapExtractor extractor = Toys.Extractor(method, "layer1.1");
        Tensor images = randn(1, 3, 32, 32);
        float[] withGradients = Toys.Values(extractor.Extract(network, images, [0, 2]));
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.Equal(withGradients, Toys.Values(extractor.Extract(network, images, [0, 2])));
            Assert.False(is_grad_enabled());
        }
        Assert.All(network.parameters(), parameter =>
        {
            Assert.True(parameter.requires_grad);
            Assert.Null(parameter.grad);
        });
        Assert.False(images.requires_grad);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_thousand_maps_leave_nothing_behind(string method)
    {
        using Classifier network = SquareNetwork([2, -1, 0, 0, 2, 0], 5, -5);
        MapExtractor extractor = Toys.Extractor(method, "conv");
        using Tensor images = ones(1, 3, 4, 4);
        long before = Toys.LiveTensors;
        for (int i = 0; i < 500; i++)
        {
            using Tensor maps = extractor.Extract(network, images, [0, 1]);
            Assert.Equal(before + 1, Toys.LiveTensors);
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Class_tokens_are_passed_on_as_constants()
    {
        // The logits are (mean map + token) / 2: half of the gradient of the network without tokens.
        using var scope = NewDisposeScope();
        using Classifier plain = SquareNetwork([2, -1, 0, 0, 2, 0], 5, -5),
            withTokens = Network(new TokenBackbone(), head => new ClassTokenHead(head), [2, -1, 0, 0, 2, 0], 5, -5);
        Tensor images = randn(1, 3, 3, 4);
        Tensor expected = new GradCam { Layer = "conv" }.Extract(plain, images, [0, 1]) / 2;
        Assert.Equal(Toys.Values(expected), Toys.Values(new GradCam { Layer = "conv" }.Extract(withTokens, images, [0, 1])), Near);
    }

    [Fact]
    public void Image_sized_maps_can_be_made_at_several_scales_and_mirrored()
    {
        using Classifier network = RandomNetwork("menagerie_net", 8);
        Sample sample = new("s", Toys.Noise(24, 18), [0, 2]), mirrored = sample with { Image = Toys.Flip(sample.Image) };
        var inference = new MapInference { Extractor = new GradCam { Layer = "layer2.0" }, Scales = [1, 2] };
        long before = Toys.LiveTensors;
        float[] maps = Assert.Single(inference.Extract(network, [sample], CPU)).Values;
        Assert.Equal(1, maps.Max());
        Assert.Equal(Toys.FlipRows(maps, 24), Assert.Single(inference.Extract(network, [mirrored], CPU)).Values, Near);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Theory]
    [InlineData("gradcam")]
    [InlineData("hirescam")]
    public void Under_a_global_average_several_scales_give_the_maps_of_CAM(string method)
    {
        using Classifier network = RandomNetwork("menagerie_net", 8);
        Sample sample = new("s", Toys.Noise(40, 32), [0, 1, 2]);
        var inference = new MapInference { Scales = [0.5, 1, 2] };
        float[] cam = Assert.Single(inference.Extract(network, [sample], CPU)).Values;
        Assert.Equal(
            cam,
            Assert.Single((inference with { Extractor = Toys.Extractor(method) }).Extract(network, [sample], CPU)).Values,
            Near
        );
    }

    [Theory]
    [InlineData("gradcam", TokenKind.Single)]
    [InlineData("gradcam++", TokenKind.Single)]
    [InlineData("layercam", TokenKind.Single)]
    [InlineData("hirescam", TokenKind.Single)]
    [InlineData("gradcam", TokenKind.Distilled)]
    public void Where_the_head_reads_tokens_alone_the_default_is_the_layer_before_the_last_block(string method, TokenKind kind)
    {
        random.manual_seed(1);
        var shape = new VisionTransformerShape(Width: 6, Depth: 3, Heads: 2, Patch: 4, Grid: 3);
        using var scope = NewDisposeScope();
        using var network = new Classifier(
            new VisionTransformer("toy", shape, kind), new TokenHead(6, 2, kind == TokenKind.Single ? 1 : 2), ["a", "b"]);
        network.eval();
        Tensor images = randn(2, 3, 12, 16);
        Tensor maps = Toys.Extractor(method).Extract(network, images, [0, 1]);
        Assert.Equal([2, 2, 3, 4], maps.shape);
        Assert.Equal(Toys.Values(Toys.Extractor(method, "blocks.1").Extract(network, images, [0, 1])), Toys.Values(maps));
        Assert.True(maps.amax().item<float>() > 0);
        foreach (string late in (string[])["blocks.2", "norm"])
        {
            var error = Assert.Throws<RecipeException>(() => Toys.Extractor(method, late).Extract(network, images, [0]));
            Assert.Contains("expected a layer of toy up to blocks.1", error.Message);
            Assert.EndsWith($"found {late}.", error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Scores_that_do_not_hang_on_the_features_are_refused(string method)
    {
        using var scope = NewDisposeScope();
        Tensor images = randn(1, 3, 4, 4);
        using var weight = nn.Parameter(ones(1));
        using Classifier cut = ModuleClassifier.Of(x => x * 2, a => a.detach().mean([2, 3])[.., ..1], ["a"], 1),
            other = ModuleClassifier.Of(x => x * 2, a => (a.detach().mean([2, 3]) * weight)[.., ..1], ["a"], 1);
        foreach (Classifier network in (Classifier[])[cut, other])
        {
            var error = Assert.Throws<RecipeException>(() => Toys.Extractor(method).Extract(network, images, [0]));
            Assert.Contains("Expected scores that hang on the layer", error.Message);
        }
    }

    [Fact]
    public void An_unknown_layer_is_refused_with_those_that_there_are()
    {
        using var scope = NewDisposeScope();
        using Classifier network = SquareNetwork([1, 0, 0], 0);
        var error = Assert.Throws<RecipeException>(() => new GradCam { Layer = "layer9" }.Extract(network, zeros(1, 3, 2, 2), [0]));
        Assert.Contains("conv, square", error.Message);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5 * Math.Max(1, Math.Abs(a));

    private static Classifier RandomNetwork(string backbone, int outputStride)
    {
        random.manual_seed(5);
        Backbone trunk = Backbones.Create(backbone, outputStride);
        var network = new Classifier(trunk, new GapHead(trunk.Channels, 3), ["a", "b", "c"]);
        network.eval();
        return network;
    }

    private static Classifier SquareNetwork(float[] weights, params float[] bias) =>
        Network(new SquareBackbone(), head => head, weights, bias);

    private static Classifier Network(Backbone backbone, Func<GapHead, ClassifierHead> wrap, float[] weights, params float[] bias)
    {
        var head = new GapHead(3, bias.Length);
        Toys.Set(head.Weight, weights);
        Toys.Set(head.Bias, bias);
        var network = new Classifier(backbone, wrap(head), [.. bias.Select((_, c) => $"class{c}")]);
        network.eval();
        return network;
    }

    /// <summary>
    /// The same with a token per class whose features are the grid's values: were it not cut off, gradients would change.
    /// </summary>
    private sealed class TokenBackbone : SquareBackbone
    {
        protected override Activation RunLayer(int index, Activation x)
        {
            Activation y = base.RunLayer(index, x);
            return y with { ClassTokens = x.ClassTokens?.clone() ?? y.Grid.flatten(2).narrow(1, 0, 2).clone() };
        }
    }
}
