using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wsss.Notebooks.Documents;
using Wsss.Results;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The numbers that a text may quote.</summary>
internal static partial class Evidence
{
    // Long curves hold so many numbers that any would be found among them.
    private const int MostBars = 12;

    /// <summary>What a notebook printed: its texts, tables, bars, and the cells of its maps of pairs; not its provenance.</summary>
    public static IEnumerable<double> Outputs(Notebook notebook) =>
        notebook.Cells.SelectMany(cell => cell.Outputs).SelectMany(output => Texts(output).SelectMany(Numbers).Concat(Bars(output)));

    /// <summary>Numbers in the code of a notebook: its settings.</summary>
    public static IEnumerable<double> Settings(Notebook notebook) =>
        notebook.Cells.Where(cell => cell.IsCode).SelectMany(cell => Numbers(cell.Source));

    /// <summary>The values of a file of results, shares in percent; relative costs as they are.</summary>
    public static IEnumerable<double> Results(ResultFile file)
    {
        foreach (ResultRow row in file.Rows)
        {
            if (row.Cost is { } cost) yield return cost.Relative;
            foreach (ResultValue value in row.Measures.Values)
            {
                double?[] shares = [value.Mean, value.HalfWidth, value.Difference?.Mean, value.Difference?.HalfWidth];
                foreach (double? share in shares)
                    if (share is { } known) yield return 100 * known;
            }
        }
    }

    /// <summary>The numbers of a text.</summary>
    public static IEnumerable<double> Numbers(string text) => Number().Matches(text).Select(match => Read(match.Value));

    /// <summary>A number as texts write it: with a real minus sign, with commas between thousands.</summary>
    public static double Read(string number) => double.Parse(
        number.Replace('−', '-').Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(JsonObject output)
    {
        string text = MultilineText.Read(output["text"] ?? output["data"]?["text/plain"]);
        if (!text.StartsWith("Provenance", StringComparison.Ordinal)) yield return text;
        if (Chart(output) is not { } chart) yield break;
        foreach (JsonNode? note in chart["layout"]?["annotations"] as JsonArray ?? []) yield return Text(note?["text"]);
        foreach (JsonNode? row in Traces(chart).SelectMany(trace => trace["hovertext"] as JsonArray ?? []))
            foreach (JsonNode? cell in row as JsonArray ?? []) yield return Text(cell);
    }

    private static IEnumerable<double> Bars(JsonObject output) => Chart(output) is not { } chart
        ? []
        : Traces(chart).Where(trace => Text(trace["type"]) == "bar").Select(trace => trace["y"]).OfType<JsonArray>()
            .Where(bars => bars.Count <= MostBars).SelectMany(bars => bars.OfType<JsonValue>().Select(bar => bar.GetValue<double>()));

    private static JsonObject? Chart(JsonObject output) => output["data"]?["application/vnd.plotly.v1+json"] as JsonObject;

    private static IEnumerable<JsonObject> Traces(JsonObject chart) => (chart["data"] as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    [GeneratedRegex(@"(?<![\w.])[+\-−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:e[+\-]?\d+)?(?![\w])", RegexOptions.IgnoreCase)]
    private static partial Regex Number();
}
