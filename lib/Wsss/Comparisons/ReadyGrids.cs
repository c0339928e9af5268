using Wsss.Data;
using Wsss.Expansion;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>Comparisons that are ready to run.</summary>
public static class ReadyGrids
{
    /// <summary>For each name the grid that some ideas give, and the ideas that it is made of when none are given.</summary>
    private static readonly Dictionary<string, (Func<IReadOnlyList<GridTraining>, ComparisonGrid> Of, Func<DataSpec, IReadOnlyList<GridTraining>> Default)> Grids = new()
    {
        ["ablation"] = (Ablation, Ideas),
        ["pairs"] = (Pairs, Ideas),
        ["subsets"] = (Subsets, Sharpening),
        ["best"] = (Best, Sharpening),
    };

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Grids.Keys];

    private static GridTraining Plain { get; } = new("plain");

    /// <summary>A grid by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">What options are suggested for.</param>
    /// <param name="techniques">The ideas, with their options; none for the grid's own, with <see cref="SuggestedOptions"/>.</param>
    public static ComparisonGrid Create(string name, DataSpec data, IReadOnlyList<Technique> techniques)
    {
        var (of, ideas) = Grids[name];
        return of(techniques.Count > 0 ? [.. techniques.Select(Single)] : ideas(data));
    }

    /// <summary>Plain training, and each idea alone.</summary>
    public static ComparisonGrid Ablation(IReadOnlyList<GridTraining> ideas) => new() { Trainings = [Plain, .. ideas] };

    /// <summary>Plain training, each idea alone, and all pairs: which help each other, which cancel (<see cref="Interaction"/>).</summary>
    public static ComparisonGrid Pairs(IReadOnlyList<GridTraining> ideas) => new()
    {
        Trainings = [Plain, .. ideas, .. ideas.SelectMany((first, i) => ideas.Skip(i + 1).Select(first.And))],
    };

    /// <summary>Every subset of the ideas, smaller ones first; the empty one is plain training.</summary>
    public static ComparisonGrid Subsets(IReadOnlyList<GridTraining> ideas) => new()
    {
        Trainings =
        [
            .. Enumerable.Range(0, 1 << ideas.Count)
                .Select(subset => ideas.Where((_, i) => (subset >> i & 1) == 1).ToArray())
                .OrderBy(subset => subset.Length)
                .Select(subset => subset.Length == 0 ? Plain : subset.Aggregate((first, second) => first.And(second))),
        ],
    };

    /// <summary>
    /// Plain training and the ideas all together, their maps read at three sizes, each with and without the dense CRF, as far as the
    /// segmentation network.
    /// </summary>
    public static ComparisonGrid Best(IReadOnlyList<GridTraining> ideas) => new()
    {
        Trainings = [Plain, ideas.Aggregate((first, second) => first.And(second))],
        Scales = [0.75, 1, 1.5],
        Refinements = [null, new CrfRefinement()],
        Segment = true,
    };

    /// <summary>Every idea by itself, with suggested options: the techniques, and iterative erasing.</summary>
    public static IReadOnlyList<GridTraining> Ideas(DataSpec data) =>
        [.. SuggestedOptions.Techniques(data).Select(Single), new(nameof(IterativeErasing)) { Erasing = SuggestedOptions.Erasing }];

    // What helped most, here and on photographs.
    private static IReadOnlyList<GridTraining> Sharpening(DataSpec data) =>
        [.. SuggestedOptions.Techniques(data).Where(technique => technique is BoundaryLoss or SaliencyFusion or Equivariance).Select(Single)];

    private static GridTraining Single(Technique technique) => new(technique.Name) { Techniques = [technique] };
}
