using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Reports;

/// <summary>The page that lists the notebooks.</summary>
internal static partial class IndexHtml
{
    public static string Write(IReadOnlyList<Page> pages, string title)
    {
        IReadOnlyDictionary<string, string>[] provenances = [.. pages.Where(page => page.Run is not null).Select(page => page.Run!.Provenance)];
        // What all runs have in common is said once, below.
        KeyValuePair<string, string>[] common = provenances.Length == 0 ? []
            : [.. provenances[0].Where(entry => provenances.All(other => other.Contains(entry)))];
        var cards = new StringBuilder();
        foreach (Page page in pages) cards.Append(Card(page, common));
        string foot = common.Length == 0 ? "" : $"<footer class=\"provenance\">{PageHtml.Provenance(common)}</footer>\n";
        return PageHtml.Frame(WebUtility.HtmlEncode(title), $"""
            <main class="index">
            <h1>{WebUtility.HtmlEncode(title)}</h1>
            <p class="totals">{Totals(pages)}</p>
            <div class="cards">
            {cards}</div>
            {foot}</main>

            """);
    }

    private static string Totals(IReadOnlyList<Page> pages)
    {
        int failed = pages.Count(page => page.Run is { Succeeded: false });
        string seconds = PageHtml.Duration(pages.Sum(page => page.Run?.Seconds ?? 0));
        string notebooks = pages.Count == 1 ? "1 notebook" : $"{pages.Count} notebooks";
        return failed == 0 ? $"{notebooks}, {seconds}" : $"{notebooks}, {seconds}, <strong>{failed} failed</strong>";
    }

    private static string Card(Page page, KeyValuePair<string, string>[] common)
    {
        string picture = page.Thumbnail is { } file
            ? $"<img src=\"{file}\" alt=\"\" loading=\"lazy\">"
            : $"<span>{LeadingNumber().Match(page.FileName).Value}</span>";
        KeyValuePair<string, string>[] own = [.. (page.Run?.Provenance ?? new Dictionary<string, string>()).Except(common)];
        string provenance = own.Length == 0 ? "" : PageHtml.Provenance(own);
        return $"""
            <article>
            <a class="picture" href="{page.FileName}" tabindex="-1" aria-hidden="true">{picture}</a>
            <h2><a href="{page.FileName}">{Link().Replace(page.Title, "")}</a></h2>
            <p>{Link().Replace(page.Summary, "")}</p>
            <div class="foot">{PageHtml.Status(page.Run)}{provenance}</div>
            </article>

            """;
    }

    [GeneratedRegex(@"^\d+")]
    private static partial Regex LeadingNumber();

    [GeneratedRegex("</?a[^>]*>")]
    private static partial Regex Link();
}
