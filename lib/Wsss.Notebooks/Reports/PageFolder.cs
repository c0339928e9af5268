using Wsss.Storage;

namespace Wsss.Notebooks.Reports;

/// <summary>What a folder of a page shows.</summary>
internal enum PageKind { Report, Comparison, Review, Play }

/// <summary>
/// A folder that is filled with a page and what it loads. Its <c>index.html</c> says of an interrupted one that it is not whole. Files of
/// somebody else are not written over.
/// </summary>
internal sealed class PageFolder
{
    private const string IndexFile = "index.html";

    private readonly string _folder;
    private readonly PageKind _kind;
    private readonly OwnFiles _files;

    /// <param name="folder">The folder; may be missing.</param>
    /// <param name="kind">What it gets.</param>
    /// <param name="names">What is written into it beside the index: files, or folders that are all of the page.</param>
    /// <exception cref="WsssException">One of them is there and none of such a page.</exception>
    public PageFolder(string folder, PageKind kind, IEnumerable<string> names)
    {
        (_folder, _kind) = (folder, kind);
        _files = new OwnFiles(folder, $"{kind.ToString().ToLowerInvariant()} page", names.Prepend(IndexFile));
        _files.RefuseOthers();
    }

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>From here on the index says that the page is not whole.</summary>
    public void Begin()
    {
        _files.Begin();
        AtomicFile.WriteText(
            PathOf(IndexFile),
            PageHtml.Frame("Not whole", _kind, "<main><p>Not all of this page is written: make it again.</p></main>\n"));
    }

    /// <summary>Writes the index, after all that it loads; gives back its path.</summary>
    public string End(string html)
    {
        AtomicFile.WriteText(PathOf(IndexFile), html);
        return PathOf(IndexFile);
    }
}
