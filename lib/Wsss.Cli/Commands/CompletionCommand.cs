using System.CommandLine;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss completion</c>: what shells need to complete commands, options and names.</summary>
internal static class CompletionCommand
{
    private const string Lesson =
        """
        What it does:
          Prints a script that lets a shell complete commands, options, and the names of techniques, extractors, refinements, backbones
          and data sets. The program is called wsss and is found on the PATH.

        Examples:
          source <(wsss completion bash)                                  in ~/.bashrc
          source <(wsss completion zsh)                                   in ~/.zshrc, below compinit
          wsss completion fish > ~/.config/fish/completions/wsss.fish
          wsss completion pwsh | Out-String | Invoke-Expression           in $PROFILE
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = $"{string.Join(", ", CompletionScripts.ByShell.Keys)}." };
        shell.OneOf([.. CompletionScripts.ByShell.Keys]);
        var command = new TaughtCommand("completion", "Print a script that lets a shell complete commands, options and names.", Lesson)
        {
            shell,
        };
        command.SetAction(parsed => Console.WriteLine(CompletionScripts.ByShell[parsed.GetValue(shell)!]));
        return command;
    }
}
