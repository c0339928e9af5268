using System.CommandLine;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss help</c>: the help of any command.</summary>
internal static class HelpCommand
{
    public const string Name = "help";

    /// <summary>The command, for the commands of a program.</summary>
    public static Command Create(RootCommand root)
    {
        var path = new Argument<string[]>("COMMAND")
        {
            Description = "A command, such as run or data info.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(Name, "Explain a command, as `wsss COMMAND --help` does.") { path };
        path.CompletionSources.Add(context =>
        {
            var typed = context.ParseResult.GetResult(path)?.Tokens.Select(token => token.Value) ?? [];
            return Walk(root, typed.SkipLast(context.WordToComplete.Length == 0 ? 0 : 1)).At.Subcommands.Select(below => below.Name);
        });
        path.Validators.Add(result =>
        {
            var (at, unknown) = Walk(root, result.Tokens.Select(token => token.Value));
            if (unknown is not null)
                result.AddError(UsageError.NoCommand(at, unknown));
        });
        command.SetAction(parsed => root.Parse([.. parsed.GetValue(path) ?? [], "--help"]).Invoke());
        return command;
    }

    private static (Command At, string? Unknown) Walk(Command command, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (command.Subcommands.FirstOrDefault(below => below.Name == name) is not { } next) return (command, name);
            command = next;
        }
        return (command, null);
    }
}
