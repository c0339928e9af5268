using System.Text.Json;
using SkiaSharp;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>What a picture shows of a plotly.js figure.</summary>
/// <param name="Title">Its heading; may be empty.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Panels">Each pair of axes with its traces, in the order of their first traces.</param>
/// <param name="Traces">All traces, which the legend names.</param>
/// <param name="HasLegend">Whether there is one.</param>
/// <param name="BarGap">Space between groups of bars, as a share of a group's place.</param>
internal sealed record PlotlyFigure(
    string Title, int Height, IReadOnlyList<FigurePanel> Panels, IReadOnlyList<FigureTrace> Traces, bool HasLegend, double BarGap)
{
    private const int DefaultHeight = 450, LeastHeight = 120, MostHeight = 2000;

    /// <summary>The figure; null where it has what pictures do not show: another kind of trace, data that are no plain arrays.</summary>
    /// <param name="json">{"data": […], "layout": {…}}.</param>
    public static PlotlyFigure? Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement layout = document.RootElement.Find("layout") ?? default;
        if (document.RootElement.Find("data") is not { ValueKind: JsonValueKind.Array } data) return null;
        var axes = new Dictionary<string, FigureAxis>();
        var traces = new List<FigureTrace>();
        foreach (JsonElement item in data.EnumerateArray())
        {
            FigureAxis x = Axis(item.Text("xaxis") ?? "x"), y = Axis(item.Text("yaxis") ?? "y");
            if (FigureTrace.Read(item, traces.Count, x, y) is not { } trace) return null;
            traces.Add(trace);
        }
        if (traces.Count == 0) return null;

        FigureNote[] notes = [.. layout.Items("annotations").Select(Note)];
        FigurePanel[] panels = [.. traces.GroupBy(trace => (trace.X, trace.Y))
            .Select((group, i) => new FigurePanel(group.Key.X, group.Key.Y, [.. group], i == 0 ? notes : []))];
        bool legend = layout.Flag("showlegend") ?? traces.Count(trace => trace.InLegend) > 1;
        int height = (int)Math.Clamp(layout.Number("height") ?? DefaultHeight, LeastHeight, MostHeight);
        return new PlotlyFigure(layout.TitleText(), height, panels, traces, legend, layout.Number("bargap") ?? 0.2);

        FigureAxis Axis(string id)
        {
            if (axes.TryGetValue(id, out var known)) return known;
            JsonElement member = layout.Find($"{id[..1]}axis{id[1..]}") ?? default;
            string name = id[..1];
            var ofIt = data.EnumerateArray().Where(trace => (trace.Text($"{name}axis") ?? name) == id);
            var along = ofIt.SelectMany(trace => trace.Items(name));
            return axes[id] = FigureAxis.Read(id, member, layout.Find("grid") ?? default, along);
        }

        // Ours are places of the first axes.
        FigureNote Note(JsonElement note) => new(
            Axis("x").Place(note.Find("x") ?? default), Axis("y").Place(note.Find("y") ?? default),
            JsonReading.Plain(note.Text("text") ?? ""), Inks.Parse(note.Find("font")?.Text("color"), Inks.Text));
    }
}

/// <summary>A pair of axes with what it shows.</summary>
internal sealed record FigurePanel(FigureAxis X, FigureAxis Y, IReadOnlyList<FigureTrace> Traces, IReadOnlyList<FigureNote> Notes);

/// <summary>A text at a place of the axes.</summary>
internal sealed record FigureNote(double? X, double? Y, string Text, SKColor Color);
