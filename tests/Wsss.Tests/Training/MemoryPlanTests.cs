using Wsss.Data;
using Wsss.Segmentation;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class MemoryPlanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Recipe Bounded { get; } = new()
    {
        Backbone = Toys.RandomBackbone,
        Augmentation = Augmentation.Resize(224),
        BatchSize = 16,
        MaxMemory = 1,
    };

    // A tenth of a gigabyte for each crop of 224 pixels, and by their area for others.
    private static StepMemory ByArea(NetworkRecipe recipe) =>
        new(0, 100_000_000L * recipe.Augmentation.Size * recipe.Augmentation.Size / (224 * 224));

    [Theory]
    [InlineData(0, 0, 0, 224)]       // no bound
    [InlineData(1.6, 0, 0, 224)]     // all sixteen fit
    [InlineData(1.59, 0, 8, 224)]    // two equal parts
    [InlineData(0.79, 0, 6, 224)]    // three: 6, 5 and 5
    [InlineData(0.2, 0, 2, 224)]     // eight
    [InlineData(1.6, 4, 4, 224)]     // never more at once than was asked for
    [InlineData(0.3, 4, 3, 224)]
    [InlineData(0.19, 0, 2, 192)]    // two crops of 192 take .147
    [InlineData(0.06, 0, 3, 96)]     // three of 96 take .055
    public void As_many_images_pass_at_once_as_fit_and_crops_shrink_where_not_two_do(double bound, int asked, int images, int size)
    {
        Recipe fitted = MemoryPlan.Fit(Bounded with { MaxMemory = bound, MicroBatch = asked }, ByArea);
        Assert.Equal((0, images, size), (fitted.MaxMemory, fitted.MicroBatch, fitted.Augmentation.Size));
        fitted.Validate();
        if (bound > 0) Assert.True(ByArea(fitted).For(fitted.LargestPart) <= bound * 1e9);
    }

    [Fact]
    public void What_cannot_fit_is_refused_with_what_it_takes()
    {
        var error = Assert.Throws<RecipeException>(
            () => MemoryPlan.Fit(Bounded with { MaxMemory = 0.001 }, _ => new(700_000_000, 20_000_000)));
        Assert.Contains("2 crops of 64 pixels, which take 0.74 GB, found a bound of 0.001 GB", error.Message);
        // Three images have no parts of two.
        Assert.Throws<RecipeException>(
            () => MemoryPlan.Fit(Bounded with { MaxMemory = 0.2, BatchSize = 3 }, _ => new(0, 100_000_000)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_bound_that_is_none_is_refused(double bound) =>
        Assert.Contains("gigabytes", Assert.Throws<RecipeException>((Bounded with { MaxMemory = bound }).Validate).Message);

    [Fact]
    public void A_bound_is_another_recipe_and_none_is_written_as_before()
    {
        Assert.DoesNotContain("maxMemory", new Recipe().ToJson());
        var train = Toys.Blobs(4);
        Assert.NotEqual((Bounded with { MaxMemory = 0 }).Key(train), Bounded.Key(train));
    }

    [Fact]
    public void A_bounded_training_is_that_of_the_recipe_that_fits()
    {
        var data = Toys.BlobSplits();
        var recipe = Toys.Recipe with { Epochs = 1, BatchSize = 4 };
        long live = 0;
        StepMemory memory;
        using (var network = recipe.CreateClassifier(data.Train.ClassNames))
        using (var images = rand(2, 3, recipe.Augmentation.Size, recipe.Augmentation.Size))
        {
            live = Toys.LiveTensors;
            memory = StepMemory.Of(network, recipe, () => network.call(images, null).Dispose(), 2);
            Assert.Equal(live, Toys.LiveTensors);
        }
        Assert.True(memory.PerImage > 0 && memory.Fixed > 0);

        var bounded = recipe with { MaxMemory = (memory.For(2) + memory.PerImage) / 1e9 };
        using var trained = ClassifierTrainer.Train(bounded, data, Toys.Run(_folder));
        Assert.Equal((2, 0.0), (trained.Recipe.MicroBatch, trained.Recipe.MaxMemory));
        using var same = ClassifierTrainer.Train(recipe with { MicroBatch = 2 }, data, Toys.Run(_folder));
        Assert.Equal(same.Folder, trained.Folder);
        using var again = ClassifierTrainer.Train(bounded, data, Toys.Run(_folder));
        Assert.Equal(trained.Folder, again.Folder);
    }

    [Fact]
    public void A_segmentation_network_is_bounded_too()
    {
        var data = Toys.BlobSplits();
        var recipe = Toys.SegmenterRecipe with { Epochs = 1, MaxMemory = 1e-6 };
        Assert.Throws<RecipeException>(
            () => SegmenterTrainer.Train(recipe, new TargetSource(data.Train), data.Validation, Toys.Run(_folder)));
        using var trained = SegmenterTrainer.Train(
            recipe with { MaxMemory = 100 }, new TargetSource(data.Train), data.Validation, Toys.Run(_folder));
        Assert.Equal((0, 0.0), (trained.Recipe.MicroBatch, trained.Recipe.MaxMemory));
    }
}
