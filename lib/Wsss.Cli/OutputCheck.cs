using System.CommandLine;

namespace Wsss.Cli;

/// <summary>
/// Keeps a command from filling the folder that it reads: an end half-way would leave neither what was there nor the result.
/// </summary>
internal static class OutputCheck
{
    /// <summary>Refuses one folder for both.</summary>
    /// <param name="output">The option that says what is filled.</param>
    /// <param name="filled">The folder that is filled.</param>
    /// <param name="input">The option that says what is read.</param>
    /// <param name="read">The folder that is read.</param>
    /// <exception cref="WsssException">They are one.</exception>
    public static void RequireAnother(Option output, string filled, Option input, string read)
    {
        if (InputFolder.IsSame(filled, read))
            throw new WsssException(
                $"Expected {output.Name} to be another folder than {input.Name}, which is read meanwhile, found '{filled}' for both. "
                    + "Give a new folder.");
    }
}
