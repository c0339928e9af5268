using TorchSharp;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class PuzzleCamTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_case_of_4_by_4_by_hand()
    {
        using var scope = NewDisposeScope();
        // A 3×3 convolution of ones, padded with 0, counts the neighbours: 4 in a corner, 6 at an edge, 9 inside; in a tile of 2×2 always
        // 4.
        using Classifier network = Toy(new ConvBackbone(kernel: 3), [1, 0, 0], 0.5f);
        Tensor images = zeros(1, 3, 4, 4);
        images[.., 0] = 1;
        // By the ramp's middle α is half of 3. Eight edges are 2 off, four inner places 5.
        var (tiles, reconstruction) = Terms(new PuzzleCam { Weight = 3, Ramp = 0.4 }, network, images, ones(1, 1), step: 2);
        Assert.Equal(Math.Log(1 + Math.Exp(-4.5)), tiles, 1e-6);
        Assert.Equal(1.5 * (8 * 2 + 4 * 5) / 16, reconstruction, 1e-5);
    }

    [Fact]
    public void Tiles_come_in_reading_order_image_by_image()
    {
        using var scope = NewDisposeScope();
        Tensor images = arange(2 * 4 * 6, float32).reshape(2, 1, 4, 6), tiles = PuzzleCam.Cut(images, 2, 3);
        Assert.Equal([8, 1, 2, 3], tiles.shape);
        Assert.Equal([0, 24, 3, 27, 12, 36, 15, 39], Toys.Values(tiles[.., 0, 0, 0]));
        Assert.Equal([0, 1, 2, 6, 7, 8], Toys.Values(tiles[0]));
    }

    [Fact]
    public void Where_tiles_overlap_the_merged_map_is_their_mean()
    {
        using var scope = NewDisposeScope();
        // A row of 3 and a column of 2: the middle of each row is in two tiles.
        Tensor tiles = tensor(new float[] { 1, 2, 4, 8, 0, 6, 7, 9 }, [4, 1, 1, 2]);
        Assert.Equal([1, 3, 8, 0, 6.5f, 9], Toys.Values(PuzzleCam.Merge(tiles, 2, 3)));
        // One place in all four.
        Assert.Equal([2.5f], Toys.Values(PuzzleCam.Merge(tensor(new float[] { 1, 2, 3, 4 }, [4, 1, 1, 1]), 1, 1)));
    }

    [Theory]
    [InlineData(4, 6, 2, 3)]
    [InlineData(5, 7, 3, 4)]
    [InlineData(9, 8, 7, 5)]
    [InlineData(1, 3, 1, 3)]
    public void Merging_what_was_cut_gives_the_image(int height, int width, int tileHeight, int tileWidth)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor images = randn(2, 3, height, width);
        Assert.Equal(Toys.Values(images), Toys.Values(PuzzleCam.Merge(PuzzleCam.Cut(images, tileHeight, tileWidth), height, width)));
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(2, 1)]
    public void Tiles_that_cannot_be_put_together_are_refused(int height, int width)
    {
        using var scope = NewDisposeScope();
        string message = Assert.Throws<RecipeException>(() => PuzzleCam.Merge(zeros(4, 1, 2, 2), height, width)).Message;
        Assert.Contains($"{width} cells", message);
        Assert.Contains("found 2", message);
    }

    // Features that are single pixels do not know where an image ends. At stride 4, 24 and 40 pixels halve; 25 and 28 are 7 cells,
    // and the second tile begins on the fourth.
    [Theory]
    [InlineData(1, 6, 8, 3, 4)]
    [InlineData(1, 7, 8, 4, 4)]
    [InlineData(4, 24, 40, 12, 20)]
    [InlineData(4, 25, 40, 13, 20)]
    [InlineData(4, 28, 25, 16, 13)]
    [InlineData(16, 225, 225, 113, 113)]
    public void An_equivariant_network_has_no_reconstruction_loss(int stride, int height, int width, int tileHeight, int tileWidth)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var backbone = new ConvBackbone(kernel: 1, stride);
        using Classifier network = Toy(backbone, [1, -1, 0.5f, -2, 0, 1], 0.1f, 0.2f);
        Tensor images = randn(2, 3, height, width);
        Assert.Equal(0, Terms(new PuzzleCam { Ramp = 0 }, network, images, ones(2, 2)).Reconstruction);
        Assert.Equal([(2, height, width), (8, tileHeight, tileWidth)], backbone.Seen);

        // Off by one cell, it has.
        Tensor other = network.call(images, null).Maps;
        Assert.True(PuzzleCam.ReconstructionLoss(other, other.roll(1, 3), ones(2, 2)).item<float>() > 0.1);
    }

    [Theory]
    [InlineData(8, 91, 46)]
    [InlineData(16, 223, 112)]
    public void Tiles_of_an_even_number_of_cells_whose_last_one_is_not_full_leave_no_pixel_out(int stride, int side, int tile)
    {
        using var scope = NewDisposeScope();
        var backbone = new ConvBackbone(kernel: 1, stride);
        using Classifier network = Toy(backbone, [1, -1, 0.5f], 0);
        Terms(new PuzzleCam(), network, zeros(1, 3, side, side), ones(1, 1));
        Assert.Equal([(1, side, side), (4, tile, tile)], backbone.Seen);
    }

    [Fact]
    public void For_the_plain_head_the_tiles_logits_are_those_of_the_merged_map()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toy(new ConvBackbone(kernel: 1), [1, -1, 0.5f, -2, 0, 1], 0.1f, 0.2f);
        Tensor images = 3 * randn(4, 3, 6, 8), labels = tensor(new float[] { 1, 0, 0, 1, 1, 1, 0, 0 }, [4, 2]);
        double whole = ClassifierTrainer.ClassificationLoss(network.call(images, labels).Head.Branches, labels).item<float>();
        Assert.Equal(whole, Terms(new PuzzleCam(), network, images, labels).Tiles, 1e-6);

        // And of a network that is not equivariant, so that tiles and image differ.
        using Classifier blurred = Toy(new ConvBackbone(kernel: 3), [1, -1, 0.5f, -2, 0, 1], 0.1f, 0.2f);
        Tensor merged = PuzzleCam.Merge(blurred.call(PuzzleCam.Cut(images, 3, 4), null).Maps, 6, 8);
        Tensor logits = merged.mean([2, 3]) + ((GapHead)blurred.Head).Bias;
        double expected = ClassifierTrainer.ClassificationLoss([logits], labels).item<float>();
        Assert.Equal(expected, Terms(new PuzzleCam(), blurred, images, labels).Tiles, 1e-6);
        Assert.NotEqual(ClassifierTrainer.ClassificationLoss([blurred.call(images, null).Logits], labels).item<float>(), expected, 1e-3);
    }

    [Fact]
    public void Each_branch_of_the_head_has_its_share()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new MultiDilation { Rates = [1, 2] }).CreateClassifier(["a", "b"]);
        Tensor images = randn(2, 3, 32, 32), labels = eye(2);
        double found = Terms(new PuzzleCam(), network, images, labels).Tiles;
        network.eval();
        IReadOnlyList<Tensor> branches = network.call(PuzzleCam.Cut(images, 16, 16), null).Head.Branches;
        Assert.Equal(2, branches.Count);
        Tensor[] logits = [.. branches.Select(b => (b[..2] + b[2..4] + b[4..6] + b[6..]) / 4)];
        Assert.Equal(ClassifierTrainer.ClassificationLoss(logits, labels).item<float>(), found, 1e-6);
    }

    [Fact]
    public void The_difference_by_hand_counts_present_classes_alone()
    {
        using var scope = NewDisposeScope();
        // Class 0: |(1, −2) − (0, 2)| = (1, 4); class 1: |(3, 3) − (3, 1)| = (0, 2). Four values in all.
        Tensor maps = tensor(new float[] { 1, -2, 3, 3 }, [1, 2, 1, 2]), merged = tensor(new float[] { 0, 2, 3, 1 }, [1, 2, 1, 2]);
        double Loss(params float[] labels) => PuzzleCam.ReconstructionLoss(maps, merged, tensor(labels, [1, 2])).item<float>();
        Assert.Equal(7.0 / 4, Loss(1, 1), 1e-6);
        Assert.Equal(5.0 / 4, Loss(1, 0), 1e-6);
        Assert.Equal((0.5 * 5 + 0.25 * 2) / 4, Loss(0.5f, 0.25f), 1e-6);
        Assert.Equal(0, Loss(0, 0));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.5, 0, 0)]
    [InlineData(0.5, 1, 0.2)]
    [InlineData(0.5, 5, 1)]
    [InlineData(0.5, 9, 1)]
    public void The_weight_of_the_difference_rises_over_the_ramp(double ramp, int step, double factor)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toy(new ConvBackbone(kernel: 3), [1, -1, 0.5f], 0);
        Tensor images = randn(2, 3, 8, 8), labels = ones(2, 1);
        var (tiles, full) = Terms(new PuzzleCam { Weight = 1, Ramp = 0 }, network, images, labels);
        Assert.True(full > 0.1);
        var terms = Terms(new PuzzleCam { Weight = 3, Ramp = ramp }, network, images, labels, step);
        Assert.Equal(3 * factor * full, terms.Reconstruction, 1e-5);
        Assert.Equal(tiles, terms.Tiles);
    }

    [Fact]
    public void The_gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor maps = randn(2, 2, 3, 4, float64), tiles = randn(8, 2, 2, 2, float64), labels = tensor(new[] { 1, 0.5, 0, 1 }, [2, 2]);
        Toys.CheckGradient(x => PuzzleCam.ReconstructionLoss(x, PuzzleCam.Merge(tiles, 3, 4), labels), maps);
        Toys.CheckGradient(x => PuzzleCam.ReconstructionLoss(maps, PuzzleCam.Merge(x, 3, 4), labels), tiles);

        // Through the network, by the way of the image and by that of its tiles.
        using Classifier network = Toy(new ConvBackbone(kernel: 3), [1, -1, 0.5f, -2, 0, 1], 0.1f, 0.2f);
        network.to(float64);
        Toys.CheckGradient(x => new PuzzleCam { Ramp = 0 }.Loss(Context(network, x, labels)), randn(2, 3, 5, 4, float64));
    }

    [Fact]
    public void Tiles_leave_the_batch_statistics_alone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.train();
        LossContext context = Context(network, randn(2, 3, 32, 32), ones(2, 2));
        float[] before = Statistics();
        new PuzzleCam().Loss(context);
        Assert.Equal(before, Statistics());
        Assert.True(network.training);
        network.call(context.Batch.Images, null);
        Assert.NotEqual(before, Statistics());

        float[] Statistics() =>
            [.. network.named_buffers().Where(buffer => buffer.name.Contains("running")).SelectMany(buffer => Toys.Values(buffer.buffer))];
    }

    [Theory]
    [InlineData("menagerie_net", 32)]
    [InlineData("menagerie_net", 40)]
    [InlineData("menagerie_vit", 40)]
    public void It_trains_with_other_techniques_and_no_tensor_survives(string backbone, int size)
    {
        Technique[] techniques = [new Mixup(), new PuzzleCam(), new FeatureErasing(), new Equivariance()];
        Recipe recipe = Toys.Recipe with
        {
            Techniques = techniques,
            Backbone = Toys.RandomBackbone with { Name = backbone },
            Augmentation = Toys.Recipe.Augmentation with { Size = size },
        };
        long before = Toys.LiveTensors;
        using (TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder)))
        {
            IReadOnlyDictionary<string, double> losses = trained.History.Epochs[^1].Losses;
            Assert.True(losses["PuzzleCam: tiles"] > 0.01 && losses["PuzzleCam: reconstruction"] > 1e-5, string.Join(", ", losses));
            Assert.True(double.IsFinite(losses["total"]));
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var puzzle = new PuzzleCam { Weight = 2, Ramp = 0.25 };
        Assert.Equal(puzzle, WsssJson.Read<Technique>(WsssJson.Write<Technique>(puzzle), "test"));
        PuzzleCam[] wrong =
        [
            new() { Weight = -1 },
            new() { Weight = double.NaN },
            new() { Ramp = -0.1 },
            new() { Ramp = 1.1 },
            new() { Ramp = double.NaN },
        ];
        Assert.All(wrong, options => Assert.Contains(nameof(PuzzleCam), Assert.Throws<RecipeException>(options.Validate).Message));
        new PuzzleCam().Validate();
        new PuzzleCam { Weight = 0, Ramp = 0 }.Validate();
    }

    private static (double Tiles, double Reconstruction) Terms(
        PuzzleCam puzzle,
        Classifier network,
        Tensor images,
        Tensor labels,
        int step = 0
    )
    {
        var terms = puzzle.Losses(Context(network, images, labels, step)).ToDictionary(term => term.Name, term => term.Loss);
        Assert.All(terms.Values, loss => Assert.Empty(loss.shape));
        return (terms["tiles"].item<float>(), terms["reconstruction"].item<float>());
    }

    private static LossContext Context(Classifier network, Tensor images, Tensor labels, int step = 0) =>
        new(network, Toys.Batch(images, labels), network.call(images, labels), Toys.Step(step));

    private static Classifier Toy(ConvBackbone backbone, float[] weights, params float[] bias)
    {
        var head = new GapHead(3, bias.Length);
        Toys.Set(head.Weight, weights);
        Toys.Set(head.Bias, bias);
        return new Classifier(backbone, head, [.. bias.Select((_, c) => $"class{c}")]);
    }

    /// <summary>Each feature is the sum of its colour over a square of pixels, one in as many as the stride says.</summary>
    private sealed class ConvBackbone : ConvolutionalBackbone
    {
        public ConvBackbone(int kernel, int stride = 1) : base("conv")
        {
            var conv = nn.Conv2d(3, 3, kernel, stride, padding: kernel / 2, bias: false);
            Toys.Set(conv.weight!, Toys.Values(eye(3).reshape(3, 3, 1, 1).expand(3, 3, kernel, kernel)));
            register_module("conv", conv);
            AddLayer("conv", conv, stride);
            EndStage(3);
            OutputStride = stride;
        }

        /// <summary>(N, H, W) of each input.</summary>
        public List<(long Count, long Height, long Width)> Seen { get; } = [];

        public override int Channels => 3;

        public override int OutputStride { get; }

        protected override Activation RunLayer(int index, Activation x)
        {
            Seen.Add((x.Grid.shape[0], x.Grid.shape[2], x.Grid.shape[3]));
            return base.RunLayer(index, x);
        }
    }
}
