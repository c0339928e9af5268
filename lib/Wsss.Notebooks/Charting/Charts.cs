using Plotly.NET;
using Plotly.NET.CSharp;
using Plot = Plotly.NET.CSharp.Chart;

namespace Wsss.Notebooks.Charting;

/// <summary>The charts of the notebooks and the command line, drawn with Plotly.NET.</summary>
public static partial class Charts
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
        int drawn = 0;
        var charts = new List<GenericChart>();
        foreach (ChartPanel panel in panels)
        {
            GenericChart[] curves = [.. panel.Series.Select(series => Curve(series, drawn++))];
            GenericChart chart = Together(curves).WithXAxis(xTitle).WithYAxis(panel.YTitle);
            bool whole = panel.Series.All(series => series.X.Count <= MostTicks && series.X.All(double.IsInteger));
            charts.Add(whole ? chart.WithWholeTicks(ChartStyle.X) : chart); // steps and epochs have no halves
        }
        return Chart.Of(title, ChartStyle.SideBySide(charts).WithUnifiedHover(), Height);

        static GenericChart Curve(ChartSeries series, int index) =>
            Points(series, series.X.Count > 40 ? StyleParam.Mode.Lines : StyleParam.Mode.Lines_Markers, index, markerSize: 6);
    }

    /// <summary>Points, one colour and symbol per series.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="xTitle">What the x axis shows, with its unit.</param>
    /// <param name="yTitle">What the y axis shows, with its unit.</param>
    /// <param name="series">The clouds of points.</param>
    /// <exception cref="ArgumentException">A series has not one y (and label) per x.</exception>
    public static Chart Scatter(string title, string xTitle, string yTitle, params IReadOnlyList<ChartSeries> series)
    {
        GenericChart[] points =
            [.. series.Select((s, i) => Points(s, StyleParam.Mode.Markers, i, markerSize: 9, inLegend: series.Count > 1))];
        return Chart.Of(title, Together(points).WithXAxis(xTitle).WithYAxis(yTitle), Height);
    }

    /// <summary>Groups of bars: one group per category, one bar per series in it.</summary>
    /// <param name="title">What the chart is about.</param>
    /// <param name="yTitle">What the y axis shows, with its unit.</param>
    /// <param name="categories">Names of the groups.</param>
    /// <param name="series">The bars.</param>
    /// <exception cref="ArgumentException">A series has not one value (and error) per category.</exception>
    public static Chart Bars(
        string title, string yTitle, IReadOnlyList<string> categories, params IReadOnlyList<BarSeries> series)
    {
        GenericChart[] bars = [.. series.Select((s, i) =>
        {
            Require(s.Name, categories.Count, s.Values.Count, s.Errors?.Count);
            GenericChart row = Plot.Column<IConvertible, string, string>(
                OrGap(s.Values), Some(categories), Name: s.Name, ShowLegend: series.Count > 1, MarkerColor: ChartStyle.ColorOf(i),
                UseDefaults: false)
                .WithHover("%{x}: %{y:.4~g}");
            return s.Errors is null ? row : row.WithErrors(OrGap(s.Errors));
        })];
        GenericChart chart = Together(bars).WithGroupedBars(gap: 0.25)
            .WithXAxis("", type: StyleParam.AxisType.Category, grid: false).WithYAxis(yTitle).WithZero(ChartStyle.Y);
        return Chart.Of(title, chart, Height);
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
        double most = Math.Max(1, cells.SelectMany(row => row).Select(Strength).DefaultIfEmpty(0).Max());
        GenericChart chart = Plot.Heatmap<IConvertible, string, string, string>(
            cells.Select(row => OrGap(row.Select(c => c.Value))), X: Some(names), Y: Some(names), Name: title, XGap: 2, YGap: 2,
            ColorBar: PlotlyProperties.ColorBar(scaleTitle), ColorScale: StyleParam.Colorscale.RdBu, ReverseScale: true,
            ReverseYAxis: true, UseDefaults: false)
            .WithCells(-most, most, cells.Select(row => row.Select(c => c.Hover)))
            .WithXAxis("", type: StyleParam.AxisType.Category, grid: false).WithTickAngle(ChartStyle.X, -35)
            .WithYAxis("", type: StyleParam.AxisType.Category, grid: false)
            // Written beside the cells, as plotly leaves out the text of a cell without a colour.
            .WithTexts(cells.SelectMany((row, i) => row.Select((c, j) =>
                (names[j], names[i], c.Text, Strength(c) > 0.6 * most ? "white" : "black"))));
        return Chart.Of(title, chart, margins + cellHeight * names.Count);

        static double Strength(HeatCell cell) => Finite(cell.Value) is { } value ? Math.Abs(value) : 0;
    }

    private static GenericChart Points(
        ChartSeries series, StyleParam.Mode mode, int index, int markerSize, Optional<bool> inLegend = default)
    {
        Require(series.Name, series.X.Count, series.Y.Count, series.Labels?.Count);
        GenericChart points = Plot.Scatter<IConvertible, IConvertible, string>(
            OrGap(series.X), OrGap(series.Y), mode,
            Name: series.Name, ShowLegend: inLegend, MultiText: series.Labels is null ? default : Some(series.Labels),
            Marker: ChartStyle.MarkerOf(index, markerSize), LineColor: ChartStyle.ColorOf(index), LineDash: ChartStyle.DashOf(index),
            LineWidth: 2, UseDefaults: false);
        return series.Labels is null ? points : points.WithHover("%{text}: (%{x}, %{y:.4~g})");
    }

    // Axes without any trace are not drawn.
    private static GenericChart Together(IReadOnlyList<GenericChart> charts) => charts.Count > 0 ? Plot.Combine(charts)
        : Plot.Scatter<double, double, string>([], [], StyleParam.Mode.Lines, ShowLegend: false, UseDefaults: false);

    /// <summary>Numbers as plotly takes them: JSON has neither NaN nor infinity, null leaves a gap.</summary>
    private static IConvertible[] OrGap(IEnumerable<double?> values) =>
        [.. values.Select(value => (IConvertible?)Finite(value) ?? DBNull.Value)];

    /// <inheritdoc cref="OrGap(IEnumerable{double?})"/>
    private static IConvertible[] OrGap(IEnumerable<double> values) => OrGap(values.Select(value => (double?)value));

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    // C# converts no interface by itself.
    private static Optional<IEnumerable<T>> Some<T>(IEnumerable<T> values) => new(values, true);

    private static void Require(string name, int expected, int values, int? others)
    {
        if (values != expected || (others is { } count && count != expected))
        {
            throw new ArgumentException(
                $"Expected {expected} values (and labels or errors, where there are any) in the series '{name}', " +
                $"found {values} and {others ?? expected}.");
        }
    }
}
