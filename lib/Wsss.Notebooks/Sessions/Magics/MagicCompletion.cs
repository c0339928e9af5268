namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>Completion in the lines of commands and in the texts that they take.</summary>
internal static class MagicCompletion
{
    /// <summary>Commands, or what can follow one; nothing in texts that are no C#; null if the position is in C# code.</summary>
    public static CompletionList? Find(string code, int position, SessionSnapshot state, string baseFolder)
    {
        position = Math.Clamp(position, 0, code.Length);
        int start = position == 0 ? 0 : code.LastIndexOf('\n', position - 1) + 1;
        string line = code[start..position];
        if (!line.TrimStart().StartsWith(MagicCommands.Prefix, StringComparison.Ordinal))
        {
            bool isCode = CellParts.Of(code).Last(part => part.HeadStart <= position).Command is CSharpCommand;
            return isCode ? null : new CompletionList([], position, position);
        }
        string typed = line[(line.LastIndexOfAny([' ', '\t']) + 1)..];
        IEnumerable<CompletionItem> offered = typed.StartsWith('#')
            ? MagicCommands.All.Select(command => new CompletionItem(command.Word, "Keyword", command.Help))
            : MagicCommands.Find(line)?.Arguments(state, baseFolder) ?? [];
        return new CompletionList(
            [.. offered.Where(item => item.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))], position - typed.Length, position);
    }
}
