using Wsss.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Tests.Models;

public sealed class VisionTransformerTests
{
    private static readonly VisionTransformerShape Small = new(Width: 6, Depth: 2, Heads: 3, Patch: 4, Grid: 3);

    [Theory]
    [InlineData("deit_tiny", 192, TokenKind.Single)]
    [InlineData("deit_small", 384, TokenKind.Single)]
    [InlineData("deit_tiny", 192, TokenKind.Distilled)]
    public void State_has_timms_keys_and_shapes(string name, int width, TokenKind kind)
    {
        int positions = 14 * 14 + (kind == TokenKind.Distilled ? 2 : 1);
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["cls_token"] = $"1, 1, {width}",
            ["pos_embed"] = $"1, {positions}, {width}",
            ["patch_embed.proj.weight"] = $"{width}, 3, 16, 16",
            ["patch_embed.proj.bias"] = $"{width}",
            ["norm.weight"] = $"{width}",
            ["norm.bias"] = $"{width}",
        };
        if (kind == TokenKind.Distilled) expected["dist_token"] = $"1, 1, {width}";
        foreach (int block in Enumerable.Range(0, 12))
        {
            foreach (string norm in new[] { "norm1", "norm2" })
                (expected[$"blocks.{block}.{norm}.weight"], expected[$"blocks.{block}.{norm}.bias"]) = ($"{width}", $"{width}");
            foreach (var (layer, output, input) in new[] { ("attn.qkv", 3, 1), ("attn.proj", 1, 1), ("mlp.fc1", 4, 1), ("mlp.fc2", 1, 4) })
            {
                expected[$"blocks.{block}.{layer}.weight"] = $"{output * width}, {input * width}";
                expected[$"blocks.{block}.{layer}.bias"] = $"{output * width}";
            }
        }
        using VisionTransformer network = ((VisionTransformerDesign)Backbones.Find(name)).CreateWith(kind);
        var found = new SortedDictionary<string, string>(
            network.state_dict().ToDictionary(s => s.Key, s => string.Join(", ", s.Value.shape)), StringComparer.Ordinal);
        Assert.Equal(expected, found);
        Assert.All(network.state_dict().Values, tensor => Assert.Equal(float32, tensor.dtype));
    }

    [Theory]
    [InlineData("menagerie_vit", 8, 96, 96, 12, 12)]
    [InlineData("menagerie_vit", 8, 64, 120, 8, 15)]
    [InlineData("menagerie_vit", 8, 99, 100, 12, 13)]
    [InlineData("menagerie_vit", 8, 3, 12, 1, 2)]
    [InlineData("deit_tiny", 16, 224, 224, 14, 14)]
    [InlineData("deit_tiny", 16, 100, 150, 6, 9)]
    public void Images_of_any_size_give_a_cell_per_patch_and_a_token_per_class(
        string name, int stride, int height, int width, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Backbone network = Backbones.Create(name, stride, classTokens: 5);
        network.eval();
        Activation features = network.Run(new Activation(randn(2, 3, height, width)), 0, network.Layers.Count);
        Assert.Equal([2, network.Channels, rows, columns], features.Grid.shape);
        Assert.Equal([2, 5, network.Channels], features.ClassTokens!.shape);
        Assert.Equal(5, network.ClassTokens);
        Assert.Equal(features.Grid.shape, network.call(zeros(2, 3, height, width)).shape);
    }

    [Fact]
    public void Sides_that_are_no_multiples_are_resized_to_the_nearest()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using VisionTransformer network = Create(Small);
        Tensor image = randn(1, 3, 13, 18),
            resized = F.interpolate(image, [12, 20], mode: InterpolationMode.Bilinear, align_corners: false);
        Assert.True(allclose(network.call(resized), network.call(image), 0, 0));
    }

    /// <summary>Two blocks, three heads, against loops over numbers that are written from the papers' formulas.</summary>
    [Fact]
    public void Forward_equals_the_formulas()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        random.manual_seed(3);
        using VisionTransformer network = Create(Small, TokenKind.Single);
        foreach (var (_, parameter) in network.named_parameters()) parameter.copy_(randn_like(parameter) * 0.5);
        Tensor image = randn(1, 3, 12, 12);
        Activation found = network.Run(new Activation(image), 0, network.Layers.Count);

        double[][] expected = Reference(network.state_dict(), image, Small);
        double[] tokens = [.. Toys.Values(found.ClassTokens!).Select(v => (double)v)];
        Assert.All(expected[0].Zip(tokens), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        float[] grid = Toys.Values(found.Grid.flatten(2).transpose(1, 2));
        Assert.All(expected.Skip(1).SelectMany(row => row).Zip(grid), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    /// <summary>
    /// With two features LayerNorm gives (1, −1) or (−1, 1); with Q = K = identity the scores are ±2 / √2, so that like tokens
    /// weigh e^√2 and unlike ones e^−√2.
    /// </summary>
    [Fact]
    public void Attention_of_a_toy_is_what_the_hand_computes()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using VisionTransformer network = Create(new VisionTransformerShape(Width: 2, Depth: 1, Heads: 1, Patch: 1, Grid: 2));
        Dictionary<string, Tensor> state = network.state_dict();
        foreach (var (key, tensor) in state) if (!key.Contains("norm")) tensor.zero_();
        Toys.Set(state["patch_embed.proj.weight"], 1, 0, 0, 0, 1, 0); // a pixel's first two channels
        Toys.Set(state["cls_token"], 5, 1);
        Toys.Set(state["blocks.0.attn.qkv.weight"], 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0);
        Tensor image = tensor(new float[] { 9, 0, 0, 0, 0, 9, 9, 9, 1, 1, 1, 1 }, [1, 3, 2, 2]);

        var (_, attention) = network.RunWithAttention(image, heads => heads);

        Assert.Equal([1, 1, 5, 5], Assert.Single(attention).shape);
        double like = Math.Exp(Math.Sqrt(2)), unlike = Math.Exp(-Math.Sqrt(2));
        double[] first = [2 * like, 2 * like, 3 * unlike]; // the token and one patch are alike; the other three differ
        Assert.Equal(2 * like + 3 * unlike, first[0] + first[2]);
        float[] row = Toys.Values(attention[0][0, 0, 0]), last = Toys.Values(attention[0][0, 0, 4]);
        double sum = 2 * like + 3 * unlike, otherSum = 3 * like + 2 * unlike;
        double[] expected = [like / sum, like / sum, unlike / sum, unlike / sum, unlike / sum];
        double[] expectedLast = [unlike / otherSum, unlike / otherSum, like / otherSum, like / otherSum, like / otherSum];
        Assert.All(expected.Zip(row), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(expectedLast.Zip(last), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Attention_comes_with_the_same_features_and_its_rows_sum_to_one()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using VisionTransformer network = Create(Small, TokenKind.PerClass, 4);
        Tensor image = randn(2, 3, 16, 8);
        Activation expected = network.Run(new Activation(image), 0, network.Layers.Count);
        var (found, attention) = network.RunWithAttention(image, heads => heads);
        Assert.True(allclose(expected.Grid, found.Grid, 0, 0));
        Assert.True(allclose(expected.ClassTokens!, found.ClassTokens!, 0, 0));
        Assert.Equal(2, attention.Count);
        Assert.All(attention, block =>
        {
            Assert.Equal([2, 3, 4 + 4 * 2, 4 + 4 * 2], block.shape);
            Assert.True(allclose(block.sum(3), ones(2, 3, 12), 1e-5, 1e-5));
        });
    }

    [Fact]
    public void Tokens_of_classes_leave_without_the_last_norm_and_single_ones_with_it()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using VisionTransformer perClass = Create(Small), single = Create(Small, TokenKind.Single);
        single.load_state_dict(perClass.state_dict());
        Tensor image = randn(1, 3, 12, 12);
        Activation raw = perClass.Run(new Activation(image), 0, 4), normalized = single.Run(new Activation(image), 0, 4);
        Assert.True(allclose(raw.Grid, normalized.Grid, 0, 0));
        Assert.True(allclose(F.layer_norm(raw.ClassTokens!, [6], eps: 1e-6), normalized.ClassTokens!, 1e-5, 1e-5));
        Assert.True(normalized.ClassTokens!.mean([2]).abs().max().item<float>() < 1e-6);
        Assert.True(raw.ClassTokens!.mean([2]).abs().max().item<float>() > 1e-4);
    }

    [Fact]
    public void Nothing_but_the_result_survives()
    {
        using var noGrad = no_grad();
        using VisionTransformer network = Create(Small);
        using Tensor image = zeros(1, 3, 13, 12);
        network.call(image).Dispose();
        long before = Toys.LiveTensors;
        Create(Small).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
        var (features, attention) = network.RunWithAttention(image, heads => heads.mean([1]));
        Assert.Equal(before + 2 + attention.Count, Toys.LiveTensors);
        features.Dispose();
        foreach (Tensor block in attention) block.Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void A_network_without_tokens_is_refused() =>
        Assert.Contains("found 0", Assert.Throws<RecipeException>(() => Backbones.Create("menagerie_vit", 8, 0)).Message);

    private static VisionTransformer Create(VisionTransformerShape shape, TokenKind kind = TokenKind.PerClass, int classes = 1)
    {
        var network = new VisionTransformer("toy", shape, kind, classes);
        network.eval();
        return network;
    }

    // The tokens after the last norm, [T][K].
    private static double[][] Reference(Dictionary<string, Tensor> state, Tensor image, VisionTransformerShape shape)
    {
        int width = shape.Width,
            heads = shape.Heads,
            size = width / heads;
        var (pixels, proj, bias, positions) = (
            Toys.Values(image),
            Toys.Values(state["patch_embed.proj.weight"]),
            Toys.Values(state["patch_embed.proj.bias"]),
            Toys.Values(state["pos_embed"])
        );
        var x = new List<double[]> { Make(width, k => Toys.Values(state["cls_token"])[k] + positions[k]) };
        for (int row = 0; row < shape.Grid; row++)
        {
            for (int column = 0; column < shape.Grid; column++)
            {
                int token = x.Count;
                x.Add(
                    Make(
                        width,
                        k =>
                        {
                            double sum = bias[k] + positions[token * width + k];
                            for (int c = 0; c < 3; c++)
                                for (int i = 0; i < 4; i++)
                                    for (int j = 0; j < 4; j++)
                                        sum += proj[((k * 3 + c) * 4 + i) * 4 + j] * pixels[(c * 12 + row * 4 + i) * 12 + column * 4 + j];
                            return sum;
                        }
                    )
                );
            }
        }
        for (int block = 0; block < shape.Depth; block++)
        {
            string name = $"blocks.{block}";
            double[][] qkv = [.. x.Select(t => Linear($"{name}.attn.qkv", Norm($"{name}.norm1", t)))];
            for (int t = 0; t < x.Count; t++)
            {
                var mixed = new double[width];
                for (int head = 0; head < heads; head++)
                {
                    double[] scores = Make(
                        x.Count,
                        s => Math.Exp(Enumerable.Range(head * size, size).Sum(k => qkv[t][k] * qkv[s][width + k]) / Math.Sqrt(size))
                    );
                    for (int k = head * size; k < (head + 1) * size; k++)
                        mixed[k] = Enumerable.Range(0, x.Count).Sum(s => scores[s] / scores.Sum() * qkv[s][2 * width + k]);
                }
                double[] attended = Add(x[t], Linear($"{name}.attn.proj", mixed));
                double[] hidden = [.. Linear($"{name}.mlp.fc1", Norm($"{name}.norm2", attended)).Select(Gelu)];
                x[t] = Add(attended, Linear($"{name}.mlp.fc2", hidden));
            }
        }
        return [.. x.Select(t => Norm("norm", t))];

        static double[] Make(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
        static double[] Add(double[] a, double[] b) => Make(a.Length, i => a[i] + b[i]);
        static double Gelu(double v) => v * 0.5 * (1 + special.erf(tensor(v / Math.Sqrt(2))).item<double>());
        double[] Linear(string layer, double[] v)
        {
            float[] weight = Toys.Values(state[$"{layer}.weight"]),
                offset = Toys.Values(state[$"{layer}.bias"]);
            return Make(offset.Length, o => offset[o] + Enumerable.Range(0, v.Length).Sum(i => weight[o * v.Length + i] * v[i]));
        }
        double[] Norm(string layer, double[] v)
        {
            float[] weight = Toys.Values(state[$"{layer}.weight"]),
                offset = Toys.Values(state[$"{layer}.bias"]);
            double mean = v.Average(),
                deviation = Math.Sqrt(v.Average(e => (e - mean) * (e - mean)) + 1e-6);
            return Make(v.Length, i => (v[i] - mean) / deviation * weight[i] + offset[i]);
        }
    }
}
