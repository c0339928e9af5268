using System.Globalization;
using Plotly.NET;
using Plotly.NET.CSharp;
using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Results;
using Wsss.Training;
using Plot = Plotly.NET.CSharp.Chart;

namespace Wsss.Notebooks.Charting;

// The library's results, each as its own chart.
public static partial class Charts
{
    /// <summary>What training reported, epoch by epoch: the loss terms on the left, the validation measures on the right.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="history">At least one epoch.</param>
    public static Chart Training(string title, TrainingHistory history)
    {
        double[] epochs = [.. history.Epochs.Select(epoch => (double)epoch.Epoch)];
        ChartSeries Series(string name, Func<EpochRecord, double> value) => new(name, epochs, [.. history.Epochs.Select(value)]);
        EpochRecord first = history.Epochs[0];
        return Lines(
            title, "epoch",
            new ChartPanel("loss", [.. first.Losses.Keys.Select(name => Series(name, epoch => epoch.Losses[name]))]),
            new ChartPanel("validation, %", [.. first.Metrics.Keys.Select(name => Series(name, epoch => 100 * epoch.Metrics[name]))]));
    }

    /// <summary>IoU of every class for one or several scores, with their mean at the end.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="scores">Named scores of the same classes; at least one.</param>
    /// <exception cref="ArgumentException">There is no score, or their classes differ.</exception>
    public static Chart ClassIoU(string title, params IReadOnlyList<(string Name, Score Score)> scores)
    {
        if (scores.Count == 0) throw new ArgumentException("Expected at least one score, found none.");
        var names = scores[0].Score.Labels;
        foreach ((string name, Score score) in scores)
        {
            if (!score.Labels.SequenceEqual(names))
                throw new ArgumentException($"Expected scores of the same classes, found others in '{name}'.");
        }
        return Bars(title, "IoU in %", [.. names, "mean"], [.. scores.Select(Row)]);

        static BarSeries Row((string Name, Score Score) of) =>
            new(of.Name, [.. of.Score.ByLabel(MaskOverlap.IoU).Select(iou => 100 * iou), 100 * of.Score.MeanIoU]);
    }

    /// <summary>
    /// On the left mIoU against the threshold, the best one marked; on the right precision against recall of the
    /// foreground, which no threshold was chosen for.
    /// </summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="curves">Named curves; at least one.</param>
    /// <exception cref="ArgumentException">There is no curve.</exception>
    public static Chart Threshold(string title, params IReadOnlyList<(string Name, ThresholdSummary Summary)> curves)
    {
        if (curves.Count == 0) throw new ArgumentException("Expected at least one curve, found none.");
        List<GenericChart> scores = [], tradeoffs = [];
        for (int i = 0; i < curves.Count; i++)
        {
            (string name, ThresholdSummary summary) = curves[i];
            double[] thresholds = [.. summary.Points.Select(p => Shown(p.Threshold))];
            ThresholdPoint best = summary.Best;
            scores.Add(Curve(thresholds, p => p.MeanIoU, inLegend: curves.Count > 1));
            scores.Add(Plot.Scatter<IConvertible, IConvertible, string>(
                OrGap([Shown(best.Threshold)]), OrGap([100 * best.MeanIoU]), StyleParam.Mode.Markers_Text, Name: $"{name}: best",
                ShowLegend: false,
                MultiText: Some([string.Create(CultureInfo.InvariantCulture, $"{100 * best.MeanIoU:F1} at {best.Threshold:F2}")]),
                TextPosition: best.Threshold < 0.5f ? StyleParam.TextPosition.TopRight : StyleParam.TextPosition.TopLeft,
                Marker: ChartStyle.MarkerOf(i, size: 10), UseDefaults: false)
                .WithTraceInfo(LegendGroup: name).WithUnclippedText());
            tradeoffs.Add(Curve([.. summary.Points.Select(p => 100 * p.Recall)], p => p.Precision, inLegend: false, thresholds)
                .WithHover("recall %{x:.1f}, precision %{y:.1f} at %{text:.2f}"));

            GenericChart Curve(double[] x, Func<ThresholdPoint, double> y, bool inLegend, Optional<IEnumerable<double>> texts = default) =>
                Plot.Scatter<IConvertible, IConvertible, double>(
                    OrGap(x), OrGap(summary.Points.Select(p => 100 * y(p))), StyleParam.Mode.Lines, Name: name, ShowLegend: inLegend,
                    MultiText: texts, LineColor: ChartStyle.ColorOf(i), LineDash: ChartStyle.DashOf(i), UseDefaults: false)
                    .WithTraceInfo(LegendGroup: name);
        }
        return Chart.Of(title, ChartStyle.SideBySide(
            Plot.Combine(scores).WithXAxis("threshold", Tuple.Create(0d, 1d)).WithYAxis("mIoU in %").WithZero(ChartStyle.Y),
            Plot.Combine(tradeoffs).WithXAxis("recall in %", Tuple.Create(0d, 100d))
                .WithYAxis("precision in %", Tuple.Create(0d, 102d))), Height);
    }

    /// <summary>
    /// The maps merged up to each step of iterative erasing: each class's IoU on the left, means over the classes on the right.
    /// </summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="measurement">At least one step.</param>
    public static Chart Erasing(string title, ErasingMeasurement measurement)
    {
        var steps = measurement.Steps;
        double[] x = [.. steps.Select(step => (double)step.Step)];
        ChartSeries Series(string name, Func<ErasingStep, double?> measure) =>
            new(name, x, [.. steps.Select(step => 100 * measure(step) ?? double.NaN)]);
        ChartSeries[] means =
        [
            Series("mean IoU", step => step.Classes.Average(c => c.IoU)),
            Series("precision", step => step.Classes.Average(c => c.Precision)),
            Series("recall", step => step.Classes.Average(c => c.Recall)),
            Series("head recall", step => step.Score.HeadRecall),
            Series("body recall", step => step.Score.BodyRecall),
        ];
        return Lines(
            title, "step",
            new ChartPanel("IoU in %", [.. steps[0].Classes.Select((shown, c) => Series(shown.Name, step => step.Classes[c].IoU))]),
            new ChartPanel("all classes, %", [.. means.Where(series => series.Y.Any(double.IsFinite))]));
    }

    /// <summary>mIoU, and where scenes know their parts head and body recall, of each contender with 95 % intervals over seeds.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="comparison">What was compared.</param>
    public static Chart Comparison(string title, Comparison comparison)
    {
        string[] names = [.. comparison.Groups().Select(group => group.Key)];
        return Measures(title, names, (row, measure) => comparison.Mean(names[row], measure));
    }

    /// <summary>The same of a comparison's file of results.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="results">What was measured.</param>
    public static Chart Comparison(string title, ResultFile results) =>
        Measures(title, [.. results.Rows.Select(row => row.Name)], (row, measure) =>
            results.Rows[row].Measures.GetValueOrDefault(measure) is { } value ? new Interval(value.Mean, value.HalfWidth) : null);

    // Those measures that every row has.
    private static Chart Measures(string title, IReadOnlyList<string> names, Func<int, string, Interval?> valueOf)
    {
        var bars = new List<BarSeries>();
        foreach (string measure in new[] { "mIoU", "head recall", "body recall" })
        {
            Interval?[] values = [.. names.Select((_, row) => valueOf(row, measure))];
            if (values.Any(value => value is null)) continue;
            double[]? errors = values.All(value => value!.HalfWidth is not null)
                ? [.. values.Select(value => 100 * value!.HalfWidth!.Value)]
                : null;
            bars.Add(new BarSeries(measure, [.. values.Select(value => 100 * value?.Mean)], errors));
        }
        return Bars(title, "%", names, bars);
    }

    /// <summary>
    /// The heat map: in each cell the pair's gain over plain training in points of mIoU, on the diagonal the idea's alone; the colour
    /// says whether the pair beats the better of its two.
    /// </summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="interaction">What was tried.</param>
    public static Chart Interaction(string title, Interaction interaction)
    {
        var (ideas, gains) = interaction;
        return HeatMap(title, "points over<br>the better<br>of the two", ideas, (i, j) => (i == j, gains[i, j]) switch
        {
            (_, null) => new HeatCell(null, "", "not tried"),
            (true, { } gain) => new HeatCell(null, Table.Points(gain.Mean), $"{ideas[i]} alone: {gain.Points()}"),
            (false, { } gain) => new HeatCell(
                100 * interaction.OverBetter(i, j), Table.Points(gain.Mean),
                $"{ideas[i]} + {ideas[j]}: {gain.Points()}" +
                $"<br>over the better of the two: {Table.Points(interaction.OverBetter(i, j)!.Value)}" +
                $"<br>over the sum of the two: {Table.Points(interaction.OverSum(i, j)!.Value)}"),
        });
    }

    /// <summary>0.3 rather than 0.30000001: the shortest number that is this threshold.</summary>
    private static double Shown(float threshold) => (double)(decimal)threshold;
}
