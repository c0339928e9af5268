using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>Comparisons that are ready to run: for each name, the contenders that an experiment and some techniques give.</summary>
public static class ReadyGrids
{
    /// <summary>The grids by name.</summary>
    public static IReadOnlyDictionary<string, Func<Experiment, IReadOnlyList<Technique>, IReadOnlyList<Contender>>> All { get; } =
        new Dictionary<string, Func<Experiment, IReadOnlyList<Technique>, IReadOnlyList<Contender>>> { ["alone"] = Alone, ["subsets"] = Subsets };

    /// <summary>Plain training, and each technique by itself.</summary>
    /// <param name="experiment">The data set's; its classifier's own techniques are part of each contender.</param>
    /// <param name="techniques">What to compare.</param>
    public static IReadOnlyList<Contender> Alone(Experiment experiment, IReadOnlyList<Technique> techniques) =>
        [Contender(experiment, []), .. techniques.Select(technique => Contender(experiment, [technique]))];

    /// <summary>Every subset of the techniques, smaller ones first; the empty one is plain training.</summary>
    /// <inheritdoc cref="Alone"/>
    public static IReadOnlyList<Contender> Subsets(Experiment experiment, IReadOnlyList<Technique> techniques) =>
    [
        .. Enumerable.Range(0, 1 << techniques.Count)
            .Select(subset => techniques.Where((_, i) => (subset >> i & 1) == 1).ToArray())
            .OrderBy(subset => subset.Length)
            .Select(subset => Contender(experiment, subset)),
    ];

    private static Contender Contender(Experiment experiment, IReadOnlyList<Technique> techniques)
    {
        var recipe = techniques.Aggregate(experiment.Classifier, (recipe, technique) => recipe.With(technique));
        return new Contender(recipe.Title, recipe, experiment.Maps, experiment.Refinement, experiment.Erasing);
    }
}
