using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>A comparison that is ready to run: what it makes of some techniques, and which it takes when none are given.</summary>
/// <param name="Of">The grid of some ways to train.</param>
/// <param name="Sharpening">Whether it takes those that helped most by itself, rather than all that have suggested options.</param>
[Family("grid")]
public sealed record ReadyGrid(Func<IReadOnlyList<GridTraining>, ComparisonGrid> Of, bool Sharpening)
{
    private static GridTraining Plain { get; } = new("plain");

    /// <summary>Plain training, and each technique alone.</summary>
    [Registered("plain training, and each technique by itself", Name = "ablation", Order = 1)]
    public static ReadyGrid Ablation { get; } = new(ideas => new() { Trainings = [Plain, .. ideas] }, Sharpening: false);

    /// <summary>
    /// Plain training, each technique alone, and all pairs: which help each other, which cancel (<see cref="Interaction"/>).
    /// </summary>
    [Registered("the same and all pairs, with a map of which help each other and which cancel", Name = "pairs", Order = 2)]
    public static ReadyGrid Pairs { get; } =
        new(
            ideas => new() { Trainings = [Plain, .. ideas, .. ideas.SelectMany((first, i) => ideas.Skip(i + 1).Select(first.And))] },
            Sharpening: false
        );

    /// <summary>Every subset of the techniques, smaller ones first; the empty one is plain training.</summary>
    [Registered("every combination of boundary loss, saliency fusion and equivariance", Name = "subsets", Order = 3)]
    public static ReadyGrid Subsets { get; } = new(
        ideas => new()
        {
            Trainings =
            [
                .. Enumerable.Range(0, 1 << ideas.Count)
                    .Select(subset => ideas.Where((_, i) => (subset >> i & 1) == 1).ToArray())
                    .OrderBy(subset => subset.Length)
                    .Select(subset => subset.Length == 0 ? Plain : subset.Aggregate((first, second) => first.And(second))),
            ],
        }, Sharpening: true);

    /// <summary>
    /// Plain training and the techniques all together, their maps read at three sizes, each with and without the dense CRF, as far as the
    /// segmentation network.
    /// </summary>
    [Registered(
        "plain training and those three together, maps at three sizes, without and with a dense CRF, as far as the network",
        Name = "best",
        Order = 4
    )]
    public static ReadyGrid Best { get; } =
        new(
            ideas =>
                new()
                {
                    Trainings = [Plain, ideas.Aggregate((first, second) => first.And(second))],
                    Scales = [0.75, 1, 1.5],
                    Refinements =
                    [
                        [],
                        [new CrfRefinement()],
                    ],
                    Segment = true,
                },
            Sharpening: true
        );

    /// <summary>The grid on some data.</summary>
    /// <param name="kind">What options are suggested for.</param>
    /// <param name="techniques">The techniques, with their options; none for the grid's own, with those that are suggested.</param>
    public ComparisonGrid On(DataKind kind, IReadOnlyList<Technique> techniques) =>
        Of([.. (techniques.Count > 0 ? techniques : Suggested(kind)).Select(technique => GridTraining.Of(technique, kind))]);

    /// <summary>
    /// The techniques that have options suggested for a kind of data, with these. Photographs need a saliency of their own: set it on
    /// saliency fusion.
    /// </summary>
    public static IReadOnlyList<Technique> SuggestedTechniques(DataKind kind) =>
        [.. Family.Of<Technique>().Members.Select(member => member.Suggested(kind)).OfType<Technique>()];

    // What helped most, here and on photographs.
    private IReadOnlyList<Technique> Suggested(DataKind kind) =>
        [.. SuggestedTechniques(kind).Where(technique => !Sharpening || technique is BoundaryLoss or SaliencyFusion or Equivariance)];
}
