using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;

namespace Wsss.Pipeline;

/// <summary>What the maps merged up to a step say about one class.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="AveragePrecision">Of this step's classifier on erased validation images, which the stopping rule looks at, 0…1; null
/// without such images.</param>
/// <param name="IoU">Of the merged maps' masks on the test split, 0…1; as precision and recall null for a class that it does not
/// show.</param>
/// <param name="Precision">Share of the predicted pixels that are right, 0…1: what over-erasing costs.</param>
/// <param name="Recall">Share of the true pixels that are found, 0…1.</param>
/// <param name="HeadRecall">Recall on the telling part, 0…1; null for photographs.</param>
/// <param name="BodyRecall">Recall on the rest, 0…1: what erasing is for; null for photographs.</param>
public sealed record ErasingClass(
    string Name, double? AveragePrecision, double? IoU, double? Precision, double? Recall, double? HeadRecall, double? BodyRecall);

/// <summary>What the maps merged up to a step give.</summary>
/// <param name="Step">The step, from 1; step 1 is the plain classifier.</param>
/// <param name="Threshold">The background score for these maps, chosen on the validation split.</param>
/// <param name="Score">Their masks at the threshold, on the test split.</param>
/// <param name="Classes">One entry per class.</param>
public sealed record ErasingStep(int Step, float Threshold, Score Score, IReadOnlyList<ErasingClass> Classes);

/// <summary>
/// Where iterative erasing goes from finding more of the object to finding what is none of it, step by step and class by class.
/// To see beyond the steps at which the rule stops, train with <see cref="IterativeErasing.StopBelow"/> 0 and ask
/// <see cref="LastSteps"/> where it would have stopped.
/// </summary>
/// <param name="Chance">For each class the share of the validation images that show it.</param>
/// <param name="Steps">By step, as many as some class took.</param>
public sealed record ErasingMeasurement(IReadOnlyList<double> Chance, IReadOnlyList<ErasingStep> Steps)
{
    /// <summary>
    /// Scores the merged maps of each step on the test split, each at the threshold that is best on the validation split.
    /// </summary>
    /// <param name="sequence">Stays the caller's.</param>
    /// <param name="data">Validation and test images have masks.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="DataSetException">A sample has no mask.</exception>
    public static ErasingMeasurement Of(ErasingSequence sequence, DataSplits data, RunContext run)
    {
        var names = data.Test.ClassNames;
        ThresholdCurve[] curves = [.. Enumerable.Range(0, sequence.Depth).Select(_ => new ThresholdCurve(names.Count + 1))];
        foreach (var (sample, maps) in sequence.ReadSteps(data.Validation, run))
        {
            var mask = data.Validation.Mask(data.Validation.IndexOf(sample.Id));
            for (int step = 1; step <= curves.Length; step++) curves[step - 1].Add(maps.Merged(step), mask);
        }

        float[] thresholds = [.. curves.Select(curve => curve.Summarize().Best.Threshold)];
        SegmentationEvaluator[] evaluators = [.. thresholds.Select(_ => new SegmentationEvaluator(names))];
        PartRecall[][] parts = [.. thresholds.Select(_ => names.Select(_ => new PartRecall()).ToArray())];
        foreach (var (sample, maps) in sequence.ReadSteps(data.Test, run))
        {
            int index = data.Test.IndexOf(sample.Id);
            var (mask, scene) = (data.Test.Mask(index), data.Test.Truth(index));
            for (int i = 0; i < thresholds.Length; i++)
            {
                var merged = maps.Merged(i + 1);
                var found = ThresholdRule.Apply(merged, thresholds[i]);
                evaluators[i].Add(sample.Id, mask, scene, found, merged);
                if (scene is null) continue;
                foreach (int c in sample.Labels) parts[i][c].Add(new ScoredImage(sample.Id, Only(mask, c + 1), found, scene));
            }
        }
        return new ErasingMeasurement(sequence.Chance, [.. thresholds.Select((threshold, i) =>
        {
            var score = evaluators[i].ToScore();
            var (iou, precision, recall) =
                (score.ByLabel(MaskOverlap.IoU), score.ByLabel(MaskOverlap.Precision), score.ByLabel(MaskOverlap.Recall));
            return new ErasingStep(i + 1, threshold, score, [.. names.Select((name, c) =>
            {
                var ofParts = parts[i][c].Values();
                return new ErasingClass(
                    name, sequence.AveragePrecision[i][c], iou[c + 1], precision[c + 1], recall[c + 1],
                    MeasureValue.Find(ofParts, PartRecall.Head), MeasureValue.Find(ofParts, PartRecall.Body));
            })]);
        })]);
    }

    /// <summary>
    /// For each class the step with the largest IoU, the first among equals; null for a class that the test split does not show.
    /// </summary>
    public IReadOnlyList<int?> BestSteps() =>
        [.. Chance.Select((_, c) => Steps.Where(step => step.Classes[c].IoU is not null).MaxBy(step => step.Classes[c].IoU)?.Step)];

    /// <summary>
    /// For each class the last step that the rule of <see cref="ErasingStop"/> lets it take, of those that were measured.
    /// </summary>
    /// <param name="stopBelow">As <see cref="IterativeErasing.StopBelow"/>.</param>
    public IReadOnlyList<int> LastSteps(double stopBelow) =>
        [
            .. Chance.Select(
                (chance, c) => ErasingStop.LastStep([.. Steps.Select(step => step.Classes[c].AveragePrecision)], chance, stopBelow)
            ),
        ];

    /// <summary>A row per class and step, and per step the means over the classes, background left out.</summary>
    public Table ToTable()
    {
        Func<ErasingClass, double?>[] measures =
        [
            c => c.AveragePrecision,
            c => c.IoU,
            c => c.Precision,
            c => c.Recall,
            c => c.HeadRecall,
            c => c.BodyRecall,
        ];
        return new Table(
            ["class", "step", "threshold", "AP %", "IoU %", "precision %", "recall %", "head %", "body %"],
            [
                .. Chance.SelectMany(
                    (_, c) => Steps.Select(step => Row(step.Classes[c].Name, step, measures.Select(measure => measure(step.Classes[c]))))
                ),
                .. Steps.Select(step => Row("mean", step, measures.Select(measure => step.Classes.Average(measure)))),
            ]
        );
    }

    /// <summary>A row per class: its IoU by step, the step at which it is largest, and the step at which the rule stops.</summary>
    /// <param name="stopBelow">As <see cref="IterativeErasing.StopBelow"/>.</param>
    public Table ToStopTable(double stopBelow)
    {
        var (best, last) = (BestSteps(), LastSteps(stopBelow));
        return new Table(
            ["class", .. Steps.Select(step => $"IoU %, step {step.Step}"), "best step", "last step by rule"],
            [
                .. Chance.Select(
                    (_, c) =>
                        (IReadOnlyList<string>)
                            [
                                Steps[0].Classes[c].Name,
                                .. Steps.Select(step => Table.Percent(step.Classes[c].IoU)),
                                best[c]?.ToString() ?? "-",
                                $"{last[c]}",
                            ]
                ),
            ]
        );
    }

    private static IReadOnlyList<string> Row(string name, ErasingStep step, IEnumerable<double?> values) =>
        [name, $"{step.Step}", step.Threshold.ToString("0.00"), .. values.Select(Table.Percent)];

    private static LabelMap Only(LabelMap mask, int label) =>
        new(mask.Width, mask.Height, [.. mask.Values.Select(value => value == label ? value : (byte)0)]);
}
