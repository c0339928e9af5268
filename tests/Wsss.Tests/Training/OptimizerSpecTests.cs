using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class OptimizerSpecTests
{
    private static readonly OptimizerSpec AdamW = new() { LearningRate = 0.01, HeadFactor = 3, WeightDecay = 0.5 };

    [Theory]
    [InlineData(0, 10, 1)]
    [InlineData(5, 10, 0.53588673126814657)] // 0.5^0.9
    [InlineData(9, 10, 0.12589254117941673)] // 0.1^0.9
    [InlineData(10, 10, 0)]
    public void The_poly_factor_is_that_of_DeepLab(int step, int total, double factor) =>
        Assert.Equal(factor, OptimizerSpec.Poly(step, total), 1e-15);

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Sgd)]
    public void Backbone_and_head_are_two_groups_with_their_own_rates(OptimizerKind kind)
    {
        using var network = new Classifier(new MenagerieNet(), new GapHead(128, 2), ["a", "b"]);
        OptimizerSpec spec = AdamW with { Kind = kind };
        using var optimizer = spec.Create(network.Backbone, network);
        var groups = optimizer.ParamGroups.Cast<TorchSharp.Modules.ParamGroup>().ToArray();
        Assert.Equal(network.Backbone.parameters().Select(p => p.Handle), groups[0].Parameters.Select(p => p.Handle));
        Assert.Equal(network.Head.parameters().Select(p => p.Handle), groups[1].Parameters.Select(p => p.Handle));
        Assert.Equal(2, groups.Length);

        spec.Schedule(optimizer, 5, 10);
        Assert.Equal(
            [0.01 * OptimizerSpec.Poly(5, 10), 0.03 * OptimizerSpec.Poly(5, 10)],
            optimizer.ParamGroups.Select(g => g.LearningRate)
        );
        // The schedule starts from the initial rates each time, not from the last ones.
        spec.Schedule(optimizer, 0, 10);
        Assert.Equal([0.01, 0.03], optimizer.ParamGroups.Select(g => g.LearningRate));
    }

    [Fact]
    public void Sgd_follows_its_formula()
    {
        // v ← m·v + g + λ·p, p ← p − lr·v, with g = 2 throughout.
        var (backbone, head) = TwoSteps(AdamW with { Kind = OptimizerKind.Sgd, Momentum = 0.9 });
        Assert.Equal(ByHand(0.01), backbone, 1e-6);
        Assert.Equal(ByHand(0.03), head, 1e-6);

        static double ByHand(double rate)
        {
            double p = 1, v = 2 + 0.5 * p;
            p -= rate * v;
            v = 0.9 * v + 2 + 0.5 * p;
            return p - rate * v;
        }
    }

    [Fact]
    public void AdamW_follows_its_formula()
    {
        // For a constant gradient both corrected moments give g / |g| = 1: p ← p·(1 − lr·λ) − lr.
        var (backbone, head) = TwoSteps(AdamW);
        Assert.Equal(ByHand(0.01), backbone, 1e-6);
        Assert.Equal(ByHand(0.03), head, 1e-6);

        static double ByHand(double rate) => (1 * (1 - rate * 0.5) - rate) * (1 - rate * 0.5) - rate;
    }

    [Fact]
    public void Values_outside_their_range_are_refused()
    {
        OptimizerSpec[] wrong =
        [
            new() { LearningRate = 0 }, new() { LearningRate = -1 }, new() { LearningRate = double.NaN }, new() { HeadFactor = 0 },
            new() { WeightDecay = -1e-9 }, new() { Momentum = 1 }, new() { Momentum = -0.1 }, new() { Momentum = double.NaN },
        ];
        Assert.All(wrong, spec => Assert.Throws<RecipeException>(spec.Validate));
        new OptimizerSpec { WeightDecay = 0, Momentum = 0 }.Validate();
    }

    // One parameter of the backbone and one of the head after two steps from 1 with gradient 2.
    private static (double Backbone, double Head) TwoSteps(OptimizerSpec spec)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 1, 1], 1);
        using var optimizer = spec.Create(network.Backbone, network);
        spec.Schedule(optimizer, 0, 10);
        for (int step = 0; step < 2; step++)
        {
            optimizer.zero_grad();
            foreach (var parameter in network.parameters()) (parameter.sum() * 2).backward();
            optimizer.step();
        }
        return (Toys.Values(network.Backbone.parameters().Single())[0], Toys.Values(((GapHead)network.Head).Bias)[0]);
    }
}
