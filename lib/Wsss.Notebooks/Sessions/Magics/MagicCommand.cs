using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>
/// A word after <c>#!</c> that a cell's line begins with, and what comes of it. A new one is a file here and a line in
/// <see cref="MagicCommands"/>.
/// </summary>
internal abstract class MagicCommand
{
    /// <summary>The word, with <c>#!</c>.</summary>
    public abstract string Word { get; }

    /// <summary>What it does, in a few words; shown beside its completion.</summary>
    public abstract string Help { get; }

    /// <summary>Whether the text below the line, down to the next command, is the command's rather than C# code.</summary>
    public virtual bool TakesText => false;

    /// <summary>What can follow the word.</summary>
    public virtual IEnumerable<CompletionItem> Arguments(SessionSnapshot state, string baseFolder) => [];

    /// <summary>Runs it on the session's thread.</summary>
    /// <param name="part">The line, and the text that is the command's.</param>
    /// <param name="cell">The cell that it stands in.</param>
    /// <returns>The error of code that the command ran; null if there was none.</returns>
    /// <exception cref="WsssException">The command cannot be followed.</exception>
    public abstract CellError? Run(CellPart part, CellContext cell);

    /// <summary>A line that the command does not know.</summary>
    protected static NotebookException Expected(string what, string found) => new($"Expected {what}, found '{found}'.");
}
