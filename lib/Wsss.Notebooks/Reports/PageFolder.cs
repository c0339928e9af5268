namespace Wsss.Notebooks.Reports;

/// <summary>What a folder of a page shows.</summary>
internal enum PageKind { Report, Comparison, Review, Play }

/// <summary>
/// A folder that is filled with a page and what it loads. Its <c>index.html</c> names the kind of page: from the first file on, so that
/// an interrupted one is known again, and says so. Files of somebody else are not written over.
/// </summary>
internal sealed class PageFolder
{
    private const string IndexFile = "index.html";

    // The mark stands in the frame before all that has no fixed length.
    private const int MarkedBytes = 512;

    private readonly string _folder;
    private readonly PageKind _kind;

    /// <param name="folder">The folder; may be missing.</param>
    /// <param name="kind">What it gets.</param>
    /// <param name="names">What is written into it beside the index: files, or folders that are all of the page.</param>
    /// <exception cref="WsssException">One of them is there, and none of such a page's index.</exception>
    public PageFolder(string folder, PageKind kind, IEnumerable<string> names)
    {
        (_folder, _kind) = (folder, kind);
        if (IsOfKind()) return;
        if (names.Prepend(IndexFile).Select(PathOf).FirstOrDefault(Path.Exists) is { } found)
            throw new WsssException(
                $"Expected a new folder for the page, or one that this command has filled, found '{found}', which would be lost. Give "
                    + "another folder.");
    }

    /// <summary>The mark in a page's head, by which its folder is known again.</summary>
    public static string Mark(PageKind kind) => $"<meta name=\"generator\" content=\"wsss {kind.ToString().ToLowerInvariant()}\">";

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>From here on the index says that the page is not whole.</summary>
    public void Begin() => AtomicFile.WriteText(
        PathOf(IndexFile), PageHtml.Frame("Not whole", _kind, "<main><p>Not all of this page is written: make it again.</p></main>\n"));

    /// <summary>Writes the index, after all that it loads; gives back its path.</summary>
    public string End(string html)
    {
        AtomicFile.WriteText(PathOf(IndexFile), html);
        return PathOf(IndexFile);
    }

    private bool IsOfKind()
    {
        try
        {
            using var index = InputFile.Open(PathOf(IndexFile), InputKind.Script);
            byte[] start = new byte[MarkedBytes];
            return start.AsSpan(0, index.ReadAtLeast(start, start.Length, throwOnEndOfStream: false))
                .IndexOf(System.Text.Encoding.UTF8.GetBytes(Mark(_kind))) >= 0;
        }
        // Missing, or none that the page's maker could have left.
        catch (InputFileException)
        {
            return false;
        }
    }
}
