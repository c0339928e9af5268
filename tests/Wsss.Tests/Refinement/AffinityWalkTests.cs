using System.Text.Json;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class AffinityWalkTests : IDisposable
{
    private static readonly AffinityWalk Toy = new() { Epochs = 1, Steps = 8, Radius = 3, Crf = new CrfOptions { Iterations = 2 } };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_trains_once_and_refines_maps_of_any_size()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var context = new RefinementContext(maps, data.Train, run);
        Sample[] samples = [data.Test.Load(0), Toys.Blobs(3, width: 41, height: 27).Load(2)];
        var first = Refine(Toy, context, samples);
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.Equal(samples[i].Labels, first[i].Classes);
            Assert.Equal((samples[i].Image.Width, samples[i].Image.Height), (first[i].Width, first[i].Height));
            Assert.All(first[i].Values, value => Assert.InRange(value, 0, 1));
            Assert.Equal(1, first[i].Values.Max());
        }
        string[] kinds = [.. Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]).Order()];
        Assert.Equal(["affinity", "classifier", "maps", "seeds"], kinds);
        Assert.Equal(first.Select(found => found.Values), Refine(Toy, context, samples).Select(found => found.Values));
        Assert.Equal(4, Directory.GetDirectories(run.Store.Root).Length);
    }

    [Theory]
    [InlineData(41, 1e-3)]
    [InlineData(43, 0.3)]
    public void The_walk_of_the_mirror_image_is_the_mirrored_walk(int width, double tolerance)
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var before = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = Toy.Open(new RefinementContext(before, data.Train, run));
        Sample sample = Toys.Blobs(1, width: width, height: 27).Load(0);
        // A map that falls off from left to right, and steps.
        float[] values = [.. Enumerable.Range(0, width * 27).Select(i => (1 - i % width / (float)width) * (i / width < 12 ? 1 : 0.5f))];
        var maps = new LocalizationMaps("a", width, 27, [0], values);
        var mirrored = new LocalizationMaps("a", width, 27, [0], Toys.FlipRows(values, width));
        var (x, y) = Toys.Centre(refiner.Refine(sample.Image, maps));
        var (mirroredX, mirroredY) = Toys.Centre(refiner.Refine(Toys.Flip(sample.Image), mirrored));
        Assert.Equal(x, width - 1 - mirroredX, tolerance);
        Assert.Equal(y, mirroredY, tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Without_steps_a_map_of_ones_shows_the_mean_boundary_of_the_image_and_its_mirror_image(double scale)
    {
        // 43 and 86 columns end beside a cell of the boundaries' grid, so that the mirror image's cells lie between the image's.
        const int Width = 43, Height = 27;
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var before = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = (Toy with { Steps = 0, Scale = scale }).Open(new RefinementContext(before, data.Train, run));
        RgbImage image = Toys.Noise(Width, Height);
        var ones = new LocalizationMaps("a", Width, Height, [0], [.. Enumerable.Repeat(1f, Width * Height)]);
        float[] found = refiner.Refine(image, ones).Values;

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using AffinityNetwork network = StoredTraining.Load<AffinityNetwork, AffinityRecipe>(
            Directory.GetDirectories(run.Store.Root, "affinity-*").Single(), CPU,
            (recipe, names) => new AffinityNetwork((recipe.Backbone with { Weights = null }).Create(names.Count))).Network;
        Tensor input = InputScales.Resize(Loader.ImageTensor(image, CPU), scale);
        Tensor direct = network.call(input), mirrored = network.call(input.flip(3)).flip(3);
        int rows = (int)direct.shape[2], columns = (int)direct.shape[3];
        double beside = (input.shape[3] - 1) / 4.0 - (columns - 1);
        Assert.InRange(beside, 0.2, 0.8);
        double[,] open = new double[rows, columns];
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                double own = direct[0, 0, y, x].item<float>(), other = mirrored[0, 0, y, x].item<float>();
                double left = mirrored[0, 0, y, Math.Max(0, x - 1)].item<float>();
                open[y, x] = 1 - (own + (1 - beside) * other + beside * left) / 2;
            }
        }
        double[] expected = [.. Enumerable.Range(0, Width * Height).Select(i => AtCell(Cell(i / Width), Cell(i % Width)))];
        Assert.Equal(expected.Select(value => (float)(value / expected.Max())), found, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(found.Min() < 0.95, $"{found.Min()}");

        double Cell(int pixel) => ((pixel + 0.5) * scale - 0.5) / 4;
        double AtCell(double row, double column)
        {
            double y = Math.Clamp(row, 0, rows - 1), x = Math.Clamp(column, 0, columns - 1);
            int top = (int)y, left = (int)x, bottom = Math.Min(top + 1, rows - 1), right = Math.Min(left + 1, columns - 1);
            double above = open[top, left] + (x - left) * (open[top, right] - open[top, left]);
            double below = open[bottom, left] + (x - left) * (open[bottom, right] - open[bottom, left]);
            return above + (y - top) * (below - above);
        }
    }

    [Fact]
    public void Seeds_are_sure_objects_sure_background_and_unknown_between()
    {
        // A CRF without iterations only reads the labels: what is left is the rule of the two thresholds.
        var maps = new LocalizationMaps("a", 5, 1, [1, 3], [0.9f, 0.2f, 0.01f, 0, 0.31f, 0, 0.1f, 0.02f, 0.8f, 0.3f]);
        LabelMap seeds = new AffinityWalk().Seeds(Toys.Noise(5, 1), maps, new DenseCrf(new CrfOptions { Iterations = 0 }));
        Assert.Equal([2, LabelMap.Ignore, 0, 4, 2], seeds.Values);
    }

    [Fact]
    public void An_image_without_labels_is_background()
    {
        LabelMap seeds = new AffinityWalk().Seeds(
            Toys.Noise(4, 2),
            new LocalizationMaps("a", 4, 2, [], []),
            new DenseCrf(new CrfOptions())
        );
        Assert.All(seeds.Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Options_out_of_range_are_errors_and_survive_JSON_otherwise()
    {
        AffinityWalk[] broken =
        [
            new() { ObjectThreshold = 0.04f }, new() { BackgroundThreshold = -1 }, new() { ObjectThreshold = 2 }, new() { Scale = 0 },
            new() { Epochs = 0 }, new() { Radius = 1 }, new() { Beta = 0 }, new() { Steps = -1 }, new() { Crf = new() { Iterations = -1 } },
            new() { Crf = new() { Compatibility = [[0, 1], [1, 0]] } },
        ];
        Assert.All(broken, walk => Assert.Throws<RecipeException>(walk.Validate));
        MapRefinement[] all = [Toy, new CrfRefinement(), new PamrRefinement { Pamr = new Pamr { Iterations = 3 } }];
        string[] names = ["walk", "crf", "pamr"];
        for (int i = 0; i < all.Length; i++)
        {
            string json = WsssJson.Write(all[i]);
            Assert.Contains($"\"{names[i]}\"", json);
            Assert.Equal(json, WsssJson.Write(WsssJson.Read<MapRefinement>(json, "test")));
        }
    }

    [Fact]
    public void It_needs_a_classifier() =>
        Assert.Contains("classifier", Assert.Throws<RecipeException>(() =>
            Toy.Open(new RefinementContext(null, Toys.Blobs(4), Toys.Run(_folder)))).Message);

    [Fact]
    public void A_scale_that_leaves_no_crops_is_an_error_before_seeds_are_made()
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var walk = Toy with { Scale = 0.2 };
        walk.Validate();
        string message = Assert.Throws<RecipeException>(() => walk.Open(new RefinementContext(maps, data.Train, run))).Message;
        Assert.Contains("Affinity walk: expected a scale that leaves at least 8 pixels of the classifier's crops of 32", message);
        Assert.Contains("found 0.2, which leaves 6", message);
        Assert.Equal(["classifier"], Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]));
        using var least = (Toy with { Scale = 0.25 }).Open(new RefinementContext(maps, data.Train, run));
    }

    [Fact]
    public void As_many_images_pass_at_once_as_in_the_training_of_the_classifier()
    {
        DataSplits data = Toys.BlobSplits(4);
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1, MicroBatch = 2 }, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        using MapRefiner refiner = Toy.Open(new RefinementContext(maps, data.Train, run));
        string folder = Directory.GetDirectories(run.Store.Root, "affinity-*").Single();
        using var recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "recipe.json")));
        Assert.Equal(4, recipe.RootElement.GetProperty("batchSize").GetInt32());
        Assert.Equal(2, recipe.RootElement.GetProperty("microBatch").GetInt32());
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe, data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        var context = new RefinementContext(maps, data.Train, run);
        Sample[] samples = [data.Test.Load(0)];
        Refine(Toy, context, samples);
        long before = Toys.LiveTensors;
        Refine(Toy, context, samples);
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static LocalizationMaps[] Refine(MapRefinement refinement, RefinementContext context, Sample[] samples)
    {
        using MapRefiner refiner = refinement.Open(context);
        return
        [
            .. samples.Select(sample =>
                refiner.Refine(
                    sample.Image,
                    new MapInference().Extract(context.Before!.Classifiers[0].Network, [sample], CPU)[0]
                )
            ),
        ];
    }
}
