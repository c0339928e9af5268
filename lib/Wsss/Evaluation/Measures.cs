using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>The measures of every score.</summary>
internal static class Measures
{
    /// <summary>One of each, that has seen nothing, in the order of their columns.</summary>
    /// <param name="labelCount">Number of labels, background included.</param>
    /// <exception cref="EvaluationException">A measure has neither of the constructors that it may have.</exception>
    public static IReadOnlyList<Measure> Create(int labelCount) =>
        [.. Family.Of<Measure>().Members.Select(member => Create(member.Type, labelCount))];

    /// <summary>Names of what an experiment knows beside the scores of its masks, which a measure cannot have.</summary>
    public static IReadOnlyList<string> OfExperiments { get; } =
    [
        "AP", "F1", "mAP", "validation mIoU", "pseudo masks mIoU", "segmentation mIoU", "segmentation validation mIoU", "of ceiling",
    ];

    private static Measure Create(Type type, int labelCount)
    {
        if (type.GetConstructor([typeof(int)]) is { } ofLabels) return (Measure)ofLabels.Invoke([labelCount]);
        if (type.GetConstructor([]) is { } plain) return (Measure)plain.Invoke([]);
        throw new EvaluationException(
            $"Expected the measure {type.Name} to have a public constructor that takes nothing, or the number of labels; found neither.");
    }
}
