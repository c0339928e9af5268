using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>A line that looks like a command and is none.</summary>
internal sealed class UnknownCommand : MagicCommand
{
    public override string Word => "";

    public override string Help => "";

    public override CellError? Run(CellPart part, CellContext cell) => throw new NotebookException(
        $"Expected one of {string.Join(", ", MagicCommands.All.Select(command => command.Word))}, found '{part.Head}'. " +
        "The session has no other commands; C#'s own lines begin with '#r' or '#load'.");
}
