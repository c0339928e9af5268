using Plotly.NET;
using Plotly.NET.CSharp;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Wsss.Notebooks.Charting;

/// <summary>How charts look: white, quiet grid, axis titles that stay readable in print.</summary>
internal static class ChartStyle
{
    /// <summary>Space between charts side by side, as a share of the whole width.</summary>
    private const double Between = 0.12;

    /// <summary>The axes of a chart with one pair of them.</summary>
    public static readonly StyleParam.SubPlotId X = StyleParam.SubPlotId.NewXAxis(1), Y = StyleParam.SubPlotId.NewYAxis(1);

    /// <summary>Colours of text and axes, and of the grid.</summary>
    public const string InkName = "#202020", GridLineName = "#e4e4e4";

    /// <summary>The colours of Okabe and Ito (2008), told apart with every common colour blindness; without their yellow.</summary>
    public static readonly IReadOnlyList<string> PaletteNames =
    [
        "#0072B2",
        "#D55E00",
        "#009E73",
        "#CC79A7",
        "#E69F00",
        "#56B4E9",
        "#000000",
    ];

    private static readonly Font AxisFont = Font.init(null, 14, null);
    private static readonly Color Ink = Color.fromString(InkName);
    private static readonly Color GridLine = Color.fromString(GridLineName);
    private static readonly Color White = Color.fromString("white");

    private static readonly Color[] Palette = [.. PaletteNames.Select(Color.fromString)];

    // Beyond the palette, and for readers who see no colour at all.
    private static readonly StyleParam.DrawingStyle[] Dashes =
        [StyleParam.DrawingStyle.Solid, StyleParam.DrawingStyle.Dash, StyleParam.DrawingStyle.Dot, StyleParam.DrawingStyle.DashDot];

    private static readonly StyleParam.MarkerSymbol[] Symbols =
    [
        StyleParam.MarkerSymbol.Circle, StyleParam.MarkerSymbol.Square, StyleParam.MarkerSymbol.Diamond, StyleParam.MarkerSymbol.TriangleUp,
        StyleParam.MarkerSymbol.Cross, StyleParam.MarkerSymbol.X, StyleParam.MarkerSymbol.Star,
    ];

    /// <summary>The colour of the i-th series.</summary>
    public static Color ColorOf(int i) => Palette[i % Palette.Length];

    /// <summary>The dash of the i-th series.</summary>
    public static StyleParam.DrawingStyle DashOf(int i) => Dashes[i / Palette.Length % Dashes.Length];

    // As many as colours: shifted by one each time around, so that no two series look alike.
    private static StyleParam.MarkerSymbol SymbolOf(int i) => Symbols[(i + i / Palette.Length) % Symbols.Length];

    /// <summary>The marker of the i-th series.</summary>
    public static Marker MarkerOf(int i, int size) => PlotlyProperties.Marker(ColorOf(i), SymbolOf(i), size);

    /// <summary>The chart with its title and the look of all charts; its axes are the caller's.</summary>
    public static GenericChart WithLook(this GenericChart chart, string title, int height) => chart
        .WithSize(Height: height)
        .WithLegendStyle(BGColor: Color.fromString("rgba(255,255,255,0.8)"))
        .WithPage(
            PlotlyProperties.Title(title, Font.init(null, 17, null), x: 0.02),
            Font.init(StyleParam.FontFamily.NewCustom("Helvetica, Arial, sans-serif"), 13, Ink), White,
            Margin.init<int, int, int, int, int, bool>(70, 20, 60, 60, null, null));

    /// <summary>The x axis of a chart with one pair of axes.</summary>
    public static GenericChart WithXAxis(
        this GenericChart chart, string title, Optional<Tuple<double, double>> range = default,
        Optional<StyleParam.AxisType> type = default, Optional<bool> grid = default) => chart
        .WithXAxisStyle<double, double, string>(
            TitleText: title, TitleFont: AxisFont, AxisType: type, MinMax: range, ShowLine: true, LineColor: Ink,
            ShowGrid: grid, GridColor: GridLine, ZeroLine: false)
        .WithOutsideTicks(X);

    /// <summary>The y axis of a chart with one pair of axes.</summary>
    public static GenericChart WithYAxis(
        this GenericChart chart, string title, Optional<Tuple<double, double>> range = default,
        Optional<StyleParam.AxisType> type = default, Optional<bool> grid = default) => chart
        .WithYAxisStyle<double, double, string>(
            TitleText: title, TitleFont: AxisFont, AxisType: type, MinMax: range, ShowLine: true, LineColor: Ink,
            ShowGrid: grid, GridColor: GridLine, ZeroLine: false)
        .WithOutsideTicks(Y);

    /// <summary>Charts side by side, each with its own axes.</summary>
    public static GenericChart SideBySide(params IReadOnlyList<GenericChart> charts) => Plotly.NET.CSharp.Chart.Grid(
        charts, 1, charts.Count, Pattern: StyleParam.LayoutGridPattern.Independent, XGap: Between * charts.Count / (1 + Between));
}
