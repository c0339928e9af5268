using Plotly.NET;

namespace Wsss.Figures;

/// <summary>How charts look: white, quiet grid, axis titles that stay readable in print.</summary>
internal static class ChartStyle
{
    private const string Ink = "#202020";
    private const string GridLine = "#e4e4e4";

    /// <summary>The colours of Okabe and Ito (2008), told apart with every common colour blindness; without their yellow.</summary>
    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

    // Beyond the palette, and for readers who see no colour at all.
    private static readonly string[] Dashes = ["solid", "dash", "dot", "dashdot"];
    private static readonly string[] Symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star"];

    public static string Color(int i) => Palette[i % Palette.Length];

    public static string Dash(int i) => Dashes[i / Palette.Length % Dashes.Length];

    // As many as colours: shifted by one each time around, so that no two series look alike.
    public static string Symbol(int i) => Symbols[(i + i / Palette.Length) % Symbols.Length];

    public static Dictionary<string, object> Map(params (string Name, object Value)[] entries) => entries.ToDictionary(e => e.Name, e => e.Value);

    public static Trace Trace(string type, string name, params (string Name, object Value)[] properties)
    {
        var trace = new Trace(type);
        trace.SetProperty("name", name);
        foreach ((string key, object value) in properties) trace.SetProperty(key, value);
        return trace;
    }

    /// <summary>A layout with its title; axes are added by the caller.</summary>
    public static Layout Layout(string title, int height, params (string Name, object Value)[] properties)
    {
        var layout = new Layout();
        layout.SetProperty("title", Map(("text", title), ("x", 0.02), ("xanchor", "left"), ("font", Map(("size", 17)))));
        layout.SetProperty("height", height);
        layout.SetProperty("font", Map(("family", "Helvetica, Arial, sans-serif"), ("size", 13), ("color", Ink)));
        layout.SetProperty("paper_bgcolor", "white");
        layout.SetProperty("plot_bgcolor", "white");
        layout.SetProperty("margin", Map(("l", 70), ("r", 20), ("t", 60), ("b", 60)));
        layout.SetProperty("legend", Map(("bgcolor", "rgba(255,255,255,0.8)")));
        foreach ((string key, object value) in properties) layout.SetProperty(key, value);
        return layout;
    }

    public static Dictionary<string, object> Axis(string title, params (string Name, object Value)[] properties)
    {
        Dictionary<string, object> axis = Map(
            ("title", Map(("text", title), ("font", Map(("size", 14))))), ("automargin", true), ("showline", true), ("linecolor", Ink),
            ("ticks", "outside"), ("gridcolor", GridLine), ("zeroline", false));
        foreach ((string key, object value) in properties) axis[key] = value;
        return axis;
    }
}
