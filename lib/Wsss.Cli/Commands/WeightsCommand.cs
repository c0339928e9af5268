using System.CommandLine;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss weights</c>: look into weight files and convert them.</summary>
internal static class WeightsCommand
{
    public static Command Create() => new("weights", "Look into a weight file and see what it fits, or convert it to safetensors.")
    {
        WeightsInspectCommand.Create(),
        WeightsConvertCommand.Create(),
    };
}
