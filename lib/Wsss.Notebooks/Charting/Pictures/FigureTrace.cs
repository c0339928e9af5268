using System.Text.Json;
using SkiaSharp;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>What kind of trace it is.</summary>
internal enum TraceKind { Scatter, Bar, HeatMap }

/// <summary>Curves, points, bars or cells of a plotly.js figure.</summary>
internal sealed record FigureTrace(TraceKind Kind, string Name, FigureAxis X, FigureAxis Y, SKColor Color)
{
    /// <summary>Whether the legend names it.</summary>
    public bool InLegend { get; private init; }

    /// <summary>Places along x and y; null leaves a gap. Of a heat map, those of its columns and rows.</summary>
    public IReadOnlyList<double?> Xs { get; private init; } = [];

    /// <inheritdoc cref="Xs"/>
    public IReadOnlyList<double?> Ys { get; private init; } = [];

    public bool HasLine { get; private init; }

    public bool HasMarkers { get; private init; }

    /// <summary>A text for each point; empty for none.</summary>
    public IReadOnlyList<string> Texts { get; private init; } = [];

    /// <summary>Where the texts stand, such as <c>top left</c>.</summary>
    public string TextPlace { get; private init; } = "";

    public string Dash { get; private init; } = "solid";

    public float LineWidth { get; private init; } = 2;

    public string Symbol { get; private init; } = "circle";

    public float MarkerSize { get; private init; } = 6;

    /// <summary>Half the length of each bar's interval, null for a bar without; empty for none.</summary>
    public IReadOnlyList<double?> Errors { get; private init; } = [];

    /// <summary>A heat map's cells, row by row; null has no colour.</summary>
    public IReadOnlyList<IReadOnlyList<double?>> Cells { get; private init; } = [];

    /// <summary>The values at the ends of a heat map's colours.</summary>
    public (double Low, double High) CellRange { get; private init; }

    public bool IsScaleReversed { get; private init; }

    /// <summary>The heading of a heat map's scale.</summary>
    public string ScaleTitle { get; private init; } = "";

    /// <summary>The trace; null where it is none of these.</summary>
    public static FigureTrace? Read(JsonElement json, int index, FigureAxis x, FigureAxis y)
    {
        TraceKind kind;
        switch (json.Text("type") ?? "scatter")
        {
            case "scatter" or "scattergl": kind = TraceKind.Scatter; break;
            case "bar" when json.Text("orientation") != "h": kind = TraceKind.Bar; break;
            case "heatmap" when json.Text("colorscale") == "RdBu": kind = TraceKind.HeatMap; break;
            default: return null;
        }
        JsonElement line = json.Find("line") ?? default, marker = json.Find("marker") ?? default;
        var color = Inks.Parse(marker.Text("color") ?? line.Text("color"), Inks.Of(index));
        if (Places(json, "x", x) is not { } xs || Places(json, "y", y) is not { } ys) return null;
        if (kind == TraceKind.HeatMap) return HeatMap(json, new(kind, "", x, y, color) { Xs = xs, Ys = ys });
        if (xs.Length != ys.Length) return null;
        string mode = kind == TraceKind.Bar ? "" : json.Text("mode") ?? "lines";
        return new(kind, JsonReading.Plain(json.Text("name") ?? $"trace {index}"), x, y, color)
        {
            InLegend = json.Flag("showlegend") ?? true,
            Xs = xs,
            Ys = ys,
            HasLine = mode.Contains("lines", StringComparison.Ordinal),
            HasMarkers = mode.Contains("markers", StringComparison.Ordinal),
            Texts = mode.Contains("text", StringComparison.Ordinal)
                ? [.. json.Items("text").Select(text => JsonReading.Plain(text.ToString()))] : [],
            TextPlace = json.Text("textposition") ?? "",
            Dash = line.Text("dash") ?? "solid",
            LineWidth = (float)Math.Clamp(line.Number("width") ?? 2, 0.5, 20),
            Symbol = marker.Find("symbol")?.ToString() ?? "circle",
            MarkerSize = (float)Math.Clamp(marker.Number("size") ?? 6, 1, 60),
            Errors = [.. json.Find("error_y")?.Items("array").Select(JsonReading.AsNumber) ?? []],
        };
    }

    private static FigureTrace? HeatMap(JsonElement json, FigureTrace trace)
    {
        double?[][] cells = [.. json.Items("z").Where(row => row.ValueKind == JsonValueKind.Array)
            .Select(row => row.EnumerateArray().Select(JsonReading.AsNumber).ToArray())];
        if (cells.Length != trace.Ys.Count || cells.Any(row => row.Length != trace.Xs.Count)) return null;
        double[] known = [.. cells.SelectMany(row => row).OfType<double>()];
        double low = json.Number("zmin") ?? known.DefaultIfEmpty(0).Min(), high = json.Number("zmax") ?? known.DefaultIfEmpty(1).Max();
        return trace with
        {
            Cells = cells,
            CellRange = (low, high > low ? high : low + 1),
            IsScaleReversed = json.Flag("reversescale") ?? false,
            ScaleTitle = json.Find("colorbar")?.TitleText() ?? "",
        };
    }

    private static double?[]? Places(JsonElement json, string name, FigureAxis axis) =>
        json.Find(name) is { ValueKind: JsonValueKind.Array } values ? [.. values.EnumerateArray().Select(axis.Place)] : null;
}
