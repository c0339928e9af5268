using System.Text.Json;
using System.Text.Json.Nodes;
using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Pipeline;

namespace Wsss.Results;

/// <summary>Makes files of results from what was run.</summary>
internal static class ResultFiles
{
    /// <summary>A comparison: a row per contender, differences to the first, costs as the trainings were timed.</summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="grid">What it was made from.</param>
    /// <param name="shared">What its contenders have in common.</param>
    /// <param name="command">The command that was typed; null for none.</param>
    public static ResultFile Of(Comparison comparison, string title, ComparisonGrid grid, Experiment shared, string? command)
    {
        var groups = comparison.Groups();
        int[] seeds = [.. groups[0].Select(trial => trial.Seed)];
        double baseline = groups[0].Average(trial => trial.Details.TrainingSeconds);
        return new ResultFile
        {
            Title = title,
            Origin = Origin(comparison.Trials[0].Details.Provenance, seeds, command),
            Rows = [.. groups.Select(group => new ResultRow(group.Key, Values(group, groups[0])) { Cost = CostOf(group) })],
            Options = new JsonObject { ["grid"] = AsJson(grid), ["experiment"] = AsJson(shared) },
        };

        ResultCost CostOf(IEnumerable<Trial> trials)
        {
            double[] seconds = [.. trials.Select(trial => trial.Details.TrainingSeconds)];
            double relative = Math.Round(seconds.Average() / baseline, 4);
            return new ResultCost(trials.Max(trial => trial.Details.Trainings), relative) { Seconds = seconds };
        }
    }

    /// <summary>One experiment: a row per stage.</summary>
    /// <param name="result">What the experiment gave; with its provenance.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="command">The command that was typed; null for none.</param>
    public static ResultFile Of(ExperimentResult result, string title, string? command) => new()
    {
        Title = title,
        Origin = Origin(result.Provenance!, [result.Experiment.Classifier.Seed], command),
        Rows =
        [
            .. result.Stages() is { Count: > 0 } stages
                ? stages.Select((stage, i) => new ResultRow(
                    stage.Name, Values([.. stage.Score.Measures, .. i == 0 ? OfClassifier(result) : []])) { Split = stage.Split })
                : [new ResultRow(result.Experiment.MapTitle, Values(OfClassifier(result))) { Split = "test" }],
        ],
        Options = new JsonObject { ["experiment"] = AsJson(result.Experiment) },
    };

    /// <summary>A choice of thresholds: a row per rule.</summary>
    /// <param name="comparison">What was chosen.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="experiment">What the maps were made by.</param>
    public static ResultFile Of(ThresholdComparison comparison, string title, ResultOrigin origin, Experiment experiment)
    {
        var groups = comparison.Trials.GroupBy(trial => trial.Rule).ToArray();
        return new ResultFile
        {
            Title = title,
            Origin = origin,
            Rows = [.. groups.Select(group => new ResultRow(group.Key, Measured(group)) { Split = "test" })],
            Options = new JsonObject { ["experiment"] = AsJson(experiment) },
        };

        Dictionary<string, ResultValue> Measured(IGrouping<string, ThresholdTrial> group)
        {
            var values = new Dictionary<string, ResultValue>
            {
                ["threshold"] = OverSeeds([.. group.Select(trial => (double?)trial.Threshold)], []),
            };
            // Where the images have no masks there is no score.
            if (group.All(trial => trial.MeanIoU is not null))
            {
                double?[] first = group.Key == groups[0].Key ? [] : [.. groups[0].Select(trial => trial.MeanIoU)];
                values["mIoU"] = OverSeeds([.. group.Select(trial => trial.MeanIoU)], first);
            }
            return values;
        }
    }

    private static ResultValue OverSeeds(IReadOnlyList<double?> bySeed, IReadOnlyList<double?> first)
    {
        var mean = Interval.Of([.. bySeed.OfType<double>()]);
        double[] differences = [.. bySeed.Zip(first, (value, other) => value - other).OfType<double>()];
        var difference = differences.Length == 0 ? null : Interval.Of(differences);
        return new ResultValue(mean.Mean, mean.HalfWidth)
        {
            BySeed = bySeed,
            Difference = difference is null ? null : new ResultDifference(difference.Mean, difference.HalfWidth),
        };
    }

    /// <summary>What a file says of its making.</summary>
    /// <param name="provenance">Of the first of several.</param>
    /// <param name="seeds">Seeds of the networks.</param>
    /// <param name="command">The command that was typed; null for none.</param>
    public static ResultOrigin Origin(Provenance provenance, IReadOnlyList<int> seeds, string? command) => new()
    {
        State = provenance.Library,
        Seeds = seeds,
        Command = command,
        Date = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
        Device = provenance.Device,
        Threads = provenance.Threads,
        System = provenance.System,
        Data = provenance.Data,
    };

    private static MeasureValue[] OfClassifier(ExperimentResult result) =>
    [
        new("AP", result.MapCurve?.AveragePrecision), new("F1", result.Classifier.F1), new("mAP", result.Classifier.MeanAveragePrecision),
    ];

    private static Dictionary<string, ResultValue> Values(IEnumerable<MeasureValue> measures) =>
        measures.Where(measure => measure.Value is not null).ToDictionary(
            measure => measure.Name, measure => new ResultValue(measure.Value!.Value, null) { BySeed = [measure.Value] });

    private static Dictionary<string, ResultValue> Values(IEnumerable<Trial> trials, IEnumerable<Trial> baseline)
    {
        Dictionary<string, double?>[] own = [.. trials.Select(ByName)], first = trials == baseline ? [] : [.. baseline.Select(ByName)];
        var values = new Dictionary<string, ResultValue>();
        foreach (string name in own.SelectMany(seed => seed.Keys).Distinct())
        {
            double?[] bySeed = [.. own.Select(seed => seed.GetValueOrDefault(name))];
            if (bySeed.Any(value => value is not null))
                values[name] = OverSeeds(bySeed, [.. first.Select(seed => seed.GetValueOrDefault(name))]);
        }
        return values;

        static Dictionary<string, double?> ByName(Trial trial) =>
            trial.Result.Measures().ToDictionary(measure => measure.Name, measure => measure.Value);
    }

    private static JsonNode? AsJson<T>(T value) => JsonSerializer.SerializeToNode(value, WsssJson.Options);
}
