using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class AttentionAffinityTests : IDisposable
{
    private static readonly AttentionAffinity NoBoxes = new() { BoxThreshold = 0 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_identity_gives_the_map_within_its_boxes()
    {
        using var scope = NewDisposeScope();
        // Parts at the left and at the lower right; the box of the second has a corner that the map does not reach.
        float[] map =
        [
            1, 0.3f, 0, 0.2f, 0.1f,
            0.5f, 0.1f, 0, 0.3f, 0.6f,
            0.1f, 0.1f, 0, 0.8f, 0.3f,
        ];
        float[] expected =
        [
            1, 0, 0, 0, 0,
            0.5f, 0, 0, 0.3f, 0.6f,
            0, 0, 0, 0.8f, 0.3f,
        ];
        Tensor refined = new AttentionAffinity().Refine(tensor(map, [1, 3, 5]), eye(15));
        Assert.Equal(expected, Toys.Values(refined), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_map_that_ends_up_equal_at_all_places_keeps_its_evidence_and_one_without_stays_0()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1f], Toys.Values(new AttentionAffinity().Refine(full(1, 1, 1, 0.4), ones(1, 1))), (a, b) => Math.Abs(a - b) < 1e-6);
        Tensor two = stack([full(3, 5, 0.7), zeros(3, 5)]);
        float[] expected = [.. Enumerable.Repeat(1f, 15), .. Enumerable.Repeat(0f, 15)];
        Assert.Equal(expected, Toys.Values(new AttentionAffinity().Refine(two, ones(15, 15))), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Boxes_are_of_parts_that_touch_by_corners_too_and_threshold_0_is_the_whole_image()
    {
        float[] map = [0.4f, 0, 0, 0, 1, 0, 0, 0, 0.39f];
        Assert.Equal([1, 1, 0, 1, 1, 0, 0, 0, 0], AttentionAffinity.Boxes(map, 3, 0.4));
        Assert.All(AttentionAffinity.Boxes(map, 3, 0), value => Assert.Equal(1, value));
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 0], AttentionAffinity.Boxes(map, 3, 1));
        Assert.Equal([1, 0, 1, 0], AttentionAffinity.Boxes([1, 0, 1, 0], 4, 0.5));
        Assert.All(AttentionAffinity.Boxes(new float[4], 2, 0.4), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Two_places_by_hand()
    {
        using var scope = NewDisposeScope();
        // Columns of [[1, 1], [0, 1]] by their sums: [[1, ½], [0, ½]]; then rows: [[⅔, ⅓], [0, 1]].
        Tensor w = tensor(new float[] { 1, 1, 0, 1 }, [2, 2]);
        Tensor d = AttentionAffinity.Sinkhorn(w, 1);
        Assert.Equal([2 / 3f, 1 / 3f, 0, 1], Toys.Values(d), (a, b) => Math.Abs(a - b) < 1e-6);
        // T = [[⅔, ⅙], [⅙, 1]], T·T = [[17/36, 10/36], [10/36, 37/36]]; of the map (1, ¾): 24.5/36 and 37.75/36; of a third place that
        // is alone and 0, 0: the range is 0…37.75/36.
        Tensor three = zeros(3, 3);
        three[..2, ..2] = w;
        three[2, 2] = 1;
        Tensor refined = (NoBoxes with { Rounds = 1 }).Refine(tensor(new float[] { 1, 0.75f, 0 }, [1, 1, 3]), three);
        Assert.Equal([24.5f / 37.75f, 1, 0], Toys.Values(refined), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Many_rounds_are_doubly_stochastic()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor d = AttentionAffinity.Sinkhorn(rand([12, 12], float64), 200);
        Assert.True(allclose(d.sum([0]), ones([12], float64), 1e-9, 1e-9));
        Assert.True(allclose(d.sum([1]), ones([12], float64), 1e-9, 1e-9));
    }

    [Fact]
    public void Permuted_places_give_the_permuted_result()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor w = rand(12, 12), maps = rand(2, 3, 4), order = randperm(12);
        Tensor expected = NoBoxes.Refine(maps, w).flatten(1).index_select(1, order);
        Tensor permuted = maps.flatten(1).index_select(1, order).reshape(2, 3, 4);
        Tensor found = NoBoxes.Refine(permuted, w.index_select(0, order).index_select(1, order)).flatten(1);
        Assert.True(allclose(expected, found, 1e-4, 1e-5));
    }

    [Fact]
    public void Maps_reach_0_and_1_and_one_without_evidence_stays_empty()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor[] both = [rand(1, 3, 4), zeros(1, 3, 4)];
        Tensor refined = new AttentionAffinity().Refine(cat(both), rand(12, 12));
        Assert.Equal(0, refined[0].min().item<float>());
        Assert.Equal(1, refined[0].max().item<float>());
        Assert.Equal(0, refined[1].abs().max().item<float>());
        Assert.Contains("[12, 12]", Assert.Throws<ArgumentException>(() => NoBoxes.Refine(rand(1, 3, 4), rand(11, 11))).Message);
    }

    [Theory]
    [InlineData(TokenKind.PerClass, 2)]
    [InlineData(TokenKind.Single, 1)]
    [InlineData(TokenKind.Distilled, 2)]
    public void A_transformers_affinity_is_the_mean_of_its_last_blocks_between_patches(TokenKind kind, int tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        random.manual_seed(4);
        using var transformer = new VisionTransformer("toy", new VisionTransformerShape(4, Depth: 3, Heads: 2, Patch: 4, Grid: 2), kind, 2);
        transformer.eval();
        Tensor image = randn(1, 3, 8, 12);
        var (_, all) = transformer.RunWithAttention(image, heads => heads);                      // each [1, heads, T, T]
        Tensor sum = zeros(6, 6);
        for (int block = 1; block < 3; block++)
            for (int head = 0; head < 2; head++)
                sum += all[block][0, head, tokens.., tokens..];
        var (affinity, rows, columns) = new AttentionAffinity { Blocks = 2 }.Affinity(transformer, image);
        Assert.Equal((2, 3), (rows, columns));
        Assert.True(allclose(sum / 4, affinity, 1e-5, 1e-6));
        // More blocks than there are: all.
        sum += all[0][0].sum([0])[tokens.., tokens..];
        Assert.True(allclose(sum / 6, new AttentionAffinity().Affinity(transformer, image).Affinity, 1e-5, 1e-6));
    }

    [Fact]
    public void A_convolutional_networks_affinity_is_the_cosine_of_its_features()
    {
        using var scope = NewDisposeScope();
        using var backbone = new PointwiseBackbone();
        // Features are the pixels: (3, 4, 0), (0, 2, 0) and (−1, 0, 0).
        Tensor image = tensor(new float[] { 3, 0, -1, 4, 2, 0, 0, 0, 0 }, [1, 3, 1, 3]);
        var (affinity, rows, columns) = new AttentionAffinity { Sharpness = 2 }.Affinity(backbone, image);
        Assert.Equal((1, 3), (rows, columns));
        Assert.Equal([1, 0.64f, 0, 0.64f, 1, 0, 0, 0, 1], Toys.Values(affinity), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData("menagerie_net")]
    [InlineData("menagerie_vit")]
    public void It_refines_maps_of_any_size_with_the_classifier_that_made_them_and_leaves_nothing(string backbone)
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe with { Epochs = 1, Backbone = Toys.RandomBackbone with { Name = backbone } };
        using TrainedClassifier classifier = ClassifierTrainer.Train(recipe, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        Sample[] samples = [data.Test.Load(2), Toys.Blobs(3, width: 41, height: 27).Load(2)];
        long before = Toys.LiveTensors;
        using (MapRefiner refiner = new AttentionAffinity { Scale = 2 }.Open(new RefinementContext(maps, data.Train, run)))
        {
            foreach (Sample sample in samples)
            {
                LocalizationMaps plain = new MapInference().Extract(classifier.Network, [sample], CPU)[0];
                LocalizationMaps refined = refiner.Refine(sample.Image, plain);
                Assert.Equal((sample.Image.Width, sample.Image.Height), (refined.Width, refined.Height));
                Assert.Equal(sample.Labels, refined.Classes);
                Assert.All(refined.Values, value => Assert.InRange(value, 0, 1.00001f));
                Assert.NotEqual(plain.Values, refined.Values);
            }
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Evidence_in_one_corner_of_a_square_fills_the_square_and_lies_where_it_is()
    {
        // Features are colours: a red square on blue.
        float[] square = [.. Enumerable.Range(0, 400).Select(i => i % 20 is >= 4 and < 12 && i / 20 is >= 6 and < 16 ? 1f : 0)];
        byte[] pixels = [.. square.SelectMany(inside => inside > 0 ? new byte[] { 255, 0, 0 } : [0, 0, 255])];
        float[] corner = [.. Enumerable.Range(0, 400).Select(i => i % 20 is >= 4 and < 7 && i / 20 is >= 6 and < 9 ? 1f : 0)];
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        var context = new RefinementContext(null, Toys.Blobs(1), Toys.Run(_folder)) { Network = network };
        using MapRefiner refiner = new AttentionAffinity().Open(context);
        float[] refined = refiner.Refine(new RgbImage(20, 20, pixels), new LocalizationMaps("a", 20, 20, [0], corner)).Values;
        Assert.Equal(square, refined, (a, b) => Math.Abs(a - b) < 0.05);
    }

    [Fact]
    public void What_cannot_be_is_an_error()
    {
        AttentionAffinity[] broken =
        [
            new() { Scale = 0 }, new() { Blocks = 0 }, new() { Rounds = 0 }, new() { Squarings = -1 }, new() { BoxThreshold = 1.1 },
            new() { BoxThreshold = double.NaN }, new() { Sharpness = 0 },
        ];
        Assert.All(broken, options => Assert.Throws<RecipeException>(options.Validate));
        var nobody = new RefinementContext(null, Toys.Blobs(1), Toys.Run(_folder));
        Assert.Contains("classifier", Assert.Throws<RecipeException>(() => new AttentionAffinity().Open(nobody)).Message);
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        using MapRefiner refiner = new AttentionAffinity().Open(nobody with { Network = network });
        var large = new LocalizationMaps("big", 200, 100, [0], new float[20_000]);
        string message = Assert.Throws<RecipeException>(() => refiner.Refine(Toys.Noise(200, 100), large)).Message;
        Assert.Contains("'big'", message);
        Assert.Contains("20000", message);
    }

    [Fact]
    public void The_classifier_is_part_of_the_key_of_what_looks_into_it()
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier one = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, data, run);
        using TrainedClassifier two = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1, Seed = 2 }, data, run);
        using var source = MapSource.Of(one, new MapInference(), run);
        using var other = MapSource.Of(two, new MapInference(), run);
        MapFolder folder = source.FolderOf(data.Test);
        using var first = MapSource.Of(folder, source, run);
        using var second = MapSource.Of(folder, other, run);
        string Key(MapSource maps, MapRefinement step) => maps.Refine([step], data.Train, run).Key;
        Assert.Equal(Key(first, new PamrRefinement()), Key(second, new PamrRefinement()));
        Assert.NotEqual(Key(first, new AttentionAffinity()), Key(second, new AttentionAffinity()));
    }
}
