using Wsss.Evaluation;

namespace Wsss.Comparisons;

/// <summary>
/// How ideas act together, from gains over plain training of each idea alone and of pairs of them: the gain of a pair over the better of
/// its two, and over their sum.
/// </summary>
/// <param name="Ideas">Names of the ideas.</param>
/// <param name="Gains">[i, j]: gain over plain training of i with j, on the diagonal of i alone, shares in −1…1; null where it was not
/// tried.</param>
public sealed record Interaction(IReadOnlyList<string> Ideas, Interval?[,] Gains)
{
    /// <summary>Reads the gains in mIoU off a comparison whose first contender is plain training.</summary>
    public static Interaction Of(Comparison comparison) =>
        Of([.. comparison.Groups().Select(group => (IdeasOf(group.First()), comparison.Gain(group)))]);

    /// <summary>Arranges gains of ideas alone and of pairs; of several gains of the same ideas the first counts.</summary>
    /// <param name="measured">The ideas that were tried together, and what they gained; a pair counts where both were tried alone.</param>
    internal static Interaction Of(IReadOnlyList<(IReadOnlyList<string> Together, Interval Gain)> measured)
    {
        string[] ideas = [.. measured.Where(gain => gain.Together.Count == 1).Select(gain => gain.Together[0]).Distinct()];
        var gains = new Interval?[ideas.Length, ideas.Length];
        for (int i = 0; i < ideas.Length; i++)
        {
            for (int j = 0; j < ideas.Length; j++)
            {
                string[] wanted = [.. new[] { ideas[i], ideas[j] }.Distinct().Order()];
                gains[i, j] = measured.FirstOrDefault(gain => gain.Together.Order().SequenceEqual(wanted)).Gain;
            }
        }
        return new Interaction(ideas, gains);
    }

    /// <summary>Whether any pair was tried.</summary>
    public bool HasPairs => Enumerable.Range(0, Ideas.Count).Any(i => Enumerable.Range(0, i).Any(j => Gains[i, j] is not null));

    /// <summary>
    /// What a pair gains over the better of its two alone, or over plain training if both lose, −1…1; null where it was not tried.
    /// </summary>
    public double? OverBetter(int i, int j) => Gains[i, j]?.Mean - Math.Max(0, Math.Max(Gains[i, i]!.Mean, Gains[j, j]!.Mean));

    /// <summary>What a pair gains over the sum of its two alone, −1…1; null where it was not tried.</summary>
    public double? OverSum(int i, int j) => Gains[i, j]?.Mean - Gains[i, i]!.Mean - Gains[j, j]!.Mean;

    /// <summary>
    /// In each cell the pair's gain over plain training in points, on the diagonal the idea's alone; <c>-</c> where it was not tried.
    /// </summary>
    /// <param name="corner">Heading of the ideas' names.</param>
    public Table ToTable(string corner = "mIoU − plain, with") =>
        new(
            [corner, .. Ideas],
            [
                .. Ideas.Select(
                    (idea, i) => (IReadOnlyList<string>)[idea, .. Ideas.Select((_, j) => Gains[i, j]?.Points() ?? Table.Percent(null))]
                ),
            ]
        );

    private static IReadOnlyList<string> IdeasOf(Trial trial) =>
        [.. trial.Result.Experiment.Classifier.Techniques.Select(technique => technique.Name)];
}
