using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>A cell that runs, or a file that it imports, as commands see it.</summary>
/// <param name="scripts">Runs its code.</param>
/// <param name="name">What errors call it.</param>
/// <param name="number">The number of the cell.</param>
/// <param name="imports">Full paths of the files that are being imported, outermost first.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class CellContext(
    CellScripts scripts, string name, int number, IReadOnlyList<string> imports, CancellationToken cancellationToken)
{
    /// <summary>What the cells so far have left.</summary>
    public ScriptState State => scripts.State;

    /// <summary>What <see cref="ValueCommand"/> keeps, by name.</summary>
    public IDictionary<string, string> Values => scripts.Values;

    /// <summary>Full paths of the files that are being imported, outermost first.</summary>
    public IReadOnlyList<string> Imports => imports;

    /// <summary>A file's full path; relative ones start at the notebook's folder.</summary>
    public string PathOf(string file) => Path.GetFullPath(file, scripts.BaseFolder);

    /// <summary>Shows a value, richest representation first.</summary>
    public void Show(params IEnumerable<(string Mime, string Content)> value) => scripts.Emit(new DisplayOutput(MimeBundle.Of(value)));

    /// <summary>Writes text.</summary>
    public void Write(string text) => scripts.Emit(new StreamOutput("stdout", text));

    /// <summary>Compiles and runs C# code that has no commands in it.</summary>
    public CellError? RunCode(string code) => scripts.Run(code, name, number, cancellationToken);

    /// <summary>A file whose text runs in this cell.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="called">What errors call it.</param>
    public CellContext Import(string path, string called) => new(scripts, called, number, [.. imports, path], cancellationToken);

    /// <summary>Runs a cell's text, commands and code, part by part until one fails.</summary>
    public CellError? RunCell(string cell)
    {
        foreach (CellPart part in CellParts.Of(cell))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Run(part) is { } error) return error;
        }
        return null;
    }

    private CellError? Run(CellPart part)
    {
        try
        {
            return part.Command.Run(part, this);
        }
        catch (WsssException error)
        {
            return new CellError("CommandError", error.Message, name, part.Line, [$"{CellError.Place(name, part.Line)}: {error.Message}"]);
        }
        finally
        {
            scripts.TakeSnapshot();
        }
    }
}
