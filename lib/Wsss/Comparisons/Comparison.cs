using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Storage;

namespace Wsss.Comparisons;

/// <summary>
/// Experiments under the same rules: the same data, the same seeds, one rule for the threshold (best mIoU on the validation
/// split), scores on the test split. The first contender is the baseline of all differences.
/// </summary>
/// <param name="Trials">One per contender and seed, contender by contender.</param>
public sealed record Comparison(IReadOnlyList<Trial> Trials)
{
    /// <summary>
    /// Runs every contender with every seed. What the store has is taken from it, and a training that was interrupted goes on
    /// from its checkpoint.
    /// </summary>
    /// <param name="data">What to train, choose and test on; the experiments' own data are not opened.</param>
    /// <param name="contenders">Names differ; contenders with the same recipe share a classifier.</param>
    /// <param name="seeds">Seeds of the networks.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">
    /// Two contenders have one name, a seed is there twice, there is none of either, or a recipe cannot be.
    /// </exception>
    /// <exception cref="DataSetException">No test image has a mask.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished trials stay in the store.</exception>
    public static Comparison Run(DataSplits data, IReadOnlyList<Contender> contenders, IReadOnlyList<int> seeds, RunContext run)
    {
        Check(data, contenders, seeds);
        var trials = RunTrials(data, [.. seeds.SelectMany(seed => contenders.Select(contender => (contender, seed)))], run);
        return new Comparison([.. contenders.SelectMany(contender => seeds.Select(seed => trials[(contender.Name, seed)]))]);
    }

    /// <summary>
    /// Runs a part of the trials, so that as many machines with one store share the work; whoever runs the whole later finds them there.
    /// Contenders that share a classifier are in one part.
    /// </summary>
    /// <param name="data">As of <see cref="Run"/>.</param>
    /// <param name="contenders">All of them.</param>
    /// <param name="seeds">All of them.</param>
    /// <param name="shard">The part.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>Number of its trials, and of all.</returns>
    internal static (int Trials, int Of) RunPart(
        DataSplits data, IReadOnlyList<Contender> contenders, IReadOnlyList<int> seeds, Shard shard, RunContext run)
    {
        Check(data, contenders, seeds);
        var all = seeds.SelectMany(seed => contenders.Select(contender => (Contender: contender, Seed: seed))).ToArray();
        (Contender, int)[] own =
        [
            .. all.Where(trial => shard.Holds((trial.Contender.Experiment.Classifier with { Seed = trial.Seed }).OptionsKey())),
        ];
        return (RunTrials(data, own, run).Count, all.Length);
    }

    private static Dictionary<(string, int), Trial> RunTrials(
        DataSplits data, IReadOnlyList<(Contender, int)> wanted, RunContext run)
    {
        var store = new TrialStore(data, run with { Resume = true });
        var trials = new Dictionary<(string, int), Trial>();
        foreach (var (contender, seed) in wanted)
        {
            run.Report("compare", trials.Count, wanted.Count, $"{contender.Name}, seed {seed}");
            trials[(contender.Name, seed)] = store.Get(contender, seed);
        }
        run.Report("compare", trials.Count, wanted.Count);
        return trials;
    }

    private static void Check(DataSplits data, IReadOnlyList<Contender> contenders, IReadOnlyList<int> seeds)
    {
        if (contenders.Count == 0 || seeds.Count == 0)
            throw new RecipeException($"Expected at least one contender and one seed, found {contenders.Count} and {seeds.Count}.");
        Seeds.RequireDistinct(seeds);
        if (contenders.GroupBy(contender => contender.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RecipeException($"Expected each contender's name once, found '{twice.Key}' {twice.Count()} times.");
        foreach (var contender in contenders)
            contender.Experiment.Validate();
        if (data.Test.WithMasks() is null)
            throw new DataSetException(
                $"Expected masks of test images to compare by, found none in {data.Test.Name}. Contenders differ in nothing that labels "
                    + "show."
            );
    }

    /// <summary>The trials of each contender, in the order in which they were given.</summary>
    public IReadOnlyList<IGrouping<string, Trial>> Groups() => [.. Trials.GroupBy(trial => trial.Contender)];

    /// <summary>
    /// A row per contender: means over the seeds with their 95 % intervals, and the paired difference in mIoU to the first
    /// contender, seed by seed, which says more than two intervals that overlap.
    /// </summary>
    public Table ToTable()
    {
        var groups = Groups();
        var known = MeasureValue.Columns(Trials.Select(trial => trial.Result.Measures()));
        return new Table(
            ["maps", .. known.Select(measure => measure.Header), $"mIoU − {groups[0].Key}"],
            [.. groups.Select(group => (IReadOnlyList<string>)
            [
                group.Key, .. known.Select(measure => Cell(group, measure.Name)), group.Key == groups[0].Key ? "" : Gain(group).Points(),
            ])]);
    }

    /// <summary>
    /// A row per contender: how many trainings its maps took and how long, as these trainings were timed (machines are noisy),
    /// against the first contender's, and what an hour of training brought.
    /// </summary>
    public Table ToCostTable()
    {
        var groups = Groups();
        double baseline = groups[0].Average(trial => trial.Details.TrainingSeconds);
        return new Table(
            ["maps", "trainings", "minutes", $"× {groups[0].Key}", $"mIoU − {groups[0].Key}", "points per hour"],
            [
                .. groups.Select(group =>
                {
                    double seconds = group.Average(trial => trial.Details.TrainingSeconds),
                        gain = Gain(group).Mean;
                    bool first = group.Key == groups[0].Key;
                    return (IReadOnlyList<string>)
                        [
                            group.Key,
                            $"{group.Max(trial => trial.Details.Trainings)}",
                            Number(seconds / 60, "0.0"),
                            Number(seconds / baseline, "0.00"),
                            first ? "" : Table.Points(gain),
                            first ? "" : Number(100 * gain / (seconds / 3600), "+0;-0;0"),
                        ];
                }),
            ]
        );
    }

    /// <summary>The table, and where pairs of ideas were tried what each brought; the same trials give the same text.</summary>
    public string ToMarkdown()
    {
        var interaction = Interaction.Of(this);
        return interaction.HasPairs ? $"{ToTable()}\n{interaction.ToTable()}" : ToTable().ToString();
    }

    /// <summary>A line per trial with every measure in full precision, for other tools; the same trials give the same text.</summary>
    public string ToCsv()
    {
        string[] names = [.. Trials.SelectMany(trial => trial.Result.Measures()).Select(measure => measure.Name).Distinct()];
        var lines = new List<string>
        {
            string.Join(',', ["contender", "seed", "threshold", .. names.Select(name => CsvCell.Of($"{name} %"))]),
        };
        foreach (var trial in Trials)
        {
            var measures = trial.Result.Measures();
            lines.Add(
                string.Join(
                    ',',
                    [
                        CsvCell.Of(trial.Contender),
                        $"{trial.Seed}",
                        ((decimal)trial.Result.Threshold.Threshold).ToString(CultureInfo.InvariantCulture),
                        .. names.Select(name => MeasureValue.Find(measures, name) is { } value ? Number(100 * value, "R") : ""),
                    ]
                )
            );
        }
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>A contender's measure over its seeds, 0…1; null where a trial does not know the measure.</summary>
    /// <param name="contender">Its name.</param>
    /// <param name="measure">Name of a measure, such as <c>mIoU</c> or <c>boundary F</c>.</param>
    /// <exception cref="RecipeException">There is no such contender.</exception>
    public Interval? Mean(string contender, string measure) => Over([.. Of(contender).Select(trial => Value(trial, measure))]);

    /// <summary>
    /// What a contender has more of a measure than the first one, seed by seed, −1…1; null where a trial does not know the measure.
    /// </summary>
    /// <param name="contender">Its name.</param>
    /// <param name="measure">Name of a measure, such as <c>mIoU</c> or <c>boundary F</c>.</param>
    /// <exception cref="RecipeException">There is no such contender.</exception>
    public Interval? Difference(string contender, string measure) => Difference(Of(contender), measure);

    /// <summary>
    /// A line per measure that the trials know: what the first contender has, what another has, and whether the difference can be told
    /// from none.
    /// </summary>
    /// <inheritdoc cref="Difference(string, string)"/>
    /// <param name="contender">Its name.</param>
    /// <param name="measures">Names of measures.</param>
    public string InWords(string contender, params IReadOnlyList<string> measures)
    {
        var (first, other) = (Groups()[0], Of(contender));
        return string.Join('\n', from measure in measures
                                 let difference = Difference(contender, measure)
                                 where difference is not null
                                 let values = $"{measure} of {first.Key} {Cell(first, measure)} %, of {contender} {Cell(other, measure)} %"
                                 select $"{values}: {difference.DifferenceInWords()}");
    }

    /// <summary>The difference in mIoU to the first contender, seed by seed, 0…1.</summary>
    internal Interval Gain(IEnumerable<Trial> group) => Difference(group, "mIoU")!;

    private Interval? Difference(IEnumerable<Trial> group, string measure) =>
        Over([.. group.Zip(Groups()[0], (a, b) => Value(a, measure) - Value(b, measure))]);

    private static Interval? Over(IReadOnlyList<double?> seeds) =>
        seeds.All(value => value is not null) ? Interval.Of([.. seeds.OfType<double>()]) : null;

    private IGrouping<string, Trial> Of(string contender) => Groups().FirstOrDefault(group => group.Key == contender)
        ?? throw new RecipeException($"Expected one of {string.Join(", ", Groups().Select(group => group.Key))}, found '{contender}'.");

    private static double? Value(Trial trial, string measure) => MeasureValue.Find(trial.Result.Measures(), measure);

    private static string Cell(IEnumerable<Trial> trials, string measure)
    {
        double[] values = [.. trials.Select(trial => Value(trial, measure)).OfType<double>()];
        return values.Length == 0 ? Table.Percent(null) : Interval.Of(values).Percent();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
