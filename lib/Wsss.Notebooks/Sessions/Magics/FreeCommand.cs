using Microsoft.CodeAnalysis.Scripting;
using TorchSharp;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!free NAME …</c>: lets go of what variables hold.</summary>
internal sealed class FreeCommand : MagicCommand
{
    /// <summary>For messages that advise it.</summary>
    public const string Name = "#!free";

    public override string Word => Name;

    public override string Help => "NAME: lets go of what it holds";

    public override IEnumerable<CompletionItem> Arguments(SessionSnapshot state, string baseFolder) =>
        state.Variables.Where(facts => !facts.IsHidden).Select(facts => new CompletionItem(facts.Name, "Field", facts.Describe()));

    public override CellError? Run(CellPart part, CellContext cell)
    {
        string[] names = part.Head.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries)[1..];
        if (names.Length == 0) throw Expected($"'{Word} NAME'", part.Head);
        cell.Write(string.Concat(names.Select(name => Release(name, cell.State) + "\n")));
        return null;
    }

    /// <summary>
    /// Disposes what every variable of that name holds, hidden ones too, and sets them to their type's default. A value that another
    /// variable holds as well is left alive.
    /// </summary>
    private string Release(string name, ScriptState state)
    {
        var reports = new List<string>();
        foreach (ScriptVariable variable in SessionVariables.Require(name, state, Word))
        {
            object? value = variable.Value;
            if (value is null) continue;
            long bytes = VariableFacts.TensorsIn(value).Where(tensor => !tensor.IsInvalid)
                .Sum(tensor => tensor.numel() * tensor.element_size());
            string? other = state.Variables.FirstOrDefault(each => each.Name != name && ReferenceEquals(each.Value, value))?.Name;
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
}
