using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Reports;

/// <summary>A notebook as the report shows it. What of it is HTML is harmless.</summary>
/// <param name="FileName">The page's file in the report's folder.</param>
/// <param name="Title">The first heading, HTML.</param>
/// <param name="Summary">The first paragraph, HTML; empty if there is none.</param>
/// <param name="Thumbnail">The first figure's address, relative to the report; null without one.</param>
/// <param name="Headings">For the table of contents; without the title.</param>
/// <param name="Body">The cells, HTML.</param>
/// <param name="HasCharts">Whether the page needs plotly.js.</param>
/// <param name="Run">What the run left in the notebook; null if it never ran here.</param>
/// <param name="Saved">Whether its outputs are what the code would give today.</param>
internal sealed record Page(
    string FileName,
    string Title,
    string Summary,
    string? Thumbnail,
    IReadOnlyList<Heading> Headings,
    string Body,
    bool HasCharts,
    RunRecord? Run,
    SavedOutputs Saved
)
{
    /// <summary>Its address on other pages.</summary>
    public string Address => Uri.EscapeDataString(FileName);
}

/// <summary>Turns one notebook into its page; writes the pictures of the page beside it.</summary>
internal sealed class PageBuilder
{
    private const string ImageFolder = "images", TableFolder = "tables";
    private readonly string _path;
    private readonly Notebook _notebook;
    private readonly string _folder;
    private readonly IReadOnlySet<string> _notebooks;
    private readonly ReportMarkdown _markdown;
    private readonly OutputRenderer _outputs;
    private readonly string _name;
    private JsonObject? _attachments;
    private int _images, _tables;

    /// <param name="path">The notebook.</param>
    /// <param name="folder">The report's folder.</param>
    /// <param name="notebooks">Full paths of all notebooks of the report: links to them become links to their pages.</param>
    /// <exception cref="NotebookException">The file is no notebook.</exception>
    public PageBuilder(string path, string folder, IReadOnlySet<string> notebooks)
    {
        (_path, _folder, _notebooks) = (Path.GetFullPath(path), Path.GetFullPath(folder), notebooks);
        _notebook = Notebook.Load(_path);
        _name = Path.GetFileNameWithoutExtension(path);
        _markdown = new ReportMarkdown(Rewrite);
        _outputs = new OutputRenderer(SaveOutput, SaveTable, _markdown);
    }

    /// <summary>The page's file name for a notebook.</summary>
    public static string PageName(string notebookPath) => Path.ChangeExtension(Path.GetFileName(notebookPath), ".html");

    /// <summary>What of a folder a notebook's page would take the place of: the page, and files with names as its own have.</summary>
    /// <param name="notebookPath">The notebook.</param>
    /// <param name="folder">The report's folder; may be missing.</param>
    public static IEnumerable<string> Names(string notebookPath, string folder) =>
    [
        PageName(notebookPath),
        .. new[] { ImageFolder, TableFolder }.Where(name => Directory.Exists(Path.Combine(folder, name))).SelectMany(name => Directory
            .EnumerateFiles(Path.Combine(folder, name), $"{Path.GetFileNameWithoutExtension(notebookPath)}-*.*")
            .Select(file => Path.Combine(name, Path.GetFileName(file)))),
    ];

    public Page Build()
    {
        var body = new StringBuilder();
        foreach (NotebookCell cell in _notebook.Cells.Where(cell => !string.IsNullOrWhiteSpace(cell.Source)))
        {
            _attachments = cell.Attachments;
            if (cell.IsMarkdown) body.Append($"<section class=\"text\">\n{_markdown.ToHtml(cell.Source)}</section>\n");
            else if (cell.IsCode) AppendCode(body, cell);
        }
        Heading? title = _markdown.Headings.FirstOrDefault();
        return new Page(
            PageName(_path), title?.Html ?? WebUtility.HtmlEncode(_name), _markdown.FirstParagraph ?? "", _outputs.FirstPicture,
            [.. _markdown.Headings.Where(heading => heading != title)], body.ToString(), _outputs.HasCharts, RunRecord.Read(_notebook),
            SavedOutputs.Of(_notebook));
    }

    private void AppendCode(StringBuilder body, NotebookCell cell)
    {
        string number = cell.ExecutionCount is { } count ? $"In [{count}]" : "Not run";
        string note =
            cell.Tags.Contains(NotebookParameters.InjectedTag) ? " · values of this run"
            : cell.Tags.Contains(NotebookParameters.Tag) ? " · parameters"
            : "";
        body.Append(
            $"""
            <section class="cell">
            <details open><summary>{number}{note}</summary><pre class="code"><code>{CodeHighlighter.ToHtml(
                cell.Source
            )}</code></pre></details>

            """
        );
        if (cell.Outputs.Count > 0)
        {
            body.Append("<div class=\"outputs\">\n");
            foreach (JsonObject output in cell.Outputs)
                body.Append(_outputs.ToHtml(output));
            body.Append("</div>\n");
        }
        body.Append("</section>\n");
    }

    /// <summary>An output's picture: SVG is text there, others are base64.</summary>
    private string SaveOutput(string content, string mime) =>
        SaveImage(mime == PictureType.Svg ? Encoding.UTF8.GetBytes(content) : Decode(content), PictureType.ExtensionOf(mime)!);

    private byte[] Decode(string base64)
    {
        try
        {
            return MimeBundle.Decode(base64);
        }
        catch (NotebookException error)
        {
            throw new NotebookException($"'{_path}': {error.Message}", error);
        }
    }

    /// <summary>Keeps a picture, and says its address. SVG has no file of its own: opened by itself, its scripts would run.</summary>
    private string SaveImage(byte[] content, string extension) => extension == PictureType.SvgExtension
        ? $"data:{PictureType.Svg};base64,{Convert.ToBase64String(content)}"
        : Save(ImageFolder, ++_images, extension, content);

    private string SaveTable(string csv) => Save(TableFolder, ++_tables, "csv", Encoding.UTF8.GetBytes(csv));

    /// <summary>Writes a file of the page, and says its address.</summary>
    private string Save(string folder, int number, string extension, byte[] content)
    {
        AtomicFile.Write(Path.Combine(_folder, folder, $"{_name}-{number}.{extension}"), stream => stream.Write(content));
        return $"{folder}/{Uri.EscapeDataString(_name)}-{number}.{extension}";
    }

    private string Rewrite(string link, bool isImage)
    {
        if (link.Length == 0 || link[0] == '#' || link.Contains(':', StringComparison.Ordinal))
            return isImage && link.StartsWith("attachment:", StringComparison.Ordinal)
                ? SaveAttachment(link["attachment:".Length..])
                : link;
        int hash = link.IndexOf('#', StringComparison.Ordinal);
        (string file, string anchor) = hash < 0 ? (link, "") : (link[..hash], link[hash..]);
        string name = Uri.UnescapeDataString(file);
        // No file is called so: the link stays as it is.
        if (name.Contains('\0', StringComparison.Ordinal)) return link;
        string target = Path.GetFullPath(name, Path.GetDirectoryName(_path)!);
        if (_notebooks.Contains(target))
            return Uri.EscapeDataString(PageName(target)) + anchor;
        // Only pictures are copied: a page may be given away, and what else a notebook names is nobody's business.
        if (isImage && PictureType.ExtensionOfFile(target) is { } extension && ImageAt(target) is { } picture)
            return SaveImage(picture, extension);
        string[] steps = Path.GetRelativePath(_folder, target).Split(Path.DirectorySeparatorChar);
        return string.Join('/', steps.Select(Uri.EscapeDataString)) + anchor;
    }

    /// <summary>A picture beside the notebook; null where there is none that can be read: the link stays as it is.</summary>
    private static byte[]? ImageAt(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return InputFile.ReadBytes(path, InputKind.Image);
        }
        catch (InputFileException)
        {
            return null;
        }
    }

    private string SaveAttachment(string name)
    {
        if (_attachments?[Uri.UnescapeDataString(name)] is not JsonObject { Count: > 0 } bundle)
            return "";
        (string mime, JsonNode? content) = bundle.First();
        return PictureType.ExtensionOf(mime) is { } extension
            ? SaveImage(Decode(MultilineText.Read(content)), extension)
            : "";
    }
}
