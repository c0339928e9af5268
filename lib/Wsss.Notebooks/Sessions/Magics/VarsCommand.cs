using TorchSharp;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!vars</c>: a table of what the variables hold.</summary>
internal sealed class VarsCommand : MagicCommand
{
    public override string Word => "#!vars";

    public override string Help => "what the variables hold";

    public override CellError? Run(CellPart part, CellContext cell)
    {
        if (part.Head != Word) throw Expected($"'{Word}' alone on its line", part.Head);
        VariableRow[] rows = [.. VariableFacts.Of(cell.State).Select(VariableRow.Of)];
        string live = $"Tensors alive in this process: {torch.Tensor.TotalCount}.";
        if (rows.Length == 0)
        {
            cell.Write($"No variables yet. {live}\n");
            return null;
        }
        MimeBundle table = RecordTable.TryFormat(rows, _ => false)!;
        cell.Show((MimeBundle.Html, $"{table[MimeBundle.Html]}\n<p>{live}</p>"), (MimeBundle.Text, $"{table[MimeBundle.Text]}\n{live}"));
        return null;
    }

    /// <summary>A row of the table; the names of the properties are its head.</summary>
    private sealed record VariableRow(string Name, string Type, string Shape, string Size, string Device, string Value)
    {
        public static VariableRow Of(VariableFacts facts) => new(
            facts.IsHidden ? $"{facts.Name} (declared again later)" : facts.Name, facts.Type, facts.Shape,
            facts.Bytes is { } bytes ? VariableFacts.FormatBytes(bytes) : "", facts.Device, facts.Value);
    }
}
