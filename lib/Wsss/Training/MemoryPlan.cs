namespace Wsss.Training;

/// <summary>
/// Fits a training into <see cref="NetworkRecipe.MaxMemory"/>: fewer images at once, which leaves steps as large as they were; where not
/// even two crops fit, smaller crops.
/// </summary>
internal static class MemoryPlan
{
    private const double Gigabyte = 1e9;
    private const int SizeStep = 32, LeastSize = 64;

    /// <summary>The same recipe without a bound and with what fits into it.</summary>
    /// <param name="recipe">How to train; itself where it has no bound.</param>
    /// <param name="count">Counts the memory of a recipe's steps.</param>
    /// <exception cref="RecipeException">Not even the smallest crops fit; the message says how much they need.</exception>
    public static T Fit<T>(T recipe, Func<T, StepMemory> count) where T : NetworkRecipe
    {
        if (recipe.MaxMemory == 0) return recipe;
        long bytes = (long)(recipe.MaxMemory * Gigabyte), least = 0;
        var unbound = (T)((NetworkRecipe)recipe with { MaxMemory = 0 });
        for (int size = recipe.Augmentation.Size; size >= Math.Min(LeastSize, recipe.Augmentation.Size); size = Smaller(size))
        {
            var sized = (T)((NetworkRecipe)unbound with { Augmentation = recipe.Augmentation with { Size = size } });
            var memory = count(sized);
            if (AtOnce(sized, memory, bytes) is { } fitting) return fitting;
            least = memory.For(NetworkRecipe.SmallestPart);
        }
        double needed = Math.Ceiling(100 * least / Gigabyte) / 100;
        throw new RecipeException(
            $"Expected memory for a training step of {NetworkRecipe.SmallestPart} crops of "
                + $"{Math.Min(LeastSize, recipe.Augmentation.Size)} pixels, which take {needed:0.00} GB, found a bound of "
                + $"{recipe.MaxMemory} GB. Allow more, or take a smaller network.");
    }

    // The next multiple below.
    private static int Smaller(int size) => (size - 1) / SizeStep * SizeStep;

    /// <summary>The recipe with as many images at once as fit; null where two do not.</summary>
    private static T? AtOnce<T>(T recipe, StepMemory memory, long bytes) where T : NetworkRecipe
    {
        for (int parts = recipe.Parts; recipe.BatchSize / parts >= NetworkRecipe.SmallestPart; parts++)
        {
            var smaller = parts == recipe.Parts ? recipe : NetworkRecipe.InParts(recipe, parts);
            if (memory.For(smaller.LargestPart) <= bytes) return smaller;
        }
        return null;
    }
}
