using System.Globalization;
using System.Text.Json;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>An axis of a plotly.js figure.</summary>
internal sealed class FigureAxis
{
    private readonly List<string> _categories = [];

    private FigureAxis(string id) => IsHorizontal = id[0] == 'x';

    public bool IsHorizontal { get; }

    public string Title { get; private init; } = "";

    /// <summary>From where to where it reaches, as shares of the plots' width or height from the left or below.</summary>
    public (double Low, double High) Domain { get; private init; } = (0, 1);

    /// <summary>The values at its ends; null for those of the data.</summary>
    public (double Low, double High)? Range { get; private init; }

    /// <summary>From tick to tick; null for what fits.</summary>
    public double? Step { get; private init; }

    public bool HasGrid { get; private init; } = true;

    /// <summary>Whether 0 is shown whatever the values are.</summary>
    public bool FromZero { get; private init; }

    public bool IsReversed { get; private init; }

    /// <summary>Whether text is a name that gets a place; on an axis of numbers it is none of them.</summary>
    public bool HasNames { get; private init; }

    /// <summary>Names in place of numbers: the i-th stands at i. Empty for an axis of numbers.</summary>
    public IReadOnlyList<string> Categories => _categories;

    /// <summary>Reads an axis.</summary>
    /// <param name="id">Such as <c>x2</c>.</param>
    /// <param name="json">The layout's member of it.</param>
    /// <param name="grid">The layout's grid of panels, which places axes that do not say where they are.</param>
    /// <param name="values">What lies along it, which says of what kind an axis is that does not.</param>
    public static FigureAxis Read(string id, JsonElement json, JsonElement grid, IEnumerable<JsonElement> values)
    {
        double[] domain = json.Numbers("domain") ?? InGrid(id, grid), range = json.Numbers("range") ?? [];
        return new FigureAxis(id)
        {
            Title = json.TitleText(),
            HasNames = json.Text("type") is { } type ? type == "category" : AreNames(values),
            Domain = domain is [var low, var high] && low < high ? (Math.Clamp(low, 0, 1), Math.Clamp(high, 0, 1)) : (0, 1),
            Range = range is [var first, var last] && first < last ? (first, last) : null,
            Step = json.Number("dtick") is > 0 and var step ? step : null,
            HasGrid = json.Flag("showgrid") ?? true,
            FromZero = json.Text("rangemode") == "tozero",
            IsReversed = json.Text("autorange") == "reversed",
        };
    }

    /// <summary>A number as it is, a name as the place that it gets; null for neither.</summary>
    public double? Place(JsonElement value)
    {
        if (!HasNames || value.ValueKind != JsonValueKind.String) return JsonReading.AsNumber(value);
        string name = JsonReading.Plain(value.GetString()!);
        int at = _categories.IndexOf(name);
        if (at >= 0) return at;
        _categories.Add(name);
        return _categories.Count - 1;
    }

    /// <summary>
    /// As plotly.js decides: more than twice as many names as numbers. What some programs write for what is no number is no name.
    /// </summary>
    private static bool AreNames(IEnumerable<JsonElement> values)
    {
        int names = 0, numbers = 0;
        foreach (JsonElement value in values)
        {
            if (value.ValueKind == JsonValueKind.Number) numbers++;
            else if (value.ValueKind == JsonValueKind.String && !IsNumber(value.GetString()!)) names++;
        }
        return names > 2 * numbers;

        static bool IsNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>As plotly.js places the axes of a grid of independent panels, row by row from above.</summary>
    private static double[] InGrid(string id, JsonElement grid)
    {
        int rows = (int)(grid.Number("rows") ?? 1), columns = (int)(grid.Number("columns") ?? 1);
        int number = (int.TryParse(id.AsSpan(1), out int given) ? given : 1) - 1;
        if (rows < 1 || columns < 1 || number < 0 || number >= rows * columns) return [];
        bool isHorizontal = id[0] == 'x';
        var (place, count) = isHorizontal ? (number % columns, columns) : (rows - 1 - number / columns, rows);
        double gap = grid.Number(isHorizontal ? "xgap" : "ygap") ?? 0.2, step = 1 / (count - gap);
        return [place * step, place * step + step * (1 - gap)];
    }
}
