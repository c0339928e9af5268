using Microsoft.CodeAnalysis.Scripting;
using TorchSharp;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Lines at a cell's head that speak to the session: <c>#!vars</c> shows what its variables hold, <c>#!free NAME …</c> lets go of it.
/// They run in order, before the cell's code is compiled.
/// </summary>
internal static class CellCommands
{
    public const string Vars = "#!vars";
    public const string Free = "#!free";
    private const string Prefix = "#!";

    /// <summary>Takes the commands out of a cell.</summary>
    /// <returns>
    /// The commands with their lines, from 1; and the cell in which blanks stand for them, so that all positions stay what they were.
    /// </returns>
    public static (IReadOnlyList<(int Line, string Text)> Commands, string Code) Split(string cell)
    {
        var commands = new List<(int, string)>();
        char[] code = cell.ToCharArray();
        int start = 0;
        for (int line = 1; start < cell.Length; line++)
        {
            int end = cell.IndexOf('\n', start) is var found && found < 0 ? cell.Length : found;
            string text = cell[start..end].Trim();
            if (text.StartsWith(Prefix, StringComparison.Ordinal))
            {
                commands.Add((line, text));
                Array.Fill(code, ' ', start, end - start);
            }
            else if (text.Length > 0)
            {
                break;
            }
            start = end + 1;
        }
        return (commands, commands.Count == 0 ? cell : new string(code));
    }

    /// <summary>Runs one command on the session's thread.</summary>
    /// <param name="command">The line.</param>
    /// <param name="state">Null before the first cell.</param>
    /// <exception cref="NotebookException">There is no such command, or no such variable.</exception>
    public static CellOutput Run(string command, ScriptState? state)
    {
        string[] words = command.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [Vars] => Table(state),
            [Free, _, ..] => new StreamOutput("stdout", string.Concat(words[1..].Select(name => Release(name, state) + "\n"))),
            _ => throw new NotebookException(
                $"Expected '{Vars}' or '{Free} NAME', found '{command}'. The session has no other commands; C#'s own lines begin with " +
                "'#r' or '#load'."),
        };
    }

    private static CellOutput Table(ScriptState? state)
    {
        VariableRow[] rows = state is null ? [] : [.. VariableFacts.Of(state).Select(VariableRow.Of)];
        string live = $"Tensors alive in this process: {torch.Tensor.TotalCount}.";
        if (rows.Length == 0) return new StreamOutput("stdout", $"No variables yet. {live}\n");
        MimeBundle table = RecordTable.TryFormat(rows, _ => false)!;
        return new DisplayOutput(MimeBundle.Of(
            (MimeBundle.Html, $"{table[MimeBundle.Html]}\n<p>{live}</p>"), (MimeBundle.Text, $"{table[MimeBundle.Text]}\n{live}")));
    }

    /// <summary>
    /// Disposes what every variable of that name holds, hidden ones too, and sets them to their type's default. A value that another
    /// variable holds as well is left alive.
    /// </summary>
    private static string Release(string name, ScriptState? state)
    {
        ScriptVariable[] named = [.. (state?.Variables ?? []).Where(variable => variable.Name == name)];
        if (named.Length == 0)
        {
            string[] known = [.. (state?.Variables ?? []).Select(variable => variable.Name).Distinct()];
            throw new NotebookException(
                $"Expected '{Free}' to name a variable of the session, found '{name}'. " +
                (known.Length == 0 ? "There are none yet." : $"It has {string.Join(", ", known)}."));
        }
        var reports = new List<string>();
        foreach (ScriptVariable variable in named)
        {
            object? value = variable.Value;
            if (value is null) continue;
            long bytes = VariableFacts.TensorsIn(value).Where(tensor => !tensor.IsInvalid)
                .Sum(tensor => tensor.numel() * tensor.element_size());
            string? other = state!.Variables.FirstOrDefault(each => each.Name != name && ReferenceEquals(each.Value, value))?.Name;
            if (!variable.IsReadOnly) variable.Value = null;
            if (other is null) Dispose(value);
            string size = bytes > 0 ? $" ({VariableFacts.FormatBytes(bytes)})" : "";
            reports.Add(other is null ? $"{name}: freed{size}." : $"{name}: let go; '{other}' holds the same value{size}, which stays.");
        }
        return reports.Count == 0 ? $"{name}: held nothing." : string.Join("\n", reports);
    }

    private static void Dispose(object value)
    {
        if (value is IDisposable disposable) disposable.Dispose();
        else
            foreach (torch.Tensor tensor in VariableFacts.TensorsIn(value)) tensor.Dispose();
    }

    /// <summary>A row of the table; the names of the properties are its head.</summary>
    private sealed record VariableRow(string Name, string Type, string Shape, string Size, string Device, string Value)
    {
        public static VariableRow Of(VariableFacts facts) => new(
            facts.IsHidden ? $"{facts.Name} (declared again later)" : facts.Name, facts.Type, facts.Shape,
            facts.Bytes is { } bytes ? VariableFacts.FormatBytes(bytes) : "", facts.Device, facts.Value);
    }
}
