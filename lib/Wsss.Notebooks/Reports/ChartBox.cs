using System.Globalization;
using System.Net;
using System.Text.Json;
using Wsss.Notebooks.Charting;

namespace Wsss.Notebooks.Reports;

/// <summary>The place of a chart on a page; <c>report.js</c> draws it when it comes into view.</summary>
internal static class ChartBox
{
    /// <summary>The box of a chart.</summary>
    public static string Html(Chart chart) => Html(chart.Json, chart.Title);

    /// <summary>The box of a plotly.js figure.</summary>
    public static string Html(string json, string title)
    {
        using JsonDocument figure = JsonDocument.Parse(json);
        double height = figure.RootElement.TryGetProperty("layout", out JsonElement layout) && layout.TryGetProperty("height", out JsonElement given)
            && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : 450;
        return $"""
            <div class="wsss-chart" role="img" aria-label="{WebUtility.HtmlEncode(title)}" style="min-height:{height.ToString("0", CultureInfo.InvariantCulture)}px">
            <script type="application/json">{json.Replace("</", "<\\/", StringComparison.Ordinal)}</script>
            </div>

            """;
    }
}
