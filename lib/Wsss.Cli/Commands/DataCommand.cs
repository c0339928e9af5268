using System.CommandLine;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data</c>: make, fetch and look at data sets.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "Draw the built-in data set, fetch PASCAL VOC 2012, or look at a data set and check it.")
    {
        DataDrawCommand.Create(),
        DataFetchCommand.Create(),
        DataInfoCommand.Create(),
        DataCheckCommand.Create(),
    };
}
