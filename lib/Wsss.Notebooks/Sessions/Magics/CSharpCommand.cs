using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!csharp</c>: C# code again, after text of another kind; also what a cell without any command is.</summary>
internal sealed class CSharpCommand : MagicCommand
{
    private CSharpCommand() { }

    public static CSharpCommand Instance { get; } = new();

    public override string Word => "#!csharp";

    public override string Help => "the text below is C# again";

    public override bool TakesText => true;

    public override CellError? Run(CellPart part, CellContext cell) =>
        string.IsNullOrWhiteSpace(part.Text) ? null : cell.RunCode(part.Code);
}
