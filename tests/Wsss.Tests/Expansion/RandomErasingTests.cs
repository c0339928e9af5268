using Wsss.Data;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class RandomErasingTests : IDisposable
{
    // No image below has these values, so that what is erased can be told.
    private static readonly float[] Mean = [7, 8, 9];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, 0.5)]
    [InlineData(32, 0.5)]
    [InlineData(44, 0.2)]
    [InlineData(56, 0.9)]
    public void The_hidden_share_of_cells_is_the_probability(int size, double probability)
    {
        // 224 pixels are the reference: cells have their own size.
        int perSide = (224 + size - 1) / size, images = 20, cells = images * perSide * perSide, hidden = 0;
        bool[] erased = Erase(new RandomErasing { CellSizes = [size], Probability = probability }, images, 224, 224);
        for (int n = 0; n < images; n++)
        {
            for (int row = 0; row < perSide; row++)
                for (int column = 0; column < perSide; column++)
                    if (Cell(erased, n, 224, 224, size, row, column)) hidden++;
        }
        double deviation = Math.Sqrt(cells * probability * (1 - probability));
        Assert.InRange(hidden, cells * probability - 5 * deviation, cells * probability + 5 * deviation);
    }

    [Theory]
    [InlineData(50, 30)]
    [InlineData(30, 50)]
    [InlineData(30, 1)]
    public void Cells_scale_with_the_shorter_side_and_are_hidden_whole(int height, int width)
    {
        int cell = Math.Max(1, (int)Math.Round(56 * Math.Min(height, width) / 224.0)), hidden = 0, shown = 0;
        bool[] erased = Erase(new RandomErasing { CellSizes = [56] }, 4, height, width);
        for (int n = 0; n < 4; n++)
        {
            for (int row = 0; row * cell < height; row++)
            {
                for (int column = 0; column * cell < width; column++)
                {
                    if (Cell(erased, n, height, width, cell, row, column)) hidden++;
                    else shown++;
                }
            }
        }
        Assert.True(hidden > 0 && shown > 0);
    }

    [Fact]
    public void Hidden_pixels_take_the_mean_colour_and_the_rest_stays()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor images = randn(3, 3, 40, 32),
            before = images.clone();
        Batch batch = Toys.Batch(images, ones(3, 2));
        Batch changed = new RandomErasing { CellSizes = [56] }.Transform(batch, Toys.Step(mean: Mean));
        Assert.Equal(Toys.Values(before), Toys.Values(images));
        Assert.Same(batch.Labels, changed.Labels);

        float[] old = Toys.Values(images),
            now = Toys.Values(changed.Images);
        Assert.Equal(old.Length, now.Length);
        const int Plane = 40 * 32;
        for (int n = 0; n < 3; n++)
        {
            for (int i = 0; i < Plane; i++)
            {
                int at = n * 3 * Plane + i;
                bool hidden = now[at] == Mean[0];
                for (int channel = 0; channel < 3; channel++)
                    Assert.Equal(hidden ? Mean[channel] : old[at + channel * Plane], now[at + channel * Plane]);
            }
        }
        Assert.Contains(Mean[0], now);
    }

    [Fact]
    public void Size_0_and_probability_0_are_the_identity_and_probability_1_hides_all()
    {
        Assert.DoesNotContain(true, Erase(new RandomErasing { CellSizes = [0], Probability = 1 }, 2, 32, 32));
        Assert.DoesNotContain(true, Erase(new RandomErasing { CellSizes = [16], Probability = 0 }, 2, 32, 32));
        Assert.DoesNotContain(false, Erase(new RandomErasing { CellSizes = [16, 44], Probability = 1 }, 2, 33, 35));
    }

    [Fact]
    public void Each_image_draws_its_own_size()
    {
        bool[] erased = Erase(new RandomErasing { CellSizes = [0, 16], Probability = 1 }, 40, 8, 8);
        int whole = Enumerable.Range(0, 40).Count(n => erased[n * 64]);
        Assert.InRange(whole, 8, 32);
        Assert.Equal(64 * whole, erased.Count(e => e));
    }

    [Fact]
    public void The_steps_generator_decides()
    {
        var erasing = new RandomErasing();
        Assert.Equal(Erase(erasing, 4, 32, 32, step: 3), Erase(erasing, 4, 32, 32, step: 3));
        Assert.NotEqual(Erase(erasing, 4, 32, 32, step: 3), Erase(erasing, 4, 32, 32, step: 4));
    }

    [Fact]
    public void Only_the_new_images_survive()
    {
        using Batch batch = Toys.Batch(zeros(2, 3, 32, 32), zeros(2, 1));
        long before = Toys.LiveTensors;
        using (new RandomErasing().Transform(batch, Toys.Step()).Images) Assert.Equal(before + 1, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Training_erases_and_inference_does_not()
    {
        // One step on four images of which all is hidden.
        var all = new RandomErasing { CellSizes = [16], Probability = 1 };
        var data = new DataSplits(Toys.Blobs(4), Toys.Blobs(3, seed: 2), Toys.Blobs(3, seed: 3));
        Recipe recipe = Toys.Recipe.With(all) with { Epochs = 1 };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();

        random.manual_seed(recipe.Seed);
        using Classifier untrained = recipe.CreateClassifier(data.Train.ClassNames);
        Batch batch = new Loader(
            data.Train,
            new LoaderOptions
            {
                BatchSize = 4,
                Augmentation = recipe.Augmentation,
                Shuffle = true,
                Seed = recipe.Seed,
            },
            CPU
        ).Epoch(0).Single();
        Batch erased = all.Transform(batch, Toys.Step(mean: ChannelMean.Of(data.Train, TestContext.Current.CancellationToken)));
        double Loss(Batch seen) =>
            ClassifierTrainer.ClassificationLoss([untrained.call(seen.Images, null).Logits], seen.Labels).item<float>();
        double loss = trained.History.Epochs[0].Losses["classification"];
        Assert.Equal(Loss(erased), loss, 1e-6);
        Assert.NotEqual(Loss(batch), loss, 1e-6);

        Tensor image = Loader.ImageTensor(data.Test.Load(0).Image, CPU),
            other = Loader.ImageTensor(data.Test.Load(1).Image, CPU);
        Assert.NotEqual(Toys.Values(trained.Network.call(image, null).Logits), Toys.Values(trained.Network.call(other, null).Logits));
    }

    // Erased pixels of images that are nowhere the mean colour, [N, H, W].
    private static bool[] Erase(RandomErasing erasing, int images, int height, int width, int step = 0)
    {
        erasing.Validate();
        using var scope = NewDisposeScope();
        Batch batch = Toys.Batch(zeros(images, 3, height, width), zeros(images, 1));
        Tensor changed = erasing.Transform(batch, Toys.Step(step, mean: Mean)).Images;
        Assert.Equal([images, 3, height, width], changed.shape);
        return [.. Toys.Values(changed[.., 0]).Select(value => value == Mean[0])];
    }

    // Whether a cell is hidden; fails where it is hidden in part.
    private static bool Cell(bool[] erased, int n, int height, int width, int size, int row, int column)
    {
        var values = new HashSet<bool>();
        for (int y = row * size; y < Math.Min((row + 1) * size, height); y++)
            for (int x = column * size; x < Math.Min((column + 1) * size, width); x++)
                values.Add(erased[(n * height + y) * width + x]);
        return Assert.Single(values);
    }
}
