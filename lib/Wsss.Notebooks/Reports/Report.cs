namespace Wsss.Notebooks.Reports;

/// <summary>
/// Notebooks with their outputs as pages for a browser: an index, a page each, and what they share. Nothing is loaded
/// from elsewhere, so the folder can be read without a network.
/// </summary>
internal static class Report
{
    private static readonly string[] Resources = ["report.css", "report.js"];

    /// <summary>Writes the report.</summary>
    /// <param name="notebookPaths">The notebooks in reading order, with their outputs.</param>
    /// <param name="folder">Where the pages go; created if missing, a report in it is replaced.</param>
    /// <param name="title">The index page's heading.</param>
    /// <param name="others">Other pages, HTML files, that the index names first.</param>
    /// <returns>The path of the index page.</returns>
    /// <exception cref="NotebookException">A file is no notebook, two notebooks have the same name, or another page is missing.</exception>
    /// <exception cref="WsssException">The folder has files of somebody else that would be lost.</exception>
    public static string Write(IReadOnlyList<string> notebookPaths, string folder, string title, params IReadOnlyList<string> others) =>
        Write(notebookPaths, folder, title, others, _ => { });

    /// <param name="notebookPaths">As above.</param>
    /// <param name="folder">As above.</param>
    /// <param name="title">As above.</param>
    /// <param name="others">As above.</param>
    /// <param name="stale">
    /// Told what is known to be other now than what the notebooks were saved with: a line per difference, with the notebooks' names.
    /// </param>
    /// <param name="cancellation">Ends the work between two notebooks.</param>
    /// <inheritdoc cref="Write(IReadOnlyList{string}, string, string, IReadOnlyList{string})"/>
    public static string Write(
        IReadOnlyList<string> notebookPaths,
        string folder,
        string title,
        IReadOnlyList<string> others,
        Action<string> stale,
        CancellationToken cancellation = default
    )
    {
        var target = Folder(notebookPaths, folder);
        ReportLink[] links = [.. others.Select(page => ReportLink.To(page, folder))];
        HashSet<string> all = [.. notebookPaths.Select(Path.GetFullPath)];
        PageBuilder[] builders = [.. notebookPaths.Select(path => Checked(new PageBuilder(path, folder, all)))];
        // Pages write their pictures as they are built.
        target.Begin();
        Page[] pages = [.. builders.Select(builder => Checked(builder).Build())];
        foreach (string line in Differences(pages))
            stale(line);
        for (int i = 0; i < pages.Length; i++)
        {
            Page? previous = i > 0 ? pages[i - 1] : null;
            Page? next = i + 1 < pages.Length ? pages[i + 1] : null;
            AtomicFile.WriteText(target.PathOf(pages[i].FileName), PageHtml.Notebook(pages[i], previous, next, title));
        }
        PageResources.Write(folder, Resources);
        if (pages.Any(page => page.HasCharts))
            PageResources.WritePlotly(folder);
        return target.End(IndexHtml.Write(pages, title, links));

        PageBuilder Checked(PageBuilder builder)
        {
            cancellation.ThrowIfCancellationRequested();
            return builder;
        }
    }

    /// <summary>A folder for the report of notebooks.</summary>
    /// <param name="notebookPaths">The notebooks.</param>
    /// <param name="folder">The folder; may be missing.</param>
    /// <exception cref="NotebookException">Two notebooks have the same name.</exception>
    /// <exception cref="WsssException">It has files of somebody else that would be lost.</exception>
    public static PageFolder Folder(IReadOnlyList<string> notebookPaths, string folder)
    {
        RequireNames(notebookPaths);
        return new PageFolder(
            folder, PageKind.Report,
            [.. Resources, PageResources.Plotly, .. notebookPaths.SelectMany(path => PageBuilder.Names(path, folder))]);
    }

    /// <summary>Each notebook needs a page of its own, and none may be called like the index.</summary>
    /// <exception cref="NotebookException">Two would be one file.</exception>
    public static void RequireNames(IEnumerable<string> notebookPaths)
    {
        var names = notebookPaths.Select(PageBuilder.PageName).Append("index.html");
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is not { } same)
            return;
        throw new NotebookException(
            $"Expected a page name of its own for each notebook, and one for the index, found '{same.Key}' twice. Rename a notebook."
        );
    }

    private static IEnumerable<string> Differences(IEnumerable<Page> pages) => pages
        .Where(page => page.Saved.IsStale).GroupBy(page => page.Saved.Differences)
        .Select(group => $"stale, {group.Key}: {string.Join(", ", group.Select(page => Path.GetFileNameWithoutExtension(page.FileName)))}");
}
