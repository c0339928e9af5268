using System.CommandLine;
using System.Globalization;
using Wsss.Registry;

namespace Wsss.Cli;

/// <summary>Checks of arguments while they are parsed, so that a wrong one is a usage error before any work starts.</summary>
internal static class OptionChecks
{
    public static Option<int?> AtLeast(this Option<int?> option, int least)
    {
        option.Validators.Add(result =>
        {
            // What is no number is refused by the parser.
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, CultureInfo.InvariantCulture, out int value) && value < least) result.AddError($"Expected {option.Name} to be at least {least}, found {value}.");
        });
        return option;
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
