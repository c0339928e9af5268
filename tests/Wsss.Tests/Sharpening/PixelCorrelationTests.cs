using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Sharpening;

public sealed class PixelCorrelationTests : IDisposable
{
    private static readonly Equivariance Seam = new() { Scale = 0.5, EcrWeight = 1 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_affinity_of_2_by_2_by_hand()
    {
        using var scope = NewDisposeScope();
        // Places (1, 0), (0, 2), (3, 3), (−1, 0): cosines 0 or ±√½ between different ones, negative ones are cut.
        Tensor features = tensor(new float[] { 1, 0, 3, -1, 0, 2, 3, 0 }, [1, 2, 2, 2]);
        const float S = 0.70710678f;
        float[] expected =
        [
            1 / (1 + S), 0, S / (1 + S), 0,
            0, 1 / (1 + S), S / (1 + S), 0,
            S / (1 + 2 * S), S / (1 + 2 * S), 1 / (1 + 2 * S), 0,
            0, 0, 0, 1,
        ];
        float[] found = Toys.Values(PixelCorrelation.Affinity(features));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
    }

    [Fact]
    public void Places_that_are_alike_to_themselves_alone_keep_their_maps()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor maps = rand(2, 3, 2, 3);
        Tensor ownChannels = eye(6).reshape(1, 6, 2, 3).expand(2, 6, 2, 3) * 7;
        Tensor found = ClassAttention.Refine(maps, PixelCorrelation.Affinity(ownChannels));
        Assert.True(allclose(maps, found, 0, 2e-5));
        // One feature everywhere: each place takes the mean.
        found = ClassAttention.Refine(maps, PixelCorrelation.Affinity(ones(2, 4, 2, 3)));
        Assert.True(allclose(maps.mean([2, 3], keepdim: true).expand(2, 3, 2, 3), found, 0, 2e-5));
    }

    [Fact]
    public void The_strongest_map_remains_at_each_place()
    {
        using var scope = NewDisposeScope();
        Tensor maps = tensor(new float[] { 1, 0.2f, 0, 0.5f, 0.3f, 0.9f, 0, 0.5f }, [1, 2, 2, 2]);
        Assert.Equal([1, 0, 0, 0.5f, 0, 0.9f, 0, 0], Toys.Values(PixelCorrelation.KeepStrongest(maps)));
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor features = randn(1, 3, 2, 3, float64), maps = rand(1, 2, 2, 3, float64), weights = randn(1, 2, 2, 3, float64);
        Toys.CheckGradient(x => (ClassAttention.Refine(maps, PixelCorrelation.Affinity(x)) * weights).sum(), features);
    }

    [Fact]
    public void A_head_that_looks_back_gets_images_and_stages_however_deep_it_lies()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Backbone backbone = Backbones.Create("menagerie_net", 8);
        var spy = new Spy();
        using ClassifierHead nested = new MultiDilation { Rates = [1] }.BuildHead(new HeadSpec(backbone.Channels, 1), _ => spy);
        using var network = new Classifier(backbone, nested, ["a"]);
        network.eval();
        Tensor images = randn(2, 3, 32, 48);
        spy.See = trail =>
        {
            Assert.Same(images, trail!.Images);
            Assert.Equal([32, 64], trail.Stages.Select(stage => stage.shape[1]));
            Assert.Equal(backbone.StageChannels.SkipLast(1).Select(k => (long)k), trail.Stages.Select(stage => stage.shape[1]));
            Assert.Equal([(8L, 12L), (4, 6)], trail.Stages.Select(stage => (stage.shape[2], stage.shape[3])));
        };
        Tensor features = network.call(images, null).Features;
        Assert.True(spy.Called);
        Assert.Equal(Toys.Values(backbone.call(images)), Toys.Values(features));
    }

    [Fact]
    public void No_trail_is_collected_for_a_head_that_does_not_look_back()
    {
        using var scope = NewDisposeScope();
        bool looked = false;
        using var network = new Classifier(
            new PointwiseBackbone(),
            new Spy { Asks = false, See = trail => looked = trail is not null },
            ["a"]
        );
        network.call(zeros(1, 3, 4, 4), null);
        Assert.False(looked);
    }

    [Theory]
    [InlineData("menagerie_net", 4, 8)]
    [InlineData("mobilenet_v2", 4, 12)]
    [InlineData("menagerie_vit", 12, 0)]
    public void Two_stages_before_the_last_are_reduced_to_an_eighth(string backbone, int first, int second)
    {
        Recipe recipe = Toys.Recipe.With(Seam) with { Backbone = Toys.RandomBackbone with { Name = backbone, OutputStride = 8 } };
        using Classifier network = recipe.CreateClassifier(["a", "b"]);
        long[][] shapes =
        [
            .. network
                .Head.named_parameters()
                .Where(p => p.name.Contains("stage") || p.name.Contains("projection"))
                .Select(p => p.parameter.shape),
        ];
        Assert.Equal(second == 0 ? [first] : [first, second], shapes.SkipLast(1).Select(shape => (int)shape[0]));
        Assert.Equal([first + second, 3 + first + second, 1, 1], shapes[^1]);
        using var scope = NewDisposeScope();
        network.eval();
        HeadOutput output = network.call(randn(2, 3, 32, 32), null).Head;
        Assert.Equal(output.Maps.shape, output.Refined!.shape);
    }

    [Fact]
    public void Localization_reads_the_refined_maps_and_logits_stay()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(Seam).CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(1, 3, 32, 32);
        HeadOutput output = network.call(images, null).Head;
        Assert.Equal(Toys.Values(output.Refined!), Toys.Values(new Cam().Extract(network, images, [0, 1])));
        Assert.Equal(Toys.Values(output.Maps.mean([2, 3]) + network.state_dict()["head.inner.bias"]), Toys.Values(output.Logits));
        Assert.All(Toys.Values(output.Refined!), value => Assert.InRange(value, 0, 1));
        // The head alone cannot look back: logits are the same, maps are not refined.
        Activation middle = network.Backbone.Run(new Activation(images), 0, 3);
        HeadOutput cut = network.Finish(middle, 3);
        Assert.Equal(Toys.Values(output.Logits), Toys.Values(cut.Logits));
        Assert.Null(cut.Refined);
    }

    [Fact]
    public void The_module_is_its_formula()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(Seam).CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(1, 3, 32, 32);
        HeadOutput output = network.call(images, null).Head;
        Dictionary<string, Tensor> state = network.state_dict();
        Tensor Grid(string layer) => network.Backbone.Run(new Activation(images), 0, network.Backbone.IndexOf(layer) + 1).Grid;
        // The places of the maps lie at every eighth pixel, as does every second cell of the first stage.
        Tensor Every(int step, Tensor grid) => grid[.., .., TensorIndex.Slice(step: step), TensorIndex.Slice(step: step)];
        Tensor[] seen =
        [
            Every(8, images),
            Every(2, nn.functional.conv2d(Grid("layer1.1"), state["head.stage1.weight"]).relu()),
            nn.functional.conv2d(Grid("layer2.1"), state["head.stage2.weight"]).relu(),
        ];
        float[] f = Toys.Values(nn.functional.conv2d(cat(seen, 1), state["head.projection.weight"])); // [K, 16]
        float[] maps = Toys.Values(PixelCorrelation.KeepStrongest(PixelCorrelation.DivideByMaximum(output.Maps.relu())));
        double[] expected = new double[32];
        for (int i = 0; i < 16; i++)
        {
            double[] weights = [.. Enumerable.Range(0, 16).Select(j => Math.Max(0, Dot(i, j) / Math.Sqrt(Dot(i, i) * Dot(j, j))))];
            for (int c = 0; c < 2; c++)
                expected[16 * c + i] = Enumerable.Range(0, 16).Sum(j => weights[j] * maps[16 * c + j]) / weights.Sum();
        }
        double Dot(int i, int j) => Enumerable.Range(0, f.Length / 16).Sum(k => (double)f[16 * k + i] * f[16 * k + j]);
        Assert.All(expected.Zip(Toys.Values(output.Refined!)), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.Contains(expected, value => value > 0.05);
    }

    [Fact]
    public void The_ECR_loss_teaches_the_module_alone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(Seam).CreateClassifier(["a", "b"]);
        var batch = Toys.Batch(randn(2, 3, 64, 64), ones(2, 2));
        var context = new LossContext(network, batch, network.call(batch.Images, batch.Labels), Toys.Step());
        Seam.Losses(context).Single(term => term.Name == "ECR").Loss.backward();
        Assert.All(network.named_parameters(), p => Assert.Equal(
            p.name.Contains("stage") || p.name.Contains("projection"), p.parameter.grad is { } grad && grad.abs().sum().item<float>() > 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_trains_with_MultiDilation_in_either_order(bool dilationFirst)
    {
        Technique[] techniques = [Seam, new MultiDilation { Rates = [1, 2] }];
        Recipe recipe = Toys.Recipe with { Epochs = 1, Techniques = dilationFirst ? [techniques[1], techniques[0]] : techniques };
        long before = Toys.LiveTensors;
        using (TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder)))
        {
            Assert.True(trained.History.Epochs[0].Losses["Equivariance: ECR"] > 0.01);
            Assert.Contains("head.inner.block2.conv.weight", trained.Network.state_dict().Keys);
            using TrainedClassifier loaded = TrainedClassifier.Load(trained.Folder, CPU);
            using var scope = NewDisposeScope();
            Tensor image = randn(1, 3, 32, 32);
            Assert.Equal(
                Toys.Values(trained.Network.call(image, null).Head.Refined!),
                Toys.Values(loaded.Network.call(image, null).Head.Refined!)
            );
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using Classifier network = Toys.Recipe.With(Seam).CreateClassifier(["a", "b"]);
        using Tensor images = zeros(2, 3, 32, 32);
        network.call(images, null).Dispose();
        long before = Toys.LiveTensors;
        using (network.call(images, null)) Assert.Equal(before + 4, Toys.LiveTensors); // features, maps, logits, refined maps
        Assert.Equal(before, Toys.LiveTensors);
    }

    /// <summary>Looks at the trail and answers with zeros.</summary>
    private sealed class Spy() : ClassifierHead("spy")
    {
        public bool Asks { get; init; } = true;

        public Action<Trail?> See { get; set; } = _ => { };

        public bool Called { get; private set; }

        public override bool LooksBack => Asks;

        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            See(features.Trail);
            Called = true;
            Tensor logits = zeros(features.Grid.shape[0], 1);
            return new HeadOutput(zeros(features.Grid.shape[0], 1, 1, 1), logits, [logits]);
        }
    }
}
