using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Registry;
using Wsss.Segmentation.Thresholds;

namespace Wsss.Comparisons;

/// <summary>What one rule chose with one seed.</summary>
/// <param name="Rule">Its name, or <see cref="ThresholdChoice.ByMasks"/>.</param>
/// <param name="Seed">Seed of the classifier.</param>
/// <param name="Threshold">What it chose.</param>
/// <param name="MeanIoU">mIoU of the maps' masks at it on the test split, 0…1; null where that has no masks.</param>
public sealed record ThresholdTrial(string Rule, int Seed, float Threshold, double? MeanIoU);

/// <summary>
/// What each rule that needs no masks chooses, and what that costs against the threshold that the validation split's masks would choose.
/// </summary>
/// <param name="Trials">By seed, then by rule; first of all the masks' choice where there are masks.</param>
public sealed record ThresholdComparison(IReadOnlyList<ThresholdTrial> Trials)
{
    /// <summary>Every rule that is registered, with its published options.</summary>
    public static IReadOnlyList<MaskFreeRule> AllRules =>
        [.. Family.Of<MaskFreeRule>().Members.Select(member => (MaskFreeRule)member.Published)];

    /// <summary>Lets every rule choose for a study's maps.</summary>
    /// <param name="study">Its classifier is trained now if need be; its own rule is not asked.</param>
    /// <param name="rules">The rules.</param>
    /// <exception cref="WsssException">Something cannot be; the message says what.</exception>
    public static ThresholdComparison Of(Study study, IReadOnlyList<MaskFreeRule> rules)
    {
        int seed = study.Experiment.Classifier.Seed;
        var test = study.Data.Test.WithMasks();
        ConfusionMatrix[]? matrices = null;
        if (test is not null)
        {
            var curve = new ThresholdCurve(study.ClassNames.Count + 1);
            foreach (var maps in study.Maps.ReadMaps(test)) curve.Add(maps, test.Mask(test.IndexOf(maps.Id)));
            matrices = [.. curve.Matrices()];
        }
        List<float> grid = [.. ThresholdRule.Grid];
        var evidence = study.Evidence();
        List<ThresholdChoice> choices = study.ThresholdCurve is { } byMasks ? [new(byMasks.Best.Threshold, ThresholdChoice.ByMasks)] : [];
        choices.AddRange(rules.Select(rule => rule.Choose(evidence)));
        return new ThresholdComparison([.. choices.Select(choice => new ThresholdTrial(
            choice.Rule, seed, choice.Threshold, matrices?[grid.IndexOf(choice.Threshold)].MeanIoU))]);
    }

    /// <summary>Several comparisons, such as of several seeds, as one.</summary>
    public static ThresholdComparison Join(IEnumerable<ThresholdComparison> parts) => new([.. parts.SelectMany(part => part.Trials)]);

    /// <summary>A row per rule: mean threshold and mIoU with intervals, and the price, seed by seed.</summary>
    public Table ToTable()
    {
        var masks = Trials.Where(trial => trial.Rule == ThresholdChoice.ByMasks).ToDictionary(trial => trial.Seed, trial => trial.MeanIoU);
        return new Table(
            ["rule", "threshold", "mIoU %", $"mIoU − {ThresholdChoice.ByMasks}"],
            [.. Trials.GroupBy(trial => trial.Rule).Select(group =>
            {
                double[] known = [.. group.Select(trial => trial.MeanIoU).OfType<double>()];
                double[] price = [.. group.Select(trial => trial.MeanIoU - masks.GetValueOrDefault(trial.Seed)).OfType<double>()];
                return (IReadOnlyList<string>)
                [
                    group.Key, string.Join(", ", group.Select(trial => trial.Threshold.ToString("0.00", CultureInfo.InvariantCulture))),
                    known.Length == 0 ? Table.Percent(null) : Interval.Of(known).Percent(),
                    price.Length == 0 || group.Key == ThresholdChoice.ByMasks ? "" : Interval.Of(price).Points(),
                ];
            })]);
    }
}
