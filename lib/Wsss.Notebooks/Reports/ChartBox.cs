using System.Globalization;
using System.Net;
using System.Text.Json;
using Wsss.Notebooks.Charting;

namespace Wsss.Notebooks.Reports;

/// <summary>
/// The place of a chart on a page; <c>report.js</c> draws it when it comes into view, over the picture where there is one.
/// </summary>
internal static class ChartBox
{
    private const double DefaultHeight = 450, MostHeight = 4000;

    /// <summary>The box of a chart.</summary>
    public static string Html(Chart chart) => Html(chart.Json, chart.Title);

    /// <summary>The box of a plotly.js figure.</summary>
    /// <param name="json">The figure.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="picture">Its static picture, as the page calls it; null for none.</param>
    public static string Html(string json, string title, string? picture = null)
    {
        string name = WebUtility.HtmlEncode(title);
        string image = picture is null ? "" : $"<img src=\"{picture}\" alt=\"{name}\" loading=\"lazy\">";
        // A tag in a text could end the script element, or keep it open.
        return $"""
            <figure class="wsss-chart" aria-label="{name}">
            <div class="plot" style="min-height:{Height(json).ToString("0", CultureInfo.InvariantCulture)}px">{image}</div>
            <script type="application/json">{json.Replace("<", "\\u003c", StringComparison.Ordinal)}</script>
            </figure>

            """;
    }

    private static double Height(string json)
    {
        using JsonDocument figure = JsonDocument.Parse(json);
        return
            figure.RootElement.ValueKind == JsonValueKind.Object
            && figure.RootElement.TryGetProperty("layout", out JsonElement layout)
            && layout.ValueKind == JsonValueKind.Object
            && layout.TryGetProperty("height", out JsonElement height)
            && height.ValueKind == JsonValueKind.Number
            ? Math.Clamp(height.GetDouble(), 0, MostHeight)
            : DefaultHeight;
    }
}
