using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Reports;

/// <summary>The page that lists the notebooks, and other pages before them.</summary>
internal static partial class IndexHtml
{
    public static string Write(IReadOnlyList<Page> pages, string title, IReadOnlyList<ReportLink> links)
    {
        IReadOnlyDictionary<string, string>[] provenances =
        [
            .. pages.Where(page => page.Run is not null).Select(page => page.Run!.Provenance),
        ];
        // What all runs have in common is said once, below.
        KeyValuePair<string, string>[] common =
            provenances.Length == 0 ? [] : [.. provenances[0].Where(entry => provenances.All(other => other.Contains(entry)))];
        var cards = new StringBuilder();
        foreach (ReportLink link in links)
            cards.Append(Card(link));
        foreach (Page page in pages)
            cards.Append(Card(page, common));
        string foot = common.Length == 0 ? "" : $"<footer class=\"provenance\">{PageHtml.Provenance(common)}</footer>\n";
        string? notice = provenances.Select(ScaleNotice.Of).FirstOrDefault(text => text is not null);
        return PageHtml.Frame(
            title,
            PageKind.Report,
            $"""
            <main class="index">
            <h1>{WebUtility.HtmlEncode(title)}</h1>
            <p class="totals">{Totals(pages)}</p>
            {PageHtml.Notice(notice, "strong")}{PageHtml.Notice(Stale(pages))}<div class="cards">
            {cards}</div>
            {foot}</main>

            """
        );
    }

    private static string Totals(IReadOnlyList<Page> pages)
    {
        int failed = pages.Count(page => page.Run is { Succeeded: false });
        string seconds = PageHtml.Duration(pages.Sum(page => page.Run?.Seconds ?? 0));
        string notebooks = pages.Count == 1 ? "1 notebook" : $"{pages.Count} notebooks";
        return failed == 0 ? $"{notebooks}, {seconds}" : $"{notebooks}, {seconds}, <strong>{failed} failed</strong>";
    }

    private static string? Stale(IReadOnlyList<Page> pages)
    {
        int code = pages.Count(page => page.Saved.CodeChanged == true), library = pages.Count(page => page.Saved.Library is not null);
        string[] parts =
        [
            .. code > 0 ? [$"{code} of {pages.Count} whose code has changed since"] : Array.Empty<string>(),
            .. library > 0 ? [$"{library} of {pages.Count} made with another state of the library"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? null : $"Saved outputs: {string.Join("; ", parts)}. Each page says which.";
    }

    private static string Card(ReportLink link)
    {
        string picture = link.Picture is { } file ? $"<img src=\"{file}\" alt=\"\" loading=\"lazy\">" : "<span>→</span>";
        return $"""
            <article>
            <a class="picture" href="{link.Address}" tabindex="-1" aria-hidden="true">{picture}</a>
            <h2><a href="{link.Address}">{WebUtility.HtmlEncode(link.Title)}</a></h2>
            <p>{WebUtility.HtmlEncode(link.Summary)}</p>
            <div class="foot"></div>
            </article>

            """;
    }

    private static string Card(Page page, KeyValuePair<string, string>[] common)
    {
        string picture = page.Thumbnail is { } file
            ? $"<img src=\"{file}\" alt=\"\" loading=\"lazy\">"
            : $"<span>{LeadingNumber().Match(page.FileName).Value}</span>";
        // The page itself has the whole commit.
        KeyValuePair<string, string>[] own =
        [
            .. (page.Run?.Provenance ?? new Dictionary<string, string>()).Except(common)
                .Select(entry => entry.Key == "library" ? new(entry.Key, SavedOutputs.Short(entry.Value)) : entry),
        ];
        string provenance = own.Length == 0 ? "" : PageHtml.Provenance(own);
        string stale = page.Saved.CodeChanged == true ? " <span class=\"status stale\">code changed since</span>" : "";
        return $"""
            <article>
            <a class="picture" href="{page.Address}" tabindex="-1" aria-hidden="true">{picture}</a>
            <h2><a href="{page.Address}">{SafeHtml.WithoutLinks(page.Title)}</a></h2>
            <p>{SafeHtml.WithoutLinks(page.Summary)}</p>
            <div class="foot">{PageHtml.Status(page.Run)}{stale}{provenance}</div>
            </article>

            """;
    }

    [GeneratedRegex(@"^\d+")]
    private static partial Regex LeadingNumber();
}
