using System.Globalization;
using System.Net;
using System.Text;

namespace Wsss.Notebooks.Reports;

/// <summary>The frame of every page, and the pages of notebooks.</summary>
internal static class PageHtml
{
    // Nothing but files beside the page (one that was opened as a file is not itself for every browser) and pictures inside of it.
    // plotly.js sets styles of its own; with nothing to load from elsewhere, styles can tell nobody anything.
    private const string Policy = "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; " +
        "img-src 'self' file: data: blob:; base-uri 'none'; form-action 'none'";

    /// <summary>A whole page.</summary>
    /// <param name="title">For the browser's tab: text, not encoded.</param>
    /// <param name="kind">What its folder shows; class of the page's body, by which style sheets know it.</param>
    /// <param name="body">What is on the page.</param>
    /// <param name="scripts">Scripts to load, in order.</param>
    public static string Frame(string title, PageKind kind, string body, params IEnumerable<string> scripts) =>
        Frame(title, kind, body, Policy, ["report.css"], scripts);

    /// <summary>A whole page that may load something else, or has styles of its own.</summary>
    /// <param name="title">For the browser's tab: text, not encoded.</param>
    /// <param name="kind">As above.</param>
    /// <param name="body">What is on the page.</param>
    /// <param name="policy">What the page may load.</param>
    /// <param name="styles">Style sheets to load, in order.</param>
    /// <param name="scripts">Scripts to load, in order.</param>
    public static string Frame(
        string title, PageKind kind, string body, string policy, IEnumerable<string> styles, IEnumerable<string> scripts) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="generator" content="wsss {kind.ToString().ToLowerInvariant()}">
        <meta http-equiv="Content-Security-Policy" content="{policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Encode(title)}</title>
        {string.Concat(styles.Select(style => $"<link rel=\"stylesheet\" href=\"{style}\">\n"))}{string.Concat(
            scripts.Select(script => $"<script src=\"{script}\" defer></script>\n"))}</head>
        <body class="{kind.ToString().ToLowerInvariant()}">
        {body}</body>
        </html>

        """;

    /// <summary>The page of a notebook.</summary>
    public static string Notebook(Page page, Page? previous, Page? next, string reportTitle)
    {
        string[] scripts = page.HasCharts ? [PageResources.Plotly, "report.js"] : ["report.js"];
        string body = $"""
            <header class="bar">
            <nav><a href="index.html">{Encode(reportTitle)}</a></nav>
            <button type="button" id="toggle-code">Hide code</button>
            </header>
            <div class="layout">
            {Contents(page)}<main>
            {Notices(page)}{page.Body}{Foot(page)}<nav class="turn">{Turn(previous, "Previous", "previous")}{Turn(
                next,
                "Next",
                "next"
            )}</nav>
            </main>
            </div>

            """;
        return Frame(SafeHtml.ToText(page.Title), PageKind.Report, body, scripts);
    }

    /// <summary>What a reader has to know before any number: a run that means nothing, outputs that are of another state.</summary>
    public static string Notice(string? text, string kind = "") =>
        string.IsNullOrEmpty(text) ? "" : $"<p class=\"notice {kind}\" role=\"note\">{Encode(text)}</p>\n";

    /// <summary>Whether the run succeeded, and how long it took.</summary>
    public static string Status(RunRecord? run)
    {
        if (run is null) return "<span class=\"status\">not run</span>";
        return run.Succeeded
            ? $"<span class=\"status ok\">✓ {Duration(run.Seconds)}</span>"
            : $"<span class=\"status failed\">✗ failed after {Duration(run.Seconds)}</span>";
    }

    /// <summary>Seconds below two minutes, then minutes.</summary>
    public static string Duration(double seconds) => seconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min");

    /// <summary>Names and values as a description list.</summary>
    public static string Provenance(IEnumerable<KeyValuePair<string, string>> entries) =>
        $"<dl>{string.Concat(entries.Select(entry => $"<div><dt>{Encode(entry.Key)}</dt><dd>{Encode(entry.Value)}</dd></div>"))}</dl>";

    private static string Notices(Page page) =>
        Notice(page.Run is null ? null : ScaleNotice.Of(page.Run.Provenance), "strong")
        + Notice(page.Saved.IsStale ? $"These outputs were saved earlier: {page.Saved.Differences}." : null);

    private static string Contents(Page page)
    {
        Heading[] headings = [.. page.Headings.Where(heading => heading.Level <= 3)];
        if (headings.Length < 2) return "";
        var list = new StringBuilder("<aside><nav class=\"contents\" aria-label=\"Contents\"><p>On this page</p>\n");
        foreach (Heading heading in headings)
            list.Append($"<a class=\"level{heading.Level}\" href=\"#{heading.Id}\">{SafeHtml.WithoutLinks(heading.Html)}</a>\n");
        return list.Append("</nav></aside>\n").ToString();
    }

    private static string Foot(Page page)
    {
        if (page.Run is null)
            return "";
        string error = page.Run.Error is { } message ? $"<p>{Encode(message)}</p>" : "";
        string unknown = page.Saved.CodeChanged is null
            ? "<p class=\"quiet\">Not known whether code cells have changed since the run.</p>"
            : "";
        return $"<footer class=\"provenance\">{Status(page.Run)}{error}{unknown}{Provenance(page.Run.Provenance)}</footer>\n";
    }

    private static string Turn(Page? page, string label, string kind) => page is null ? ""
        : $"<a class=\"{kind}\" href=\"{page.Address}\"><small>{label}</small>{SafeHtml.WithoutLinks(page.Title)}</a>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
