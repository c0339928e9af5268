namespace Wsss.Cli;

/// <summary>What was typed.</summary>
internal static class CommandLine
{
    /// <summary>The command as it can be typed again in a POSIX shell.</summary>
    public static string Text() => string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(Quoted).Prepend("wsss"));

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@+".Contains(c))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
