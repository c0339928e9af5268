using Wsss.Expansion;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class MultiDilationTests
{
    private static readonly HeadSpec Spec = new(Channels: 2, Classes: 3);

    [Fact]
    public void Rate_1_alone_is_the_plain_head_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using ClassifierHead head = Build(1);
        using var plain = new GapHead(2, 3);
        Toys.Set(plain.Weight, Toys.Values(head.state_dict()["branch1.conv.weight"]));
        Toys.Set(plain.Bias, 1, 2, 3);
        Toys.Set(head.state_dict()["branch1.bias"], 1, 2, 3);
        var features = new Activation(randn(2, 2, 5, 7));
        HeadOutput expected = plain.call(features, null), found = head.call(features, null);
        Assert.Equal(Toys.Values(expected.Maps), Toys.Values(found.Maps));
        Assert.Equal(Toys.Values(expected.Logits), Toys.Values(found.Logits));
        Assert.Equal(Toys.Values(expected.Logits), Toys.Values(Assert.Single(found.Branches)));
        Assert.Equal(2, head.state_dict().Count);
    }

    [Fact]
    public void Maps_are_H0_plus_the_mean_of_the_dilated_ones()
    {
        // One channel, one class. Each block passes only its upper left tap: it shifts the features by its rate.
        using var scope = NewDisposeScope();
        using ClassifierHead head = new MultiDilation { Rates = [1, 2, 3] }.BuildHead(new HeadSpec(1, 1), Plain);
        Dictionary<string, Tensor> state = head.state_dict();
        foreach (int rate in new[] { 2, 3 })
        {
            Toys.Set(state[$"block{rate}.conv.weight"], 1, 0, 0, 0, 0, 0, 0, 0, 0);
            Toys.Set(state[$"block{rate}.conv.bias"], rate == 2 ? 0 : -5);
        }
        Toys.Set(state["branch1.conv.weight"], 2);
        Toys.Set(state["branch2.conv.weight"], 10);
        Toys.Set(state["branch3.conv.weight"], 100);
        Toys.Set(state["branch1.bias"], 0.5f);
        Toys.Set(state["branch3.bias"], 4);

        Tensor features = arange(1, 17, float32).reshape(1, 1, 4, 4);
        HeadOutput output = head.call(new Activation(features), null);
        // H₀ = 2·A; H₁ = 10·A(y−2, x−2); H₂ = 100·ReLU(A(y−3, x−3) − 5), where only A = 1 is shifted in: 0.
        float[] expected = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22 + 5, 24 + 10, 26, 28, 30 + 25, 32 + 30];
        Assert.Equal(expected, Toys.Values(output.Maps));
        float[] branches = [(float)(2 * 136 / 16.0 + 0.5), 10 * (1 + 2 + 5 + 6) / 16f, 4];
        Assert.Equal(branches, output.Branches.Select(branch => branch.item<float>()));
        Assert.Equal(branches.Average(), output.Logits.item<float>(), 1e-5f);
    }

    [Fact]
    public void Dilated_branches_see_the_reduced_features_and_the_undilated_one_all_of_them()
    {
        // Two channels, one class; the reduction gives ReLU(2·A₀ − A₁ − 1), each block shifts that by its rate.
        using var scope = NewDisposeScope();
        using ClassifierHead head = new MultiDilation { Rates = [1, 2, 3], ReducedChannels = 1 }.BuildHead(new HeadSpec(2, 1), Plain);
        Dictionary<string, Tensor> state = head.state_dict();
        Assert.Equal([1, 1, 3, 3], state["block3.conv.weight"].shape);
        Toys.Set(state["reduction.conv.weight"], 2, -1);
        Toys.Set(state["reduction.conv.bias"], -1);
        foreach (int rate in new[] { 2, 3 })
        {
            Toys.Set(state[$"block{rate}.conv.weight"], 1, 0, 0, 0, 0, 0, 0, 0, 0);
            Toys.Set(state[$"block{rate}.conv.bias"], 0);
        }
        Toys.Set(state["branch1.conv.weight"], 1, 100);
        Toys.Set(state["branch2.conv.weight"], 10);
        Toys.Set(state["branch3.conv.weight"], 1000);

        Tensor[] channels = [arange(1, 17, float32), ones(16) * 4];
        HeadOutput output = head.call(new Activation(stack(channels).reshape(1, 2, 4, 4)), null);
        // Reduced: 0 0 1 3 / 5 7 …; H₀ = A₀ + 100·A₁; H₁ is 10 times that two places later, H₂ 1000 times that three places later: 0.
        float[] expected = [401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415 + 10 * 5 / 2, 416 + 10 * 7 / 2];
        Assert.Equal(expected, Toys.Values(output.Maps));
    }

    [Fact]
    public void Rate_1_alone_reduces_nothing()
    {
        using ClassifierHead head = new MultiDilation { Rates = [1], ReducedChannels = 1 }.BuildHead(Spec, Plain);
        Assert.Equal(["branch1.bias", "branch1.conv.weight"], head.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_negative_number_of_channels_is_refused()
    {
        var error = Assert.Throws<RecipeException>(() => new MultiDilation { ReducedChannels = -1 }.Validate());
        Assert.Contains("found -1", error.Message);
    }

    [Fact]
    public void Gradients_reach_the_reduction()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using ClassifierHead head = new MultiDilation { ReducedChannels = 4 }.BuildHead(Spec, Plain);
        HeadOutput output = head.call(new Activation(rand(2, 2, 12, 12)), null);
        ClassifierTrainer.ClassificationLoss(output.Branches, ones(2, 3)).backward();
        Assert.All(head.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void Each_rate_is_a_branch_and_gradients_reach_all_of_them()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using ClassifierHead head = Build(1, 3, 6, 9);
        HeadOutput output = head.call(new Activation(rand(2, 2, 12, 12)), null);
        Assert.Equal(4, output.Branches.Count);
        Assert.All(output.Branches, branch => Assert.Equal([2, 3], branch.shape));
        ClassifierTrainer.ClassificationLoss(output.Branches, ones(2, 3)).backward();
        Assert.All(head.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void Rates_are_the_dilations_and_keep_the_size()
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = Build(1, 3, 6);
        int[] dilations =
        [
            .. head.named_modules()
                .Select(m => m.module)
                .OfType<TorchSharp.Modules.Conv2d>()
                .Where(conv => conv.kernel_size[0] == 3)
                .Select(conv => (int)conv.dilation[0]),
        ];
        Assert.Equal([3, 6], dilations);
        Assert.Equal([2, 3, 4, 5], head.call(new Activation(randn(2, 2, 4, 5)), null).Maps.shape);
    }

    [Fact]
    public void State_has_each_tensor_once()
    {
        Recipe recipe = Toys.Recipe.With(new MultiDilation { Rates = [1, 3] });
        using Classifier classifier = recipe.CreateClassifier(["a", "b"]);
        string[] head = [.. classifier.state_dict().Keys.Where(key => key.StartsWith("head.")).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "head.block3.conv.bias",
                "head.block3.conv.weight",
                "head.branch1.bias",
                "head.branch1.conv.weight",
                "head.branch3.bias",
                "head.branch3.conv.weight",
            ],
            head
        );
        Assert.Equal(6, classifier.Head.parameters().Select(p => p.Handle).Distinct().Count());
        Assert.Equal(6, classifier.Head.parameters().Count());
    }

    [Fact]
    public void Branches_of_a_wrapped_head_are_all_trained()
    {
        using var scope = NewDisposeScope();
        var inner = new MultiDilation { Rates = [1, 2] };
        using ClassifierHead head = new MultiDilation { Rates = [1, 3] }.BuildHead(Spec, spec => inner.BuildHead(spec, Plain));
        Assert.Equal(4, head.call(new Activation(randn(1, 2, 6, 6)), null).Branches.Count);
    }

    [Fact]
    public void What_inner_heads_fuse_is_joined_as_maps_are()
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = new MultiDilation { Rates = [1, 2] }
            .BuildHead(new HeadSpec(1, 1), spec => new FeatureErasing().BuildHead(spec, Plain));
        Dictionary<string, Tensor> state = head.state_dict();
        Toys.Set(state["block2.conv.weight"], 1, 0, 0, 0, 0, 0, 0, 0, 0);
        Toys.Set(state["block2.conv.bias"], 0);
        foreach (string branch in new[] { "branch1", "branch2" })
        {
            Toys.Set(state[$"{branch}.branchA.conv.weight"], 2);
            Toys.Set(state[$"{branch}.branchB.conv.weight"], 0);
        }
        // Each fused map is A over its maximum: 16, and of A two places later, 6.
        float[] expected = [.. Enumerable.Range(1, 16).Select(a => a / 16f)];
        foreach (var (place, a) in new[] { (10, 1), (11, 2), (14, 5), (15, 6) }) expected[place] += a / 6f;
        Tensor fused = head.call(new Activation(arange(1, 17, float32).reshape(1, 1, 4, 4)), null).Fused!;
        Assert.Equal(expected, Toys.Values(fused), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using Classifier classifier = Toys.Recipe.With(new MultiDilation { Rates = [1, 2, 3] }).CreateClassifier(["a", "b"]);
        using Tensor images = zeros(2, 3, 32, 32);
        classifier.call(images, null).Dispose();
        long before = Toys.LiveTensors;
        using (var output = classifier.call(images, null))
            Assert.Equal(before + 6, Toys.LiveTensors); // features, maps, logits, three branches
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static ClassifierHead Build(params int[] rates) => new MultiDilation { Rates = rates }.BuildHead(Spec, Plain);

    private static ClassifierHead Plain(HeadSpec spec) => new GapHead(spec.Channels, spec.Classes);
}
