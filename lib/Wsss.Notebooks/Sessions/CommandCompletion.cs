namespace Wsss.Notebooks.Sessions;

/// <summary>Completion in the lines of <see cref="CellCommands"/>.</summary>
internal static class CommandCompletion
{
    /// <summary>Commands, or names of variables after <c>#!free</c>; null if the position is in no such line.</summary>
    public static CompletionList? Find(string code, int position, SessionSnapshot state)
    {
        position = Math.Clamp(position, 0, code.Length);
        string line = code[(code.LastIndexOf('\n', Math.Max(position - 1, 0), Math.Min(position, code.Length)) + 1)..position];
        if (!line.TrimStart().StartsWith("#!", StringComparison.Ordinal)) return null;
        string typed = line[(line.LastIndexOf(' ') + 1)..];
        IEnumerable<CompletionItem> offered = typed.StartsWith('#')
            ?
            [
                new(CellCommands.Vars, "Keyword", "what the variables hold"),
                new(CellCommands.Free, "Keyword", "NAME: lets go of what it holds"),
            ]
            : state.Variables.Where(facts => !facts.IsHidden).Select(facts => new CompletionItem(facts.Name, "Field", facts.Describe()));
        return new CompletionList(
            [.. offered.Where(item => item.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))], position - typed.Length, position);
    }
}
