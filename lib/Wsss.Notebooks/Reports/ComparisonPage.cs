using System.Net;
using System.Text;
using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Notebooks.Charting;
using Wsss.Results;

namespace Wsss.Notebooks.Reports;

/// <summary>
/// A comparison as a page for a browser, with its results as files for other tools. Nothing is loaded from elsewhere, so the
/// folder can be read without a network.
/// </summary>
internal static class ComparisonPage
{
    private static readonly string[] Files = ["results.csv", "results.json", "results.md", "costs.md", "grid.json"],
        Resources = ["report.css", "report.js", "compare.js"];

    /// <summary>
    /// Writes <c>index.html</c> and a picture per row; <c>results.csv</c>, <c>results.json</c> and <c>results.md</c>, whose bytes are
    /// the same again for the same comparison; <c>costs.md</c>, whose times are not; and <c>grid.json</c>, which runs it again.
    /// </summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="grid">What it was made from.</param>
    /// <param name="folder">Where the files go; created if missing, a page of a comparison in it is replaced.</param>
    /// <param name="title">The page's heading.</param>
    /// <param name="notice">What a reader has to know before any number; null for nothing.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="WsssException">The folder has files of somebody else that would be lost.</exception>
    public static string Write(Comparison comparison, ComparisonGrid grid, string folder, string title, string? notice = null)
    {
        var groups = comparison.Groups();
        var target = Folder(folder, groups.Count);
        target.Begin();
        Text("results.csv", comparison.ToCsv());
        Text("results.json", WsssJson.Write(comparison));
        Text("results.md", comparison.ToMarkdown());
        Text("costs.md", comparison.ToCostTable().ToString());
        Text("grid.json", WsssJson.Write(grid));
        PageResources.Write(folder, Resources);
        PageResources.WritePlotly(folder);

        for (int row = 0; row < groups.Count; row++)
        {
            if (groups[row].First().Details.PicturePath is { } picture)
                AtomicFile.Write(
                    target.PathOf(PictureName(row)),
                    stream => stream.Write(InputFile.ReadBytes(picture, InputKind.Image))
                );
        }
        return target.End(
            PageHtml.Frame(
                title, PageKind.Comparison, Body(comparison, title, notice), PageResources.Plotly, "report.js", "compare.js"));

        void Text(string name, string content) => AtomicFile.WriteText(target.PathOf(name), content);
    }

    /// <summary>A folder for a comparison's page and its file of results.</summary>
    /// <param name="folder">The folder; may be missing.</param>
    /// <param name="rows">How many rows the comparison has at most.</param>
    /// <exception cref="WsssException">It has files of somebody else that would be lost.</exception>
    public static PageFolder Folder(string folder, int rows) => new(
        folder, PageKind.Comparison,
        [.. Files, .. Resources, PageResources.Plotly, ResultFile.FileName, .. Enumerable.Range(0, rows).Select(PictureName)]);

    private static string Body(Comparison comparison, string title, string? notice)
    {
        var groups = comparison.Groups();
        Table table = comparison.ToTable(),
            costs = comparison.ToCostTable();
        string[] headers = [.. table.Headers, .. costs.Headers.Skip(1).Where(header => !table.Headers.Contains(header))];
        var rows = new StringBuilder();
        for (int row = 0; row < groups.Count; row++)
        {
            string[] cells =
            [
                .. table.Rows[row],
                .. costs.Rows[row].Where((_, column) => column > 0 && !table.Headers.Contains(costs.Headers[column])),
            ];
            rows.Append("<tr class=\"trial\">")
                .Append(
                    $"<td data-value=\"{Encode(cells[0])}\"><button type=\"button\" aria-expanded=\"false\">"
                        + $"{Encode(cells[0])}</button></td>"
                )
                .Append(string.Concat(cells.Skip(1).Select(cell => $"<td data-value=\"{SortValue(cell)}\">{Encode(cell)}</td>")))
                .Append("</tr>\n")
                .Append($"<tr class=\"detail\" hidden><td colspan=\"{headers.Length}\">{Details(groups[row], row)}</td></tr>\n");
        }
        var interaction = Interaction.Of(comparison);
        var seeds = groups[0].Select(trial => trial.Seed).ToArray();
        var provenance = comparison.Trials[0].Details.Provenance;
        int epochs = comparison.Trials[0].Result.Experiment.Classifier.Epochs;
        return $"""
            <main>
            <h1>{Encode(title)}</h1>
            {PageHtml.Notice(notice, "strong")}<p class="totals">{groups.Count} ways, {(
                seeds.Length == 1 ? $"seed {seeds[0]}" : $"seeds {string.Join(", ", seeds)}"
            )}, {epochs} epochs on {provenance.Device}.
            Scores on the test split; thresholds chosen on the validation split. ± is a 95 % interval over seeds. Click a heading to sort, a row for its pictures and curves.</p>
            {Pair(groups)}
            <p><label>Show only names with <input id="filter" type="search" placeholder="crf boundary"></label> <span id="shown">{groups.Count} of {groups.Count}</span></p>
            <div class="scroll"><table id="comparison" class="sortable">
            <thead><tr>{string.Concat(headers.Select(header => $"<th>{Encode(header)}</th>"))}</tr></thead>
            <tbody>
            {rows}</tbody>
            </table></div>
            <p class="csv"><a href="results.csv" download>CSV</a> of every seed · <a href="results.json" download>JSON</a> · <a href="results.md" download>Markdown</a> · <a href="costs.md" download>costs</a></p>
            {ChartBox.Html(Charts.Comparison("Means over the seeds", comparison))}
            {(
                interaction.HasPairs
                    ? ChartBox.Html(Charts.Interaction("Pairs: gain over plain training, points of mIoU", interaction))
                    : ""
            )}
            <footer class="provenance">{PageHtml.Provenance([
                new("Library", provenance.Library),
                new("Data", provenance.Data),
                new("System", provenance.System),
                new("Threads", $"{provenance.Threads}"),
            ])}</footer>
            </main>

            """;
    }

    /// <summary>The first row's pictures beside those of the row with the best maps.</summary>
    private static string Pair(IReadOnlyList<IGrouping<string, Trial>> groups)
    {
        int best = Enumerable.Range(0, groups.Count).MaxBy(row => groups[row].Average(trial => trial.Result.Maps!.MeanIoU));
        int[] rows = [.. new[] { 0, best }.Distinct().Where(row => groups[row].First().Details.PicturePath is not null)];
        return rows.Length < 2
            ? ""
            : $"<div class=\"pair\">{string.Concat(rows.Select(row => Picture(groups[row], row, Title(groups[row]))))}</div>";

        static string Title(IGrouping<string, Trial> group) => $"{group.Key}, seed {group.First().Seed}";
    }

    private static string Picture(IGrouping<string, Trial> group, int row, string caption) =>
        $"<figure><figcaption>{Encode(caption)}</figcaption><img src=\"{PictureName(row)}\" alt=\"Test images, maps and masks of "
            + $"{Encode(group.Key)}\" loading=\"lazy\"></figure>";

    private static string Details(IGrouping<string, Trial> group, int row)
    {
        var first = group.First();
        var result = first.Result;
        string picture = first.Details.PicturePath is null ? "" : Picture(group, row, $"Seed {first.Seed}, the first test images.");
        return $"""
            {picture}
            {ChartBox.Html(
                Charts.Threshold(
                    "Maps on the test split, at every threshold",
                    [.. group.Select(trial => ($"seed {trial.Seed}", trial.Result.MapCurve!))]
                )
            )}
            {ChartBox.Html(Charts.Training($"Training of the classifier, seed {first.Seed}", first.Details.History))}
            {ChartBox.Html(Charts.ClassIoU("IoU by class, test split", Stages()))}
            """;

        (string, Score)[] Stages() =>
            [
                ("maps", result.Maps!),
                .. result.Segmentation is { } segmentation ? [("segmentation", segmentation)] : Array.Empty<(string, Score)>(),
                .. result.Ceiling is { } ceiling ? [("ceiling", ceiling)] : Array.Empty<(string, Score)>(),
            ];
    }

    private static string PictureName(int row) => $"maps-{row + 1}.png";

    /// <summary>The number that a cell begins with, without its interval; empty where it has none.</summary>
    private static string SortValue(string cell)
    {
        string first = cell.Split(' ')[0].Replace("+", "", StringComparison.Ordinal);
        return double.TryParse(first, System.Globalization.CultureInfo.InvariantCulture, out _) ? first : "";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
