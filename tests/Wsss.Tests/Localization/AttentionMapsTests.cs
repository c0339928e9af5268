using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class AttentionMapsTests
{
    private static readonly VisionTransformerShape Shape = new(Width: 6, Depth: 3, Heads: 2, Patch: 4, Grid: 3);

    private static readonly ClassAttention Raw = new() { TimesCam = false, Affinity = false };

    public static TheoryData<MapExtractor> All { get; } =
    [
        new ClassAttention(),
        new ClassAttention { Layers = 1, Affinity = false },
        new ClassAttention { TimesCam = false },
        Raw,
        new AttentionRollout(),
        new LeGrad(),
        new LeGrad { Target = new SoftmaxTarget() },
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Maps_are_those_of_the_classes_and_not_negative_and_nothing_else_survives(MapExtractor extractor)
    {
        using Classifier network = Create(3);
        using Tensor images = randn(2, 3, 14, 8);
        extractor.Extract(network, images, [2]).Dispose();
        long before = Toys.LiveTensors;
        using (Tensor maps = extractor.Extract(network, images, [2, 0]))
        {
            Assert.Equal(before + 1, Toys.LiveTensors);
            Assert.Equal([2, 2, 4, 2], maps.shape);
            Assert.False(maps.requires_grad);
            Assert.True(Toys.Values(maps).All(value => value >= 0));
            using Tensor other = extractor.Extract(network, images, [0]);
            using Tensor second = maps[.., 1..2];
            if (!extractor.ComparesClasses) Assert.Equal(Toys.Values(other), Toys.Values(second));
        }
        using Tensor again = extractor.Extract(network, images, [2, 0]);
    }

    [Fact]
    public void Class_attention_is_the_tokens_row_over_the_last_layers()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create(3);
        Tensor images = randn(1, 3, 12, 12);
        var (_, attention) = ((VisionTransformer)network.Backbone).RunWithAttention(images, heads => heads);   // each [1, 2, 12, 12]
        Tensor expected = (attention[1] + attention[2])[0].sum([0])[1, 3..].reshape(1, 1, 3, 3) / 4;
        Tensor found = (Raw with { Layers = 2 }).Extract(network, images, [1]);
        Assert.True(allclose(expected, found, 1e-6, 1e-7));

        Tensor cam = new Cam().Extract(network, images, [1]), affinity = attention.Aggregate((a, b) => a + b)[0].sum([0])[3.., 3..] / 6;
        Assert.True(cam.max().item<float>() > 0);
        Assert.True(allclose(expected * cam, (Raw with { Layers = 2, TimesCam = true }).Extract(network, images, [1]), 1e-6, 1e-9));
        Tensor refined = affinity.matmul((expected * cam).reshape(9, 1)).reshape(1, 1, 3, 3);
        Assert.True(allclose(refined, new ClassAttention { Layers = 2 }.Extract(network, images, [1]), 1e-5, 1e-9));
    }

    [Fact]
    public void The_identity_as_affinity_returns_its_input_and_rows_say_what_a_patch_takes()
    {
        using var scope = NewDisposeScope();
        Tensor maps = randn(2, 3, 2, 2);
        Assert.True(allclose(maps, ClassAttention.Refine(maps, eye(4).expand(2, 4, 4)), 0, 0));
        Tensor affinity = zeros(1, 4, 4);
        affinity[0, 1, 2] = 0.5f; // the second patch takes half of the third's
        Tensor one = tensor(new float[] { 1, 2, 4, 8 }, [1, 1, 2, 2]);
        Assert.Equal([0f, 2, 0, 0], Toys.Values(ClassAttention.Refine(one, affinity)));
    }

    [Fact]
    public void Rows_of_the_rollout_sum_to_one()
    {
        using var scope = NewDisposeScope();
        Tensor[] attention = [.. Enumerable.Range(0, 5).Select(_ => randn(2, 7, 7).softmax(2))];
        Tensor rollout = AttentionRollout.Rollout(attention);
        Assert.Equal([2, 7, 7], rollout.shape);
        Assert.True(allclose(rollout.sum(2), ones(2, 7), 1e-5, 1e-6));
    }

    /// <summary>Token 0 looks at 1 in the second block, and 1 at 2 in the first: a quarter of 2 arrives at 0.</summary>
    [Fact]
    public void Rollout_multiplies_later_blocks_from_the_left()
    {
        using var scope = NewDisposeScope();
        Tensor first = eye(3).unsqueeze(0), second = eye(3).unsqueeze(0);
        (first[0, 1, 1], first[0, 1, 2]) = (0, 1);
        (second[0, 0, 0], second[0, 0, 1]) = (0, 1);
        Assert.Equal([0.5f, 0.25f, 0.25f, 0, 0.5f, 0.5f, 0, 0, 1], Toys.Values(AttentionRollout.Rollout([first, second])));
        Assert.Equal([0.5f, 0.5f, 0, 0, 0.5f, 0.5f, 0, 0, 1], Toys.Values(AttentionRollout.Rollout([second, first])));
    }

    [Fact]
    public void The_rollouts_map_is_the_tokens_row()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create(2);
        Tensor images = randn(1, 3, 12, 12);
        var (_, attention) = ((VisionTransformer)network.Backbone).RunWithAttention(images, heads => heads.mean([1]));
        Tensor expected = AttentionRollout.Rollout(attention)[0, 1, 2..].reshape(1, 1, 3, 3);
        Assert.True(allclose(expected, new AttentionRollout().Extract(network, images, [1]), 0, 0));
    }

    [Theory]
    [InlineData(TokenKind.Single, 1)]
    [InlineData(TokenKind.Distilled, 2)]
    public void One_token_for_the_image_has_one_attention_for_all_classes(TokenKind kind, int tokens)
    {
        using var scope = NewDisposeScope();
        using var network = new Classifier(new VisionTransformer("toy", Shape, kind), new TokenHead(6, 3, tokens), ["a", "b", "c"]);
        network.eval();
        Tensor images = randn(1, 3, 12, 12);
        Tensor attention = Raw.Extract(network, images, [0, 2]), cam = new Cam().Extract(network, images, [0, 2]);
        Assert.Equal(Toys.Values(attention[.., ..1]), Toys.Values(attention[.., 1..]));
        Assert.True(allclose(attention * cam, (Raw with { TimesCam = true }).Extract(network, images, [0, 2]), 0, 0));
        Assert.Equal([1, 2, 3, 3], new AttentionRollout().Extract(network, images, [0, 2]).shape);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_convolutional_network_is_refused(MapExtractor extractor)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        string message = Assert.Throws<RecipeException>(() => extractor.Extract(network, zeros(1, 3, 8, 8), [0])).Message;
        Assert.Contains(extractor.GetType().Name, message);
        Assert.Contains("pointwise", message);
        Assert.Contains("menagerie_vit", message);
        Assert.Contains("gradcam", message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Layers_that_the_network_lacks_are_refused(int layers)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create(1);
        var extractor = new ClassAttention { Layers = layers };
        Assert.Contains(
            $"found {layers}",
            Assert.Throws<RecipeException>(() => extractor.Extract(network, zeros(1, 3, 12, 12), [0])).Message
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Extractors_come_back_from_JSON(MapExtractor extractor)
    {
        string json = WsssJson.Write(new MapInference { Extractor = extractor });
        Assert.Equal(extractor, WsssJson.Read<MapInference>(json, "test").Extractor);
    }

    [Fact]
    public void Each_of_several_sizes_counts_alike()
    {
        using Classifier network = Create(3);
        using (NewDisposeScope())
        using (no_grad())
        {
            // Every token attends to all alike, to 1 / T: times the cam, that is the cam.
            foreach (var (name, weights) in network.named_parameters().Where(item => item.name.Contains("qkv"))) weights[..12].zero_();
        }
        Sample sample = new("s", Toys.Noise(48, 48), [0, 2]);
        float[] Maps(MapExtractor extractor) =>
            Assert.Single(new MapInference { Extractor = extractor, Scales = [0.5, 2] }.Extract(network, [sample], CPU)).Values;
        float[] cam = Maps(new Cam()), attention = Maps(new ClassAttention { Affinity = false });
        Assert.Equal(cam, attention, (a, b) => Math.Abs(a - b) < 0.1);
    }

    private static Classifier Create(int classes)
    {
        random.manual_seed(1);
        var network = new Classifier(
            new VisionTransformer("toy", Shape, TokenKind.PerClass, classes),
            new ClassTokenHead(new GapHead(6, classes)),
            [.. Enumerable.Range(0, classes).Select(c => $"class{c}")]
        );
        network.eval();
        return network;
    }
}
