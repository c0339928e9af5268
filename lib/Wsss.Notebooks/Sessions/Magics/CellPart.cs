namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>A stretch of a cell: a command's line with the text that it takes, or C# code.</summary>
/// <param name="Command">Runs it.</param>
/// <param name="Cell">The whole cell.</param>
/// <param name="Line">The command's line, from 1.</param>
/// <param name="Head">The command's line without blanks around it; empty for C# code that no command stands before.</param>
/// <param name="HeadStart">Where that line begins.</param>
/// <param name="TextStart">Where the text that the command takes begins, in UTF-16 units from the cell's start.</param>
/// <param name="End">One past the part's end.</param>
internal sealed record CellPart(MagicCommand Command, string Cell, int Line, string Head, int HeadStart, int TextStart, int End)
{
    /// <summary>The text that the command takes, without the line feed at its end.</summary>
    public string Text => Cell[TextStart..(End > TextStart && Cell[End - 1] == '\n' ? End - 1 : End)];

    /// <summary>The cell in which blanks stand for the other parts, so that all positions stay what they were.</summary>
    public string Code => CellParts.Blank(Cell, [this]);
}
