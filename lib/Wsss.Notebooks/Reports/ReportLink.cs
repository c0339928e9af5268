using AngleSharp.Html.Parser;

namespace Wsss.Notebooks.Reports;

/// <summary>Another page that a report's index names first.</summary>
/// <param name="Address">Where it lies from the index.</param>
/// <param name="Title">Its title, text.</param>
/// <param name="Summary">Its first paragraph, text; empty if there is none.</param>
/// <param name="Picture">Where its first picture lies from the index; null without one.</param>
internal sealed record ReportLink(string Address, string Title, string Summary, string? Picture)
{
    /// <summary>The link to a page.</summary>
    /// <param name="path">An HTML file.</param>
    /// <param name="folder">The report's folder.</param>
    /// <exception cref="NotebookException">There is no such file.</exception>
    public static ReportLink To(string path, string folder)
    {
        if (!File.Exists(path)) throw new NotebookException($"Expected a page at '{path}', found no such file.");
        using var page = new HtmlParser().ParseDocument(InputFile.ReadText(path, InputKind.Notebook));
        string? picture = page.QuerySelector("main img")?.GetAttribute("src");
        string file = picture is null ? "" : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Uri.UnescapeDataString(picture));
        return new ReportLink(
            Relative(folder, path), page.Title is { Length: > 0 } title ? title : Path.GetFileName(path),
            page.QuerySelector("main p")?.TextContent.Trim() ?? "", File.Exists(file) ? Relative(folder, file) : null);
    }

    private static string Relative(string folder, string path)
    {
        string[] steps = Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(path)).Split(Path.DirectorySeparatorChar);
        return string.Join('/', steps.Select(Uri.EscapeDataString));
    }
}
