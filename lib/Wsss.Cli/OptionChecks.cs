using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wsss.Registry;

namespace Wsss.Cli;

/// <summary>Checks of arguments while they are parsed, so that a wrong one is a usage error before any work starts.</summary>
internal static class OptionChecks
{
    public static Option<int?> AtLeast(this Option<int?> option, int least, int most = int.MaxValue)
    {
        option.Validators.Add(result =>
        {
            // What is no number is refused by the parser.
            if (!int.TryParse(result.Tokens.FirstOrDefault()?.Value, CultureInfo.InvariantCulture, out int value)) return;
            if (value < least) result.AddError($"Expected {option.Name} to be at least {least}, found {value}.");
            if (value > most) result.AddError($"Expected {option.Name} to be at most {most}, found {value}.");
        });
        return option;
    }

    /// <summary>Reads a number with a point, and refuses 0,5, which the parser would take for 5 with a separator of thousands.</summary>
    public static double? Number(ArgumentResult result, double least = double.MinValue, double most = double.MaxValue)
    {
        string text = result.Tokens[0].Value, name = ((OptionResult)result.Parent!).Option.Name;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            result.AddError($"Expected {name} to be a number, found '{text}'.");
        else if (value < least || value > most)
            result.AddError(FormattableString.Invariant($"Expected {name} to be {least} to {most}, found {value}."));
        else return value;
        return null;
    }

    /// <summary>Has no option or argument that takes a name take its number, which the parser would: 7 is none of three scales.</summary>
    public static void RefuseNumbersForNames(Command command)
    {
        foreach (var option in command.Options.Where(option => IsEnum(option.ValueType)))
            option.Validators.Add(result => Refuse(option.Name, result, result.Tokens));
        foreach (var argument in command.Arguments.Where(argument => IsEnum(argument.ValueType)))
            argument.Validators.Add(result => Refuse(argument.Name, result, result.Tokens));
        foreach (var below in command.Subcommands) RefuseNumbersForNames(below);

        static bool IsEnum(Type type) => (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type).IsEnum;

        static void Refuse(string name, SymbolResult result, IReadOnlyList<Token> values)
        {
            if (values.FirstOrDefault(token => int.TryParse(token.Value, CultureInfo.InvariantCulture, out _)) is { } number)
                result.AddError($"Expected {name} to be a name, found the number '{number.Value}'. The help says which there are.");
        }
    }

    /// <summary>Accepts one of two options at most.</summary>
    /// <param name="command">The command that has both.</param>
    /// <param name="first">One of them.</param>
    /// <param name="second">The other.</param>
    /// <param name="why">What each of them says by itself, such as <c>where it goes</c>.</param>
    public static void OneAtMost(this Command command, Option first, Option second, string why) =>
        command.Validators.Add(result =>
        {
            if (result.GetResult(first) is { Implicit: false } && result.GetResult(second) is { Implicit: false })
                result.AddError($"Expected one of {first.Name} and {second.Name} at most, found both: each says {why}.");
        });

    /// <summary>Accepts these words only, and asks for the nearest.</summary>
    public static Option<string?> OneOf(this Option<string?> option, params string[] words)
    {
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Check(result, option.Name, words));
        return option;
    }

    /// <inheritdoc cref="OneOf(Option{string?}, string[])"/>
    public static void OneOf(this Argument<string> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Check(result, argument.Name, words));
    }

    private static void Check(SymbolResult result, string name, string[] words)
    {
        foreach (string word in result.Tokens.Select(token => token.Value).Except(words))
            result.AddError(
                $"Expected {name} to be one of {string.Join(", ", words)}; found '{word}'. {NearNames.Question(words, word)}".TrimEnd()
            );
    }

    /// <summary>Accepts names of a family's members only.</summary>
    public static Option<string?> MemberOf<T>(this Option<string?> option)
    {
        var family = Family.Of<T>();
        option.CompletionSources.Add([.. family.Names]);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                try { family.Find(token.Value); }
                catch (RecipeException error) { result.AddError(error.Message); }
            }
        });
        return option;
    }
}
