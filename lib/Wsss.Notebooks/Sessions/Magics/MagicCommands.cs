namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>The commands that there are.</summary>
internal static class MagicCommands
{
    public const string Prefix = "#!";

    /// <summary>In the order in which they are offered.</summary>
    public static IReadOnlyList<MagicCommand> All { get; } =
    [
        new VarsCommand(), new FreeCommand(), new HtmlCommand(), new MarkdownCommand(), new JavaScriptCommand(), CSharpCommand.Instance,
        new ValueCommand(), new SetCommand(), new ImportCommand(),
    ];

    /// <summary>The command with whose word a line begins; null if it begins with none.</summary>
    public static MagicCommand? Find(string line)
    {
        string word = string.Concat(line.Trim().TakeWhile(c => !char.IsWhiteSpace(c)));
        return All.FirstOrDefault(command => command.Word == word);
    }
}
