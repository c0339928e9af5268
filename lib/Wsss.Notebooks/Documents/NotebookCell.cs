using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>One cell of a <see cref="Notebook"/>: a view of its JSON, so that fields this library does not know survive.</summary>
internal sealed class NotebookCell
{
    internal NotebookCell(JsonObject json) => Json = json;

    internal JsonObject Json { get; }

    /// <summary>The cell's id, unique in its notebook.</summary>
    public string Id => MultilineText.Word(Json["id"]) ?? "";

    /// <summary>True for a code cell; the others are Markdown or raw text.</summary>
    public bool IsCode => MultilineText.Word(Json["cell_type"]) == "code";

    /// <summary>True for a Markdown cell.</summary>
    public bool IsMarkdown => MultilineText.Word(Json["cell_type"]) == "markdown";

    /// <summary>The text of the cell, lines separated by line feeds.</summary>
    public string Source
    {
        get => MultilineText.Read(Json["source"]);
        set => Json["source"] = MultilineText.Write(value);
    }

    /// <summary>The cell's metadata; created when missing.</summary>
    public JsonObject Metadata => GetOrAdd(Json, "metadata");

    /// <summary>The cell's tags, such as <c>parameters</c>.</summary>
    public IReadOnlyList<string> Tags => Metadata["tags"] is JsonArray tags ? [.. tags.Select(MultilineText.Word).OfType<string>()] : [];

    /// <summary>The saved outputs of a code cell in nbformat's form.</summary>
    public IReadOnlyList<JsonObject> Outputs => Json["outputs"] is JsonArray outputs ? [.. outputs.OfType<JsonObject>()] : [];

    /// <summary>The number that the cell got when it ran; null before.</summary>
    public int? ExecutionCount => Json["execution_count"] is JsonValue value && value.TryGetValue(out int count) ? count : null;

    /// <summary>The images that a Markdown cell carries with it (nbformat's attachments); null without any.</summary>
    public JsonObject? Attachments => Json["attachments"] as JsonObject;

    /// <summary>Replaces the outputs of a code cell.</summary>
    /// <param name="executionCount">The number in the brackets; null for a cell that did not run.</param>
    /// <param name="outputs">nbformat outputs; they must not belong to another cell.</param>
    public void SetOutputs(int? executionCount, IEnumerable<JsonObject> outputs)
    {
        Json["execution_count"] = executionCount;
        Json["outputs"] = new JsonArray([.. outputs]);
    }

    /// <summary>A new code cell without outputs.</summary>
    public static NotebookCell Code(string id, string source, params IEnumerable<string> tags)
    {
        NotebookCell cell = Create("code", id, source, tags);
        cell.SetOutputs(null, []);
        return cell;
    }

    /// <summary>A new Markdown cell.</summary>
    public static NotebookCell Markdown(string id, string source, params IEnumerable<string> tags) => Create("markdown", id, source, tags);

    internal static JsonObject GetOrAdd(JsonObject owner, string key)
    {
        if (owner[key] is JsonObject found) return found;
        var added = new JsonObject();
        owner[key] = added;
        return added;
    }

    private static NotebookCell Create(string kind, string id, string source, IEnumerable<string> tags)
    {
        var cell = new NotebookCell(
            new JsonObject
            {
                ["cell_type"] = kind,
                ["id"] = id,
                ["metadata"] = new JsonObject(),
            }
        )
        {
            Source = source,
        };
        JsonNode[] tagNodes = [.. tags.Select(tag => (JsonNode)tag)];
        if (tagNodes.Length > 0)
            cell.Metadata["tags"] = new JsonArray(tagNodes);
        return cell;
    }
}
