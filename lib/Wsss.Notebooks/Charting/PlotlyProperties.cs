using Plotly.NET;
using Plotly.NET.CSharp;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Wsss.Notebooks.Charting;

/// <summary>
/// Properties that the C# functions of Plotly.NET have no argument for, by their names in plotly.js. Its F# functions take
/// them, but none of their 40 to 100 arguments is optional in C#; so these are set dynamically, here and nowhere else.
/// </summary>
internal static class PlotlyProperties
{
    /// <summary>Title, font, background and margins of the whole chart.</summary>
    public static GenericChart WithPage(this GenericChart chart, Title title, Font font, Color background, Margin margin) =>
        chart.WithLayout(
            ("title", title), ("font", font), ("paper_bgcolor", background), ("plot_bgcolor", background), ("margin", margin));

    /// <summary>A title that begins at <paramref name="x"/>, a share of the whole width.</summary>
    public static Title Title(string text, Font font, double x) =>
        Set(new Title(), ("text", text), ("font", font), ("x", x), ("xanchor", "left"));

    /// <summary>A marker.</summary>
    /// <param name="color">Its colour.</param>
    /// <param name="symbol">Its form.</param>
    /// <param name="size">Its diameter in pixels.</param>
    public static Marker Marker(Color color, StyleParam.MarkerSymbol symbol, int size) =>
        Set(new Marker(), ("color", color), ("symbol", symbol.Convert()), ("size", size));

    /// <summary>The scale beside a heat map.</summary>
    public static ColorBar ColorBar(string title) => Set(new ColorBar(), ("title", Set(new Title(), ("text", title))));

    /// <summary>One box of text for all points at the same x.</summary>
    public static GenericChart WithUnifiedHover(this GenericChart chart) => chart.WithLayout(("hovermode", "x unified"));

    /// <summary>Bars of one category side by side.</summary>
    /// <param name="chart">The bars.</param>
    /// <param name="gap">Space between categories, as a share of a category's width.</param>
    public static GenericChart WithGroupedBars(this GenericChart chart, double gap) =>
        chart.WithLayout(("barmode", "group"), ("bargap", gap));

    /// <summary>Texts without arrows at places of the axes.</summary>
    public static GenericChart WithTexts(this GenericChart chart, IEnumerable<(string X, string Y, string Text, string Color)> texts) =>
        chart.WithLayout(("annotations", texts.Select(text => Set(
            new Annotation(), ("x", text.X), ("y", text.Y), ("text", text.Text), ("showarrow", false),
            ("font", Font.init(null, null, Color.fromString(text.Color))))).ToArray()));

    /// <summary>Ticks outside of the axis, and room for their labels.</summary>
    public static GenericChart WithOutsideTicks(this GenericChart chart, StyleParam.SubPlotId axis) =>
        chart.WithAxis(axis, ("ticks", "outside"), ("automargin", true));

    /// <summary>A tick at each whole number.</summary>
    public static GenericChart WithWholeTicks(this GenericChart chart, StyleParam.SubPlotId axis) => chart.WithAxis(axis, ("dtick", 1));

    /// <summary>Tick labels at an angle, in degrees clockwise.</summary>
    public static GenericChart WithTickAngle(this GenericChart chart, StyleParam.SubPlotId axis, int angle) =>
        chart.WithAxis(axis, ("tickangle", angle));

    /// <summary>An axis that begins at 0 whatever its values.</summary>
    public static GenericChart WithZero(this GenericChart chart, StyleParam.SubPlotId axis) =>
        chart.WithAxis(axis, ("rangemode", "tozero"));

    /// <summary>What is said to those who point at a value, as a plotly.js template.</summary>
    public static GenericChart WithHover(this GenericChart chart, string template) => chart.WithTraces(("hovertemplate", template));

    /// <summary>An error bar for each value.</summary>
    /// <param name="chart">The values.</param>
    /// <param name="halves">Half the length of each error bar.</param>
    public static GenericChart WithErrors(this GenericChart chart, IEnumerable<IConvertible> halves) =>
        chart.WithTraces(("error_y", Set(new Error(), ("type", "data"), ("array", halves), ("thickness", 1.2))));

    /// <summary>Texts of points that may leave the axes' frame.</summary>
    public static GenericChart WithUnclippedText(this GenericChart chart) => chart.WithTraces(("cliponaxis", false));

    /// <summary>The colours' range of a heat map, and a text for each of its cells, also for those without a value.</summary>
    public static GenericChart WithCells(this GenericChart chart, double least, double most, IEnumerable<IEnumerable<string>> hover) =>
        chart.WithTraces(("zmin", least), ("zmax", most), ("hovertext", hover), ("hoverinfo", "text"), ("hoverongaps", true));

    private static GenericChart WithLayout(this GenericChart chart, params (string Name, object Value)[] properties) =>
        GenericChart.addLayout(Set(new Layout(), properties), chart);

    private static GenericChart WithAxis(this GenericChart chart, StyleParam.SubPlotId id, params (string Name, object Value)[] properties)
    {
        Layout layout = chart.GetLayout();
        LinearAxis axis = Set(Layout.getLinearAxisById(id).Invoke(layout), properties);
        return GenericChart.setLayout(Layout.setLinearAxis(id, axis).Invoke(layout), chart);
    }

    private static GenericChart WithTraces(this GenericChart chart, params (string Name, object Value)[] properties)
    {
        foreach (Trace trace in chart.GetTraces()) Set(trace, properties);
        return chart;
    }

    private static T Set<T>(T target, params (string Name, object Value)[] properties) where T : DynamicObj.DynamicObj
    {
        foreach ((string name, object value) in properties) target.SetProperty(name, value);
        return target;
    }
}
