using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class FeatureErasingTests : IDisposable
{
    private static readonly HeadSpec Spec = new(Channels: 2, Classes: 3);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        MapFusion.Max,
        new[]
        {
            4f,
            3,
            7,
            1, /* class 1 */
            0,
            2,
            5,
            1,
        },
        new[]
        {
            1,
            0.75f,
            1,
            1 / 7f, /* class 1 */
            0,
            0.4f,
            1,
            0.25f,
        }
    )]
    [InlineData(
        MapFusion.Sum,
        new[]
        {
            4f,
            3,
            8,
            1, /* class 1 */
            0,
            2,
            9,
            2,
        },
        new[]
        {
            1,
            0.75f,
            1.25f,
            1 / 7f, /* class 1 */
            0,
            0.4f,
            2,
            0.45f,
        }
    )]
    public void A_case_by_hand(MapFusion fusion, float[] maps, float[] fused)
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = ByHand(out Tensor features, fusion);
        // Class 0 is present: A₀ = (4, 3, 1, 0) is (1, .75, .25, 0) of its range, so that B sees the last two places alone.
        // There B₀ = (7, 1) and B₁ = (4, 1).
        HeadOutput output = head.call(new Activation(features), tensor(new float[] { 1, 0 }, [1, 2]));
        Assert.Equal([2.5f, 2], Toys.Values(output.Branches[0]));
        Assert.Equal([3, 1.25f], Toys.Values(output.Branches[1]));
        Assert.Equal([2.5f, 2], Toys.Values(output.Logits));
        Assert.Equal(maps, Toys.Values(output.Maps));
        Assert.All(fused.Zip(Toys.Values(output.Localization())), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Theory]
    // A's logits are 2 + bias. Both above 0: both classes erase.
    [InlineData(0.5f, 0, new[] { 0f, 0, 0, 1 })]
    // One above 0: it erases, the first two places for class 0, the third for class 1.
    [InlineData(0.5f, -9, new[] { 0f, 0, 7, 1 })]
    [InlineData(-9, 0, new[] { 8f, 8, 0, 1 })]
    // None: the likelier one erases.
    [InlineData(-8, -9, new[] { 0f, 0, 7, 1 })]
    [InlineData(-9, -8, new[] { 8f, 8, 0, 1 })]
    public void Without_labels_the_classes_that_A_finds_erase(float bias0, float bias1, float[] b0)
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = ByHand(out Tensor features, MapFusion.Sum);
        Toys.Set(head.state_dict()["branchA.bias"], bias0, bias1);
        HeadOutput output = head.call(new Activation(features), null);
        Assert.Equal(b0, Toys.Values(output.Maps[0, 0] - tensor(new float[] { 4, 3, 1, 0 })));
    }

    [Theory]
    // Two classes on 1×4 places of two images; 0 is half the range of −2 … 2.
    [InlineData(
        0.5,
        new[] { 1f, 0, 1, 0 },
        new[]
        {
            0f,
            1,
            1,
            0, /* image 1 */
            0,
            1,
            1,
            0,
        }
    )]
    [InlineData(
        0.5,
        new[] { 1f, 1, 1, 1 },
        new[]
        {
            1f,
            1,
            1,
            0, /* image 1 */
            0,
            1,
            1,
            0,
        }
    )]
    [InlineData(
        0.5,
        new[] { 0f, 1, 0, 1 },
        new[]
        {
            1f,
            0,
            0,
            0, /* image 1: the same everywhere */
            0,
            0,
            0,
            0,
        }
    )]
    [InlineData(
        0.5,
        new[] { 0f, 0, 0, 0 },
        new[]
        {
            0f,
            0,
            0,
            0, /* image 1 */
            0,
            0,
            0,
            0,
        }
    )]
    [InlineData(
        1.0,
        new[] { 1f, 1, 1, 1 },
        new[]
        {
            1f,
            0,
            1,
            0, /* image 1 */
            0,
            0,
            1,
            0,
        }
    )]
    [InlineData(
        1.01,
        new[] { 1f, 1, 1, 1 },
        new[]
        {
            0f,
            0,
            0,
            0, /* image 1 */
            0,
            0,
            0,
            0,
        }
    )]
    public void The_strong_part_of_the_range_of_each_present_class_is_erased(double threshold, float[] present, float[] expected)
    {
        using var scope = NewDisposeScope();
        Tensor maps = tensor(
            new float[]
            {
                -2,
                0,
                2,
                -1, /* class 1 */
                7,
                1,
                1,
                1, /* image 1 */
                -2,
                0,
                2,
                -1, /* class 1 */
                3,
                3,
                3,
                3,
            },
            [2, 2, 1, 4]
        );
        Tensor erased = FeatureErasing.Erased(maps, tensor(present, [2, 2]).gt(0), threshold);
        Assert.Equal([2, 1, 1, 4], erased.shape);
        Assert.Equal(expected, Toys.Values(erased.to(float32)));
    }

    [Fact]
    public void B_sees_zeros_where_A_is_strong_and_everything_else_as_it_is()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var spies = new List<Spy>();
        using ClassifierHead head = new FeatureErasing().BuildHead(
            Spec,
            spec =>
            {
                spies.Add(new Spy(spec, float32));
                return spies[^1];
            }
        );
        var features = new Activation(randn(2, 2, 5, 7), randn(2, 3, 2))
        {
            Trail = new Trail(randn(2, 3, 10, 14), [], [], CellGeometry.Pixels),
        };
        Tensor labels = tensor(new float[] { 1, 0, 1, 0, 1, 0 }, [2, 3]);
        head.call(features, labels);
        Tensor erased = FeatureErasing.Erased(spies[0].Said!.Maps, labels.gt(0), 0.6);
        Assert.InRange(erased.to(float32).mean().item<float>(), 0.1f, 0.7f);
        Assert.Same(features, spies[0].Seen);
        Assert.Equal(Toys.Values(where(erased, zeros_like(features.Grid), features.Grid)), Toys.Values(spies[1].Seen!.Grid));
        Assert.Equal((features.ClassTokens, features.Trail), (spies[1].Seen!.ClassTokens, spies[1].Seen!.Trail));
        Assert.All(spies, spy => Assert.Same(labels, spy.Labels));
    }

    [Fact]
    public void Above_1_both_heads_are_plain_ones_and_with_equal_weights_the_maps_are_plain_CAM()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new FeatureErasing { Threshold = 1.01 }).CreateClassifier(["a", "b"]);
        using Classifier plain = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        plain.eval();
        plain.Backbone.load_state_dict(network.Backbone.state_dict());
        Tensor images = randn(2, 3, 40, 56);
        Dictionary<string, Tensor> state = network.Head.state_dict(), plainState = plain.Head.state_dict();
        HeadOutput With(string branch)
        {
            foreach (string part in new[] { "conv.weight", "bias" }) Toys.Set(plainState[part], Toys.Values(state[$"{branch}.{part}"]));
            return plain.call(images, null).Head;
        }
        Toys.Set(state["branchA.bias"], 0.1f, -0.2f);
        HeadOutput found = network.call(images, null).Head, a = With("branchA"), b = With("branchB");
        Assert.Equal(Toys.Values(a.Logits), Toys.Values(found.Branches[0]));
        Assert.Equal(Toys.Values(b.Logits), Toys.Values(found.Branches[1]));
        Assert.Equal(Toys.Values(maximum(a.Maps, b.Maps)), Toys.Values(found.Maps));

        foreach (string part in new[] { "conv.weight", "bias" }) Toys.Set(state[$"branchB.{part}"], Toys.Values(state[$"branchA.{part}"]));
        found = network.call(images, null).Head;
        a = With("branchA");
        Assert.Equal(Toys.Values(a.Maps), Toys.Values(found.Maps));
        Assert.Equal(Toys.Values(a.Logits), Toys.Values(found.Logits));
        float[] Final(Classifier classifier) => LocalizationMaps.FromTensor(
            "", 56, 40, [0, 1], new Cam().Extract(classifier, images, [0, 1])[1], classifier.Backbone.Cells(40, 56)).Values;
        Assert.All(Final(plain).Zip(Final(network)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Contains(Final(plain), value => value > 0);
    }

    [Fact]
    public void A_never_depends_on_the_threshold()
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = ByHand(out Tensor features), keen = ByHand(out _, threshold: 0.01);
        Tensor labels = ones(1, 2);
        HeadOutput some = head.call(new Activation(features), labels), most = keen.call(new Activation(features), labels);
        Assert.Equal(Toys.Values(some.Branches[0]), Toys.Values(most.Branches[0]));
        Assert.NotEqual(Toys.Values(some.Branches[1]), Toys.Values(most.Branches[1]));
    }

    [Fact]
    public void No_gradient_flows_through_what_is_erased()
    {
        using var scope = NewDisposeScope();
        using ClassifierHead head = ByHand(out Tensor features);
        features.requires_grad_();
        head.call(new Activation(features), tensor(new float[] { 1, 0 }, [1, 2])).Branches[1].sum().backward();
        // ∂(B₀ + B₁)/∂F is (2 − 1, 1 + 1) / 4 at the two places that are left.
        Assert.Equal([0, 0, 0.25f, 0.25f, /* channel 1 */ 0, 0, 0.5f, 0.5f], Toys.Values(features.grad!));
        Assert.All(head.named_parameters(), p => Assert.Equal(p.name.StartsWith("branchB"), p.parameter.grad is not null));
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using ClassifierHead head = new FeatureErasing().BuildHead(Spec, spec => new Spy(spec, float64));
        Tensor labels = tensor(new double[] { 1, 1, 0, 1, 0, 0 }, [2, 3]), features = randn(2, 2, 3, 3, float64);
        Toys.CheckGradient(x => ClassifierTrainer.ClassificationLoss(head.call(new Activation(x), labels).Branches, labels), features);
    }

    [Fact]
    public void Both_heads_have_their_own_weights_and_are_trained()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new FeatureErasing()).CreateClassifier(["a", "b"]);
        string[] expected = ["head.branchA.bias", "head.branchA.conv.weight", "head.branchB.bias", "head.branchB.conv.weight"];
        Assert.Equal(expected, network.state_dict().Keys.Where(key => key.StartsWith("head.")).Order(StringComparer.Ordinal));
        Tensor labels = ones(2, 2);
        ClassifierTrainer.ClassificationLoss(network.call(randn(2, 3, 32, 32), labels).Head.Branches, labels).backward();
        Assert.Equal(4, network.Head.parameters().Select(p => p.Handle).Distinct().Count());
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void The_prediction_is_that_of_A_and_so_are_maps_from_its_gradient()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new FeatureErasing()).CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(2, 3, 32, 48), found = new HiResCam().Extract(network, images, [0, 1]);
        Tensor maps = nn.functional.conv2d(network.Backbone.call(images), network.state_dict()["head.branchA.conv.weight"]);
        Assert.True(allclose(maps.relu() / (maps.shape[2] * maps.shape[3]), found, 1e-5, 1e-8));
        Assert.True(found.max().item<float>() > 0);
    }

    [Fact]
    public void Maps_without_evidence_stay_empty()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new float[] { 0, 2, 0, 0 }, [1, 2, 1, 2]), b = tensor(new float[] { 4, 0, 0, 0 }, [1, 2, 1, 2]);
        Assert.All(Enum.GetValues<MapFusion>(), fusion => Assert.Equal([1, 1, 0, 0], Toys.Values(FeatureErasing.Fuse(a, b, fusion))));
    }

    [Fact]
    public void What_inner_heads_add_is_kept()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var features = new Activation(rand(2, 2, 4, 4));
        using ClassifierHead withBackground = new FeatureErasing().BuildHead(
            Spec,
            spec => BackgroundHead.Around(spec.Channels, Plain(spec))
        );
        Assert.Equal([2, 4, 4, 4], withBackground.call(features, null).Probabilities()!.shape);
        Assert.Same(withBackground, BackgroundHead.Around(2, withBackground));

        // What each head would say of localization is what is fused.
        var refined = new Queue<Tensor>([rand(2, 3, 4, 4), rand(2, 3, 4, 4)]);
        Tensor expected = FeatureErasing.Fuse(refined.First(), refined.Last(), MapFusion.Max);
        using ClassifierHead refining = new FeatureErasing().BuildHead(
            Spec,
            spec => new Spy(spec, float32) { Refined = refined.Dequeue() }
        );
        HeadOutput output = refining.call(features, null);
        Assert.Equal(Toys.Values(expected), Toys.Values(output.Localization()));
    }

    [Fact]
    public void It_combines_with_MultiDilation_in_either_order()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Technique[] techniques = [new FeatureErasing(), new MultiDilation { Rates = [1, 2, 3] }];
        Tensor images = randn(2, 3, 32, 32);
        using Classifier outside = (Toys.Recipe with { Techniques = techniques }).CreateClassifier(["a", "b"]);
        Assert.Equal(6, outside.call(images, ones(2, 2)).Head.Branches.Count);
        Assert.Contains("head.branchB.block3.conv.weight", outside.state_dict().Keys);

        using Classifier inside = (Toys.Recipe with { Techniques = [.. techniques.Reverse()] }).CreateClassifier(["a", "b"]);
        HeadOutput output = inside.call(images, null).Head;
        Assert.Equal(6, output.Branches.Count);
        Tensor features = inside.Backbone.call(images);
        var parts = inside.Head.named_children().ToDictionary(part => part.name, part => part.module);
        Tensor Fused(int rate)
        {
            Tensor grid = rate == 1 ? features : ((nn.Module<Tensor, Tensor>)parts[$"block{rate}"]).call(features);
            return ((ClassifierHead)parts[$"branch{rate}"]).call(new Activation(grid), null).Fused!;
        }
        Assert.True(allclose(Fused(1) + (Fused(2) + Fused(3)) / 2, output.Localization(), 1e-4, 1e-5));
    }

    [Fact]
    public void A_background_or_refinement_around_it_is_what_localization_reads()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor images = randn(1, 3, 32, 32);
        Recipe erasing = Toys.Recipe.With(new FeatureErasing());
        using Classifier saliency = erasing.With(new SaliencyFusion()).CreateClassifier(["a", "b"]),
            seam = erasing.With(new Equivariance { EcrWeight = 1 }).CreateClassifier(["a", "b"]);
        HeadOutput output = saliency.call(images, null).Head;
        Assert.Equal(Toys.Values(output.Probabilities()!.narrow(1, 0, 2)), Toys.Values(output.Localization()));
        output = seam.call(images, null).Head;
        Assert.NotNull(output.Fused);
        Assert.Same(output.Refined, output.Localization());
    }

    [Theory]
    [InlineData("menagerie_net", 2)]
    [InlineData("menagerie_vit", 3)]
    public void It_trains_and_comes_back_from_its_folder(string backbone, int branches)
    {
        Recipe recipe = Toys.Recipe.With(new FeatureErasing { Fusion = MapFusion.Sum }) with
        {
            Epochs = 1,
            Backbone = Toys.RandomBackbone with { Name = backbone },
        };
        long before = Toys.LiveTensors;
        using (TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder)))
        using (TrainedClassifier loaded = TrainedClassifier.Load(trained.Folder, CPU))
        {
            using var scope = NewDisposeScope();
            Tensor image = randn(1, 3, 32, 32);
            HeadOutput expected = trained.Network.call(image, null).Head,
                found = loaded.Network.call(image, null).Head;
            Assert.Equal(branches, expected.Branches.Count);
            Assert.Equal(recipe.Techniques[0], loaded.Recipe.Techniques[0]);
            Assert.Equal(Toys.Values(expected.Localization()), Toys.Values(found.Localization()));
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using Classifier network = Toys.Recipe.With(new FeatureErasing()).CreateClassifier(["a", "b"]);
        using Tensor images = zeros(2, 3, 32, 32);
        network.call(images, null).Dispose();
        long before = Toys.LiveTensors;
        using (network.call(images, null))
            Assert.Equal(before + 5, Toys.LiveTensors); // features, maps, two branches (one is the logits), fused maps
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var erasing = new FeatureErasing { Threshold = 0.7, Fusion = MapFusion.Sum };
        string json = WsssJson.Write<Technique>(erasing);
        Assert.Contains("\"sum\"", json);
        Assert.Equal(erasing, WsssJson.Read<Technique>(json, "test"));
        FeatureErasing[] wrong =
        [
            new() { Threshold = 0 },
            new() { Threshold = -1 },
            new() { Threshold = double.NaN },
            new() { Fusion = (MapFusion)2 },
        ];
        Assert.All(wrong, options => Assert.Contains(nameof(FeatureErasing), Assert.Throws<RecipeException>(options.Validate).Message));
        erasing.Validate();
        new FeatureErasing { Threshold = 1.5 }.Validate();
    }

    // F = (4, 3, 1, 0) and (0, 2, 5, 1) at 1×4 places; A₀ and A₁ are the channels, B₀ = 2F₀ + F₁ and B₁ = F₁ − F₀.
    private static ClassifierHead ByHand(out Tensor features, MapFusion fusion = MapFusion.Max, double threshold = 0.6)
    {
        ClassifierHead head = new FeatureErasing { Fusion = fusion, Threshold = threshold }.BuildHead(new HeadSpec(2, 2), Plain);
        Dictionary<string, Tensor> state = head.state_dict();
        Toys.Set(state["branchA.conv.weight"], 1, 0, 0, 1);
        Toys.Set(state["branchA.bias"], 0.5f, 0);
        Toys.Set(state["branchB.conv.weight"], 2, 1, -1, 1);
        Toys.Set(state["branchB.bias"], 1, 0);
        features = tensor(new float[] { 4, 3, 1, 0, 0, 2, 5, 1 }, [1, 2, 1, 4]);
        return head;
    }

    private static ClassifierHead Plain(HeadSpec spec) => new GapHead(spec.Channels, spec.Classes);

    /// <summary>A head without parameters that remembers what it was asked and what it said.</summary>
    private sealed class Spy(HeadSpec spec, ScalarType type) : ClassifierHead("spy")
    {
        private readonly Tensor _weight = randn(spec.Classes, spec.Channels, 1, 1, type);

        public Tensor? Refined { get; init; }

        public Activation? Seen { get; private set; }

        public Tensor? Labels { get; private set; }

        public HeadOutput? Said { get; private set; }

        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            (Seen, Labels) = (features, labels);
            Tensor maps = nn.functional.conv2d(features.Grid, _weight), logits = maps.mean([2, 3]);
            return Said = new HeadOutput(maps, logits, [logits]) { Refined = Refined };
        }
    }
}
