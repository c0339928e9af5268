using Wsss.Evaluation;

namespace Wsss.Comparisons;

/// <summary>
/// How ideas act together, from a comparison that holds plain training, each idea alone and pairs of them: the gain of a pair
/// over the better of its two, and over their sum.
/// </summary>
/// <param name="Ideas">Names of the ideas.</param>
/// <param name="Gains">[i, j]: gain in mIoU over plain training of i with j, on the diagonal of i alone, 0…1; null where it was not
/// tried.</param>
public sealed record Interaction(IReadOnlyList<string> Ideas, double?[,] Gains)
{
    /// <summary>Reads the gains off a comparison whose first contender is plain training.</summary>
    public static Interaction Of(Comparison comparison)
    {
        var groups = comparison.Groups();
        var byIdeas = groups.DistinctBy(Key).ToDictionary(Key, group => comparison.Gain(group).Mean);
        string[] ideas = [.. groups.Select(group => IdeasOf(group.First())).Where(own => own.Length == 1).Select(own => own[0]).Distinct()];
        var gains = new double?[ideas.Length, ideas.Length];
        for (int i = 0; i < ideas.Length; i++)
        {
            for (int j = 0; j < ideas.Length; j++)
            {
                string key = i == j ? ideas[i] : string.Join('+', new[] { ideas[i], ideas[j] }.Order());
                if (byIdeas.TryGetValue(key, out double gain)) gains[i, j] = gain;
            }
        }
        return new Interaction(ideas, gains);

        static string Key(IGrouping<string, Trial> group) => string.Join('+', IdeasOf(group.First()).Order());
    }

    /// <summary>Whether any pair was tried.</summary>
    public bool HasPairs => Enumerable.Range(0, Ideas.Count).Any(i => Enumerable.Range(0, i).Any(j => Gains[i, j] is not null));

    /// <summary>
    /// What a pair gains over the better of its two alone, or over plain training if both lose, 0…1; null where it was not tried.
    /// </summary>
    public double? OverBetter(int i, int j) => Gains[i, j] - Math.Max(0, Math.Max(Gains[i, i]!.Value, Gains[j, j]!.Value));

    /// <summary>
    /// In each cell the pair's gain over plain training in points of mIoU, on the diagonal the idea's alone; <c>-</c> where it was not
    /// tried.
    /// </summary>
    public Table ToTable() =>
        new(
            ["mIoU − plain, with", .. Ideas],
            [
                .. Ideas.Select(
                    (idea, i) =>
                        (IReadOnlyList<string>)[idea, .. Ideas.Select((_, j) => Gains[i, j] is { } gain ? Table.Points(gain) : "-")]
                ),
            ]
        );

    private static string[] IdeasOf(Trial trial) => [.. trial.Result.Experiment.Classifier.Techniques.Select(technique => technique.Name)];
}
