namespace Wsss.Comparisons;

/// <summary>What seeds of a comparison have to be.</summary>
internal static class Seeds
{
    /// <summary>Refuses a seed that is there twice: counted as two runs, one would have an interval of width 0.</summary>
    /// <exception cref="RecipeException">A seed is there twice.</exception>
    public static void RequireDistinct(IReadOnlyList<int> seeds)
    {
        if (seeds.GroupBy(seed => seed).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new RecipeException($"Expected each seed once, found {twice.Key} {twice.Count()} times: it would count as several runs.");
    }
}
