using System.CommandLine;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data</c>: make and look at data sets.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "Draw the built-in data set, or look at one and check it.")
    {
        DataDrawCommand.Create(),
        DataInfoCommand.Create(),
    };
}
