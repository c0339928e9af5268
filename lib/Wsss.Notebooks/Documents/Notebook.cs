using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>A notebook in nbformat 4.5 (.ipynb): its cells, and everything else in the file kept as it was.</summary>
internal sealed class Notebook
{
    private readonly JsonObject _root;

    private Notebook(JsonObject root, List<NotebookCell> cells) => (_root, Cells) = (root, cells);

    /// <summary>The cells in order; add, remove and replace as needed.</summary>
    public IList<NotebookCell> Cells { get; }

    /// <summary>Each cell with the last heading of a Markdown cell before it, or in it; empty before the first.</summary>
    public IEnumerable<(NotebookCell Cell, string Heading)> WithHeadings()
    {
        string heading = "";
        foreach (NotebookCell cell in Cells)
        {
            string? last = cell.IsMarkdown ? cell.Source.Split('\n').LastOrDefault(line => line.StartsWith('#')) : null;
            if (last is not null) heading = last.TrimStart('#').Trim();
            yield return (cell, heading);
        }
    }

    /// <summary>The notebook's metadata; created when missing.</summary>
    public JsonObject Metadata => NotebookCell.GetOrAdd(_root, "metadata");

    /// <summary>The language of the code cells as the kernel specification names it, such as <c>C#</c>; empty if it does not.</summary>
    public string Language =>
        MultilineText.Word((Metadata["kernelspec"] as JsonObject)?["language"] ?? (Metadata["language_info"] as JsonObject)?["name"]) ?? "";

    internal bool IsCSharp => Language.Equals("C#", StringComparison.OrdinalIgnoreCase);

    /// <summary>A new C# notebook.</summary>
    public static Notebook Create(params IEnumerable<NotebookCell> cells)
    {
        var root = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject
                {
                    ["file_extension"] = ".cs",
                    ["mimetype"] = "text/x-csharp",
                    ["name"] = "C#",
                    ["pygments_lexer"] = "csharp",
                },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        return new Notebook(root, [.. cells]);
    }

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="NotebookException">The file is missing or is not a notebook of format 4.</exception>
    public static Notebook Load(string path)
    {
        if (!File.Exists(path)) throw new NotebookException($"Expected a notebook at '{path}', found no such file.");
        return Parse(InputFile.ReadText(path, InputKind.Notebook), path);
    }

    /// <summary>Reads a notebook from its JSON.</summary>
    /// <param name="json">The content of an .ipynb file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="NotebookException">The text is not a notebook of format 4.</exception>
    public static Notebook Parse(string json, string name)
    {
        JsonObject root;
        try
        {
            root =
                JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new JsonException("The top level is not an object.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new NotebookException($"Expected '{name}' to be a notebook (JSON), found something else: {error.Message}", error);
        }
        if (
            root["nbformat"] is not JsonValue format
            || !format.TryGetValue(out int version)
            || version != 4
            || root["cells"] is not JsonArray array
        )
        {
            throw new NotebookException(
                $"Expected '{name}' to be a notebook of format 4 with cells, found nbformat "
                    + $"{root["nbformat"]?.ToJsonString() ?? "missing"}. "
                    + "Open it in Jupyter or VS Code and save it there to convert it."
            );
        }
        JsonObject[] cells = [.. array.OfType<JsonObject>()];
        array.Clear();
        root.Remove("cells");
        return new Notebook(root, WithIds(root, cells));
    }

    /// <summary>The notebook as Jupyter would write it: one space of indent, sorted keys, text as arrays of lines.</summary>
    public string ToJson()
    {
        var whole = (JsonObject)_root.DeepClone();
        whole["cells"] = new JsonArray([.. Cells.Select(cell => cell.Json.DeepClone())]);
        return JupyterJson.Write(whole);
    }

    /// <summary>Writes the file atomically: whoever reads it sees the old notebook or the whole new one.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>Formats before 4.5 have no cell ids: give each cell one that does not change from run to run.</summary>
    private static List<NotebookCell> WithIds(JsonObject root, JsonObject[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i]["id"] is null) cells[i]["id"] = $"cell-{i + 1}";
        }
        if (root["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue(out int version) || version < 5) root["nbformat_minor"] = 5;
        return [.. cells.Select(cell => new NotebookCell(cell))];
    }
}
