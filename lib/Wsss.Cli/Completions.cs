using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary>
/// What a shell offers for an unfinished line. Its script calls <c>wsss [suggest] 'the line behind wsss, up to the cursor'</c>, which
/// prints a word per line.
/// </summary>
internal static class Completions
{
    // By the name of an option or argument: names that may stand there, beside others.
    private static readonly Dictionary<string, Func<IEnumerable<string>>> Names = new()
    {
        ["--technique"] = () => Family.Of<Technique>().Names,
        ["--method"] = () => Family.Of<MapExtractor>().Names,
        ["--refinement"] = () => Family.Of<MapRefinement>().Names,
        ["--data"] = () => Family.Of<DataSet>().Names,
        ["--backbone"] = () => Family.Of<BackboneDesign>().Names,
        ["--device"] = () => ["auto", "cpu", "cuda"],
        ["grid"] = () => Family.Of<ReadyGrid>().Names,
    };

    /// <summary>Lets all commands complete names, and the program answer its scripts.</summary>
    public static void Extend(RootCommand root)
    {
        AddNames(root);
        root.Directives.OfType<SuggestDirective>().Single().Action = new Suggest(root);
    }

    private static void AddNames(Command command)
    {
        foreach (var option in command.Options)
        {
            AddNames(option.Name, option.ValueType, option.CompletionSources);
            // The help would list the names in place of the value, where the description tells them already.
            if (Names.ContainsKey(option.Name)) option.HelpName ??= option.Name.TrimStart('-');
        }
        foreach (var argument in command.Arguments)
        {
            AddNames(argument.Name, argument.ValueType, argument.CompletionSources);
            argument.HelpName ??= argument.Name;
        }
        foreach (var below in command.Subcommands) AddNames(below);
    }

    private static void AddNames(string name, Type type, List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources)
    {
        if (Names.TryGetValue(name, out var names)) sources.Add(_ => names().Select(text => new CompletionItem(text)));
        if (!type.IsEnum) return;
        // As they stand in the help.
        sources.Clear();
        sources.Add(_ => Enum.GetNames(type).Select(text => new CompletionItem(text.ToLowerInvariant())));
    }

    private sealed class Suggest(RootCommand root) : SynchronousCommandLineAction
    {
        // The line is one word to the parser, which knows no such command.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            string line = parsed.Tokens.Count > 1 ? parsed.Tokens[1].Value.TrimStart() : "";
            foreach (string word in Words(root.Parse(line))) parsed.InvocationConfiguration.Output.WriteLine(word);
            return ExitCode.Done;
        }

        private static IEnumerable<string> Words(ParseResult unfinished)
        {
            var context = unfinished.GetCompletionContext();
            string begun = context.WordToComplete;
            var command = unfinished.CommandResult.Command;
            // The parser would go on with an option's values where one may be given again.
            var awaiting = Awaiting(command, unfinished.Tokens.SkipLast(begun.Length == 0 ? 0 : 1).LastOrDefault());
            // Where an argument stands, no answer lets the shell offer files.
            bool argument = begun.Length == 0 && command.Arguments.Count + command.Subcommands.Count > 0;
            return (awaiting ?? (Symbol)command)
                .GetCompletions(context)
                .Select(item => item.Label)
                .Distinct()
                .Where(word =>
                    word.StartsWith(begun, StringComparison.OrdinalIgnoreCase) && !IsShort(word) && !(argument && word[0] == '-')
                );
        }

        /// <summary>The option that a word is the value of; null if it is none's.</summary>
        private static Option? Awaiting(Command command, Token? before) =>
            before?.Type != TokenType.Option
                ? null
                : UsageError
                    .OptionsOf(command)
                    .FirstOrDefault(option =>
                        option.Arity.MinimumNumberOfValues > 0 && (option.Name == before.Value || option.Aliases.Contains(before.Value))
                    );

        private static bool IsShort(string word) => word[0] == '/' || (word[0] == '-' && !word.StartsWith("--", StringComparison.Ordinal));
    }
}
