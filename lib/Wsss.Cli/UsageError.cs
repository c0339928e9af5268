using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Wsss.Cli.Commands;
using Wsss.Registry;

namespace Wsss.Cli;

/// <summary>What is wrong with the arguments of a command, in one line.</summary>
internal static class UsageError
{
    // Checks of our own say everything; what the parser says is said anew, as people read it.
    private const string OwnMessage = "Expected ";

    /// <summary>The first thing that is wrong, how many more there are, and where help is; null if all is well.</summary>
    public static string? Of(ParseResult parsed)
    {
        string[] swallowed = [.. Swallowed(parsed)];
        if (parsed.Errors.Count == 0 && swallowed.Length == 0)
            return null;
        var command = parsed.CommandResult.Command;
        string[] complaints = [.. Complaints(parsed, command, swallowed)];
        string more = complaints.Length > 1 ? $" (and {complaints.Length - 1} more)" : "";
        string help =
            command is RootCommand || command.Name == HelpCommand.Name ? "wsss help" : PathOf(command).Replace("wsss ", "wsss help ");
        return $"{complaints[0].TrimEnd()}{more} `{help}` says more.";
    }

    /// <summary>That a command has no such command below it.</summary>
    /// <param name="group">The command.</param>
    /// <param name="found">What was typed; null if nothing.</param>
    public static string NoCommand(Command group, string? found)
    {
        string[] names = [.. group.Subcommands.Where(command => !command.Hidden).Select(command => command.Name)];
        string question = found is null ? "" : " " + NearNames.Question(names, found);
        return $"{OwnMessage}a command of `{PathOf(group)}`, one of {string.Join(", ", names)}; found "
            + $"{(found is null ? "nothing" : $"'{found}'")}.{question}";
    }

    /// <summary>What a command takes: its own options and those of every command.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive));

    private static IEnumerable<string> Complaints(ParseResult parsed, Command command, string[] swallowed)
    {
        bool isGroup = command.Action is null && command.Subcommands.Count > 0;
        var unknown = parsed.UnmatchedTokens;
        if (isGroup && !unknown.Any(IsOption))
            yield return NoCommand(command, unknown.Count > 0 ? unknown[0] : null);
        for (int i = 0; i < unknown.Count; i++)
        {
            if (IsOption(unknown[i]))
                yield return NoOption(command, unknown[i]);
            // What stands behind an unknown option is its value.
            else if (!isGroup && (i == 0 || !IsOption(unknown[i - 1])))
                yield return $"{OwnMessage}no more arguments of `{PathOf(command)}`, found '{unknown[i]}'.";
        }
        foreach (string option in swallowed)
            yield return NoOption(command, option);
        foreach (var error in parsed.Errors)
        {
            // Of an unknown or missing command or option the parser complains at a command, of which that is said already.
            bool isSaid = (error.SymbolResult is CommandResult && !error.Message.StartsWith(OwnMessage, StringComparison.Ordinal))
                || swallowed.Any(option => error.Message.Contains($"'{option}'", StringComparison.Ordinal));
            if (!isSaid)
                yield return Words(error, command);
        }
    }

    /// <summary>
    /// Unknown options that the parser took for a value of what stands before them: none of our values looks so. As of the parser's own
    /// errors, nothing is said of them where help is asked for.
    /// </summary>
    private static IEnumerable<string> Swallowed(ParseResult parsed) =>
        parsed.Action is { ClearsParseErrors: true } || parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? []
            : parsed.CommandResult.Children.SelectMany(part => part.Tokens).Select(token => token.Value).Where(IsOption);

    private static string NoOption(Command command, string found)
    {
        string name = found.Split('=', ':')[0];
        return $"{OwnMessage}an option of `{PathOf(command)}`, found '{name}'. "
            + $"{NearNames.Question(OptionsOf(command).Select(option => option.Name), name)}";
    }

    private static string Words(ParseError error, Command command)
    {
        if (error.Message.StartsWith(OwnMessage, StringComparison.Ordinal))
            return error.Message;
        return error.SymbolResult switch
        {
            OptionResult { IdentifierToken: null, Option: var option } =>
                $"{OwnMessage}{option.Name} with `{PathOf(command)}`, found none: {Lower(option.Description)}",
            OptionResult { Tokens: [], Option.Name: var name } => $"{OwnMessage}a value for {name}, found none.",
            OptionResult { Tokens: var tokens, Option: var option } when Wrong(tokens, error) is { } found =>
                Mistyped(option.Name, option.ValueType, option, found),
            ArgumentResult { Tokens: [], Argument: var argument } =>
                $"{OwnMessage}{argument.Name} with `{PathOf(command)}`, found none: {Lower(argument.Description)}",
            ArgumentResult { Tokens: var tokens, Argument: var argument } when Wrong(tokens, error) is { } found =>
                Mistyped(argument.Name, argument.ValueType, argument, found),
            _ => error.Message,
        };
    }

    /// <summary>Which value an error is about: of several the one that the parser quotes, null where it quotes none.</summary>
    private static string? Wrong(IReadOnlyList<Token> values, ParseError error) => values is [var only]
        ? only.Value
        : values.FirstOrDefault(token => error.Message.Contains($"'{token.Value}'", StringComparison.Ordinal))?.Value;

    private static string Mistyped(string name, Type type, Symbol symbol, string found)
    {
        string[] choices = [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        if (choices.Length > 0)
            return $"{OwnMessage}{name} to be one of {string.Join(", ", choices)}; found '{found}'. {NearNames.Question(choices, found)}";
        type = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        string kind =
            type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(float) || type == typeof(double) ? "a number"
            : $"a {type.Name}";
        return $"{OwnMessage}{name} to be {kind}, found '{found}'.";
    }

    /// <summary>A command as it is typed: <c>wsss data info</c>.</summary>
    private static string PathOf(Command command) =>
        command is RootCommand ? "wsss" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static string Lower(string? description) =>
        description is { Length: > 1 } && char.IsLower(description[1])
            ? char.ToLowerInvariant(description[0]) + description[1..]
            : description ?? "";
}
