using System.CommandLine;

namespace Wsss.Cli;

/// <summary>Checks of arguments while they are parsed, so that a wrong one is a usage error before any work starts.</summary>
internal static class OptionChecks
{
    public static Option<int?> AtLeast(this Option<int?> option, int least)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < least) result.AddError($"Expected {option.Name} to be at least {least}.");
        });
        return option;
    }
}
