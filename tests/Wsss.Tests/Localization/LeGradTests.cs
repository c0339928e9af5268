using TorchSharp;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class LeGradTests
{
    [Fact]
    public void A_blocks_relevance_is_the_positive_part_averaged_over_heads_and_query_tokens()
    {
        using var scope = NewDisposeScope();
        // Two heads, one class token and two patches.
        Tensor gradients = tensor(new float[] { 9, 1, -2, 9, 3, 0, 9, -4, 6, 9, 2, 0, 9, 0, 0, 9, 6, 12 }, [1, 2, 3, 3]);
        Assert.Equal([(1 + 3 + 2 + 6) / 6f, (6 + 12) / 6f], Toys.Values(LeGrad.Relevance(gradients, 1)));
    }

    [Fact]
    public void A_hand_made_network_has_the_values_that_its_tokens_may_take_from_each_patch()
    {
        // Values are the normalised features, (1, −1) where red is stronger and (−1, 1) where green is; what arrives at the token of class
        // c is read at feature c. So ∂y_c/∂A is the value's feature c in the row of token c, and 0 in the other five.
        using var scope = NewDisposeScope();
        using Classifier network = HandMade();
        Tensor images = tensor(new float[] { 3, 0, 0, 5, 1, 2, 4, 1, 0, 0, 0, 0 }, [1, 3, 2, 2]);
        Tensor maps = new LeGrad().Extract(network, images, [0, 1]);
        Assert.Equal([1, 0, 0, 1, 0, 1, 1, 0], Toys.Values(maps * 6), (a, b) => Math.Abs(a - b) < 1e-4);
        // With the softmax, the other class's token counts as well: what it must not take.
        Tensor softmax = new LeGrad { Target = new SoftmaxTarget() }.Extract(network, images, [0, 1]);
        Assert.Equal([2, 0, 0, 2, 0, 2, 2, 0], Toys.Values(softmax * 6), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [InlineData(TokenKind.PerClass)]
    [InlineData(TokenKind.Single)]
    [InlineData(TokenKind.Distilled)]
    public void Maps_are_those_of_central_differences_of_each_blocks_score_by_its_attention(TokenKind kind)
    {
        const double Step = 1e-6;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using Classifier network = Create(kind);
        var transformer = (VisionTransformer)network.Backbone;
        Tensor images = randn([1, 3, 8, 12], float64);
        int tokens = transformer.ClassTokens;
        Tensor expected = zeros([6], float64);
        Activation x = transformer.Run(new Activation(images), 0, 1);
        for (int block = 0; block < 2; block++)
        {
            Tensor attention = transformer.Attention(block, x);
            Assert.Equal([1, 2, tokens + 6, tokens + 6], attention.shape);
            double Score(Tensor changed) =>
                network.Finish(transformer.Attend(block, x, changed), transformer.Layers.Count - 1).Logits[0, 1].item<double>();
            Tensor gradients = zeros_like(attention);
            for (long i = 0; i < attention.numel(); i++)
            {
                Tensor up = attention.clone(), down = attention.clone();
                up.view(-1)[i] += Step;
                down.view(-1)[i] -= Step;
                gradients.view(-1)[i] = (Score(up) - Score(down)) / (2 * Step);
            }
            if (kind == TokenKind.PerClass) Assert.True(gradients[.., .., 0].abs().max().item<double>() < 1e-8); // the other class's token
            if (kind != TokenKind.PerClass) Assert.True(gradients[.., .., tokens..].abs().max().item<double>() < 1e-8); // the patches
            expected += gradients.relu().mean([1, 2])[0, tokens..] / 2;
            x = transformer.Run(x, block + 1, block + 2);
        }
        Tensor found = new LeGrad().Extract(network, images, [1]);
        Assert.Equal([1, 1, 2, 3], found.shape);
        Assert.True(expected.max().item<double>() > 1e-4);
        Assert.True(allclose(expected, found.flatten(), 1e-4, 1e-7));
    }

    [Fact]
    public void A_block_that_attends_as_it_does_gives_its_own_output()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using Classifier network = Create(TokenKind.PerClass);
        var transformer = (VisionTransformer)network.Backbone;
        Activation x = transformer.Run(new Activation(randn([2, 3, 8, 8], float64)), 0, 1);
        Activation expected = transformer.Run(x, 1, 2), found = transformer.Attend(0, x, transformer.Attention(0, x));
        Assert.True(allclose(expected.Grid, found.Grid, 1e-9, 1e-9));
        Assert.True(allclose(expected.ClassTokens!, found.ClassTokens!, 1e-9, 1e-9));
    }

    [Fact]
    public void Parameters_get_no_gradients()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Create(TokenKind.PerClass);
        new LeGrad().Extract(network, randn([1, 3, 8, 8], float64), [0, 1]);
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    private static Classifier Create(TokenKind kind)
    {
        random.manual_seed(2);
        var backbone = new VisionTransformer("toy", new VisionTransformerShape(Width: 4, Depth: 2, Heads: 2, Patch: 4, Grid: 2), kind, 2);
        ClassifierHead head = kind == TokenKind.PerClass
            ? new ClassTokenHead(new GapHead(4, 2))
            : new TokenHead(4, 2, backbone.ClassTokens);
        var network = new Classifier(backbone, head, ["a", "b"]);
        network.to(float64);
        network.eval();
        // The initial head is too weak to be seen among rounding.
        if (kind == TokenKind.PerClass) nn.init.normal_(network.state_dict()["head.patches.conv.weight"]);
        return network;
    }

    /// <summary>
    /// One block of one head on pixels: features are red and green; values and what attention gives are as they are; no MLP.
    /// </summary>
    private static Classifier HandMade()
    {
        var shape = new VisionTransformerShape(Width: 2, Depth: 1, Heads: 1, Patch: 1, Grid: 2);
        var backbone = new VisionTransformer("toy", shape, TokenKind.PerClass, 2);
        var network = new Classifier(backbone, new TokenReader(), ["red", "green"]);
        network.eval();
        var state = backbone.state_dict();
        foreach (var (name, parameter) in state)
            if (!name.Contains("norm")) Toys.Set(parameter, new float[parameter.numel()]);
        Toys.Set(state["patch_embed.proj.weight"], 1, 0, 0, 0, 1, 0);
        Toys.Set(state["blocks.0.attn.qkv.weight"], 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1);
        Toys.Set(state["blocks.0.attn.proj.weight"], 1, 0, 0, 1);
        return network;
    }

    /// <summary>The score of class c is the feature c of its token.</summary>
    private sealed class TokenReader() : ClassifierHead(nameof(TokenReader))
    {
        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            Tensor logits = features.ClassTokens!.diagonal(0, 1, 2);
            return new HeadOutput(features.Grid, logits, [logits]);
        }
    }
}
