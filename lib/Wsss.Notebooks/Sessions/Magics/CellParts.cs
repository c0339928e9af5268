using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>
/// Divides a cell at its commands. The parts run one after another. A line that begins with a command's word ends the text above it; in C#
/// only if the code above it is whole, so that it stays what it is within a text of several lines.
/// </summary>
internal static class CellParts
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);
    private static readonly UnknownCommand Unknown = new();

    /// <summary>The parts of a cell, first to last; C# code may be empty.</summary>
    public static IReadOnlyList<CellPart> Of(string cell)
    {
        var parts = new List<CellPart>();
        var open = new CellPart(CSharpCommand.Instance, cell, 1, "", 0, 0, cell.Length);
        int start = 0;
        for (int line = 1; start < cell.Length; line++)
        {
            int end = cell.IndexOf('\n', start) is var found && found < 0 ? cell.Length : found;
            if (CommandIn(cell, start, end, open) is { } command)
            {
                parts.Add(open with { End = start });
                int next = Math.Min(end + 1, cell.Length);
                var part = new CellPart(command, cell, line, cell[start..end].Trim(), start, next, cell.Length);
                if (command.TakesText)
                {
                    open = part;
                }
                else
                {
                    parts.Add(part with { End = next });
                    open = new CellPart(CSharpCommand.Instance, cell, line + 1, "", next, next, cell.Length);
                }
            }
            start = end + 1;
        }
        parts.Add(open);
        return parts;
    }

    /// <summary>The cell's C# code; blanks stand for everything else, so that all positions stay what they were.</summary>
    public static string CodeOf(string cell) => Blank(cell, Of(cell).Where(part => part.Command is CSharpCommand));

    /// <summary>A cell in which blanks stand for everything but the text of some parts.</summary>
    public static string Blank(string cell, IEnumerable<CellPart> kept)
    {
        char[] code = [.. cell.Select(c => c is '\n' or '\r' ? c : ' ')];
        foreach (CellPart part in kept) cell.CopyTo(part.TextStart, code, part.TextStart, part.End - part.TextStart);
        return new string(code);
    }

    private static MagicCommand? CommandIn(string cell, int start, int end, CellPart open)
    {
        string line = cell[start..end].TrimStart();
        if (!line.StartsWith(MagicCommands.Prefix, StringComparison.Ordinal)) return null;
        string above = cell[open.TextStart..start];
        bool isCode = open.Command is CSharpCommand;
        if (isCode && !SyntaxFactory.IsCompleteSubmission(CSharpSyntaxTree.ParseText(above, Parsing))) return null;
        return MagicCommands.Find(line) ?? (isCode && string.IsNullOrWhiteSpace(above) ? Unknown : null);
    }
}
