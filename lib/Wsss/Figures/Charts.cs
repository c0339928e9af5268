using System.Globalization;
using Plotly.NET;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Figures;

/// <summary>The charts of the notebooks and the command line, drawn with Plotly.NET.</summary>
public static class Charts
{
    private const int Height = 420, MostTicks = 20;

    /// <summary>Curves over a common x axis, such as loss terms and measures per epoch, in panels side by side.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="xTitle">What the x axis shows, such as <c>epoch</c>.</param>
    /// <param name="panels">The panels from the left; at least one.</param>
    /// <exception cref="ArgumentException">There is no panel, or a series has not one y (and label) per x.</exception>
    public static Chart Lines(string title, string xTitle, params IReadOnlyList<ChartPanel> panels)
    {
        if (panels.Count == 0) throw new ArgumentException("Expected at least one panel, found none.");
        const double between = 0.12;
        double width = (1 - between * (panels.Count - 1)) / panels.Count;
        var traces = new List<Trace>();
        Layout layout = ChartStyle.Layout(title, Height, ("hovermode", "x unified"));
        for (int p = 0; p < panels.Count; p++)
        {
            string suffix = p == 0 ? "" : (p + 1).ToString(CultureInfo.InvariantCulture);
            double left = p * (width + between);
            var xAxis = ChartStyle.Axis(xTitle, ("domain", new[] { left, left + width }), ("anchor", "y" + suffix));
            if (panels[p].Series.All(series => series.X.Count <= MostTicks && series.X.All(double.IsInteger))) xAxis["dtick"] = 1; // steps and epochs have no halves
            layout.SetProperty("xaxis" + suffix, xAxis);
            layout.SetProperty("yaxis" + suffix, ChartStyle.Axis(panels[p].YTitle, ("anchor", "x" + suffix)));
            foreach (ChartSeries series in panels[p].Series)
            {
                Trace trace = Points(series, series.X.Count > 40 ? "lines" : "lines+markers", traces.Count);
                trace.SetProperty("xaxis", "x" + suffix);
                trace.SetProperty("yaxis", "y" + suffix);
                traces.Add(trace);
            }
        }
        return Chart.Of(title, traces, layout, Height);
    }

    /// <summary>What training reported, epoch by epoch: the loss terms on the left, the validation measures on the right.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="history">At least one epoch.</param>
    public static Chart Training(string title, TrainingHistory history)
    {
        double[] epochs = [.. history.Epochs.Select(epoch => (double)epoch.Epoch)];
        ChartSeries[] losses = [.. history.Epochs[0].Losses.Keys.Select(name => new ChartSeries(name, epochs, [.. history.Epochs.Select(epoch => epoch.Losses[name])]))];
        ChartSeries[] measures = [.. history.Epochs[0].Metrics.Keys.Select(name => new ChartSeries(name, epochs, [.. history.Epochs.Select(epoch => 100 * epoch.Metrics[name])]))];
        return Lines(title, "epoch", new ChartPanel("loss", losses), new ChartPanel("validation, %", measures));
    }

    /// <summary>Points, one colour and symbol per series.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="xTitle">What the x axis shows, with its unit.</param>
    /// <param name="yTitle">What the y axis shows, with its unit.</param>
    /// <param name="series">The clouds of points.</param>
    /// <exception cref="ArgumentException">A series has not one y (and label) per x.</exception>
    public static Chart Scatter(string title, string xTitle, string yTitle, params IReadOnlyList<ChartSeries> series) =>
        Chart.Of(
            title, series.Select((s, i) => Points(s, "markers", i)),
            ChartStyle.Layout(title, Height, ("xaxis", ChartStyle.Axis(xTitle)), ("yaxis", ChartStyle.Axis(yTitle)), ("showlegend", series.Count > 1)),
            Height);

    /// <summary>Groups of bars: one group per category, one bar per series in it.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="yTitle">What the y axis shows, with its unit.</param>
    /// <param name="categories">Names of the groups.</param>
    /// <param name="series">The bars.</param>
    /// <exception cref="ArgumentException">A series has not one value (and error) per category.</exception>
    public static Chart Bars(string title, string yTitle, IReadOnlyList<string> categories, params IReadOnlyList<BarSeries> series)
    {
        var traces = new List<Trace>();
        foreach (BarSeries s in series)
        {
            Require(s.Name, categories.Count, s.Values.Count, s.Errors?.Count);
            Trace trace = ChartStyle.Trace(
                "bar", s.Name, ("x", categories), ("y", s.Values), ("hovertemplate", "%{x}: %{y:.4~g}"),
                ("marker", ChartStyle.Map(("color", ChartStyle.Color(traces.Count)))));
            if (s.Errors is not null)
                trace.SetProperty("error_y", ChartStyle.Map(("type", "data"), ("array", s.Errors), ("thickness", 1.2)));
            traces.Add(trace);
        }
        Layout layout = ChartStyle.Layout(
            title, Height, ("barmode", "group"), ("bargap", 0.25), ("showlegend", series.Count > 1),
            ("xaxis", ChartStyle.Axis("", ("type", "category"), ("showgrid", false))), ("yaxis", ChartStyle.Axis(yTitle, ("rangemode", "tozero"))));
        return Chart.Of(title, traces, layout, Height);
    }

    /// <summary>A square of cells: the same names along both sides, colours around 0 (red below, blue above).</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="scaleTitle">What the colours say, with its unit.</param>
    /// <param name="names">Names of rows and columns.</param>
    /// <param name="cell">The cell of a row and column.</param>
    public static Chart HeatMap(string title, string scaleTitle, IReadOnlyList<string> names, Func<int, int, HeatCell> cell)
    {
        const int cellHeight = 46, margins = 220;
        HeatCell[][] cells = [.. names.Select((_, i) => names.Select((_, j) => cell(i, j)).ToArray())];
        double most = Math.Max(1, cells.SelectMany(row => row).Max(c => Math.Abs(c.Value ?? 0)));
        Trace trace = ChartStyle.Trace(
            "heatmap", title, ("x", names), ("y", names), ("z", Of(c => c.Value)), ("hovertext", Of(c => c.Hover)), ("hoverinfo", "text"),
            ("colorscale", "RdBu"), ("reversescale", true), ("zmin", -most), ("zmax", most), ("xgap", 2), ("ygap", 2), ("hoverongaps", true),
            ("colorbar", ChartStyle.Map(("title", ChartStyle.Map(("text", scaleTitle))))));
        // Written as annotations, as plotly leaves out the text of a cell without a colour.
        object[] texts = [.. cells.SelectMany((row, i) => row.Select((c, j) => (object)ChartStyle.Map(
            ("x", names[j]), ("y", names[i]), ("text", c.Text), ("showarrow", false),
            ("font", ChartStyle.Map(("color", Math.Abs(c.Value ?? 0) > 0.6 * most ? "white" : "black"))))))];
        int height = margins + cellHeight * names.Count;
        Layout layout = ChartStyle.Layout(
            title, height, ("annotations", texts), ("xaxis", ChartStyle.Axis("", ("type", "category"), ("showgrid", false), ("tickangle", -35))),
            ("yaxis", ChartStyle.Axis("", ("type", "category"), ("showgrid", false), ("autorange", "reversed"))));
        return Chart.Of(title, [trace], layout, height);

        T[][] Of<T>(Func<HeatCell, T> part) => [.. cells.Select(row => row.Select(part).ToArray())];
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
        BarSeries[] bars = [.. scores.Select(s => new BarSeries(s.Name,
            [.. s.Score.ByLabel(MaskOverlap.IoU).Select(iou => 100 * iou), 100 * s.Score.MeanIoU]))];
        return Bars(title, "IoU in %", [.. names, "mean"], bars);
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
        var traces = new List<Trace>();
        for (int i = 0; i < curves.Count; i++)
        {
            (string name, ThresholdSummary summary) = curves[i];
            (string, object)[] line = [("legendgroup", name), ("line", ChartStyle.Map(("color", ChartStyle.Color(i)), ("dash", ChartStyle.Dash(i))))];
            double[] thresholds = [.. summary.Points.Select(p => Shown(p.Threshold))];
            traces.Add(ChartStyle.Trace("scatter", name, [("mode", "lines"), ("x", thresholds), ("y", Percent(p => p.MeanIoU)), .. line]));
            traces.Add(ChartStyle.Trace(
                "scatter", $"{name}: best", ("mode", "markers+text"), ("legendgroup", name), ("showlegend", false),
                ("x", new[] { Shown(summary.Best.Threshold) }), ("y", new[] { 100 * summary.Best.MeanIoU }),
                ("text", new[] { string.Create(CultureInfo.InvariantCulture, $"{100 * summary.Best.MeanIoU:F1} at {summary.Best.Threshold:F2}") }),
                ("textposition", summary.Best.Threshold < 0.5f ? "top right" : "top left"), ("cliponaxis", false),
                ("marker", ChartStyle.Map(("color", ChartStyle.Color(i)), ("size", 10), ("symbol", ChartStyle.Symbol(i))))));
            traces.Add(ChartStyle.Trace(
                "scatter", name, [("mode", "lines"), ("x", Percent(p => p.Recall)), ("y", Percent(p => p.Precision)),
                ("xaxis", "x2"), ("yaxis", "y2"), ("showlegend", false), ("text", thresholds),
                ("hovertemplate", "recall %{x:.1f}, precision %{y:.1f} at %{text:.2f}"), .. line]));

            double[] Percent(Func<ThresholdPoint, double> measure) => [.. summary.Points.Select(p => 100 * measure(p))];
        }
        Layout layout = ChartStyle.Layout(
            title, Height, ("showlegend", curves.Count > 1),
            ("xaxis", ChartStyle.Axis("threshold", ("domain", new[] { 0, 0.44 }), ("range", new[] { 0, 1 }))),
            ("yaxis", ChartStyle.Axis("mIoU in %", ("rangemode", "tozero"))),
            ("xaxis2", ChartStyle.Axis("recall in %", ("domain", new[] { 0.56, 1 }), ("anchor", "y2"), ("range", new[] { 0, 100 }))),
            ("yaxis2", ChartStyle.Axis("precision in %", ("anchor", "x2"), ("range", new[] { 0, 102 }))));
        return Chart.Of(title, traces, layout, Height);
    }

    /// <summary>The maps merged up to each step of iterative erasing: each class's IoU on the left, means over the classes on the right.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="measurement">At least one step.</param>
    public static Chart Erasing(string title, ErasingMeasurement measurement)
    {
        var steps = measurement.Steps;
        double[] x = [.. steps.Select(step => (double)step.Step)];
        ChartSeries Series(string name, Func<ErasingStep, double?> measure) => new(name, x, [.. steps.Select(step => 100 * measure(step) ?? double.NaN)]);
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

    private static Trace Points(ChartSeries series, string mode, int index)
    {
        Require(series.Name, series.X.Count, series.Y.Count, series.Labels?.Count);
        double?[] y = [.. series.Y.Select(value => double.IsFinite(value) ? (double?)value : null)]; // JSON has no NaN
        Trace trace = ChartStyle.Trace(
            "scatter", series.Name, ("mode", mode), ("x", series.X), ("y", y),
            ("line", ChartStyle.Map(("color", ChartStyle.Color(index)), ("dash", ChartStyle.Dash(index)), ("width", 2))),
            ("marker", ChartStyle.Map(("color", ChartStyle.Color(index)), ("symbol", ChartStyle.Symbol(index)), ("size", mode == "markers" ? 9 : 6))));
        if (series.Labels is not null)
        {
            trace.SetProperty("text", series.Labels);
            trace.SetProperty("hovertemplate", "%{text}: (%{x}, %{y:.4~g})");
        }
        return trace;
    }

    /// <summary>0.3 rather than 0.30000001: the shortest number that is this threshold.</summary>
    private static double Shown(float threshold) => (double)(decimal)threshold;

    private static void Require(string name, int expected, int values, int? others)
    {
        if (values != expected || (others is { } count && count != expected))
            throw new ArgumentException($"Expected {expected} values (and labels or errors, where there are any) in the series '{name}', found {values} and {others ?? expected}.");
    }
}
