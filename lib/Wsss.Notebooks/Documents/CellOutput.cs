using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>Something that a running cell shows; <see cref="ToJson"/> is its nbformat form.</summary>
internal abstract record CellOutput
{
    private protected CellOutput() { }

    /// <summary>The output as an .ipynb file stores it.</summary>
    public abstract JsonObject ToJson();
}

/// <summary>Text written to the console.</summary>
/// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">What was written.</param>
internal sealed record StreamOutput(string Name, string Text) : CellOutput
{
    /// <inheritdoc/>
    public override JsonObject ToJson() =>
        new() { ["name"] = Name, ["output_type"] = "stream", ["text"] = MultilineText.Write(Text) };
}

/// <summary>A value shown by <c>display(value)</c>.</summary>
internal sealed record DisplayOutput(MimeBundle Data) : CellOutput
{
    /// <summary>By which a <see cref="DisplayUpdate"/> finds it; empty if none will.</summary>
    public string Id { get; init; } = "";

    /// <inheritdoc/>
    public override JsonObject ToJson() =>
        new() { ["data"] = Data.ToJson(), ["metadata"] = Data.MetadataToJson(), ["output_type"] = "display_data" };
}

/// <summary>Another value in place of one that was shown before; a file stores the last in the place of the first.</summary>
/// <param name="Id">That of the <see cref="DisplayOutput"/>.</param>
/// <param name="Data">What is shown now.</param>
internal sealed record DisplayUpdate(string Id, MimeBundle Data) : CellOutput
{
    /// <inheritdoc/>
    public override JsonObject ToJson() => new DisplayOutput(Data).ToJson();
}

/// <summary>The value of the cell's last expression.</summary>
internal sealed record ResultOutput(MimeBundle Data, int ExecutionCount) : CellOutput
{
    /// <inheritdoc/>
    public override JsonObject ToJson() => new()
    {
        ["data"] = Data.ToJson(),
        ["execution_count"] = ExecutionCount,
        ["metadata"] = Data.MetadataToJson(),
        ["output_type"] = "execute_result",
    };
}

/// <summary>The error that ended the cell.</summary>
internal sealed record ErrorOutput(CellError Error) : CellOutput
{
    /// <inheritdoc/>
    public override JsonObject ToJson() => new()
    {
        ["ename"] = Error.Name,
        ["evalue"] = Error.Message,
        ["output_type"] = "error",
        ["traceback"] = new JsonArray([.. Error.Traceback.Select(line => (JsonNode)line)]),
    };
}

/// <summary>Why a cell stopped, and where.</summary>
/// <param name="Name">The exception's type, or <c>CompilationError</c>.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Cell">The cell whose code failed, such as <c>In[3]</c>.</param>
/// <param name="Line">
/// The line in that cell, from 1; 0 if it is not known: in optimised code the runtime keeps no line for an array index
/// out of range.
/// </param>
/// <param name="Traceback">Lines for the reader: place, message, and the calls in between.</param>
internal sealed record CellError(string Name, string Message, string Cell, int Line, IReadOnlyList<string> Traceback)
{
    /// <summary>Place and message in one line.</summary>
    public override string ToString() => $"{Place(Cell, Line)}: {Name}: {Message}";

    internal static string Place(string cell, int line) => line > 0 ? $"{cell}, line {line}" : cell;
}
