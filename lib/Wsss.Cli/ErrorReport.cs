using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Wsss.Cli;

/// <summary>Says in one line why a command ended.</summary>
/// <param name="output">Standard error.</param>
internal sealed partial class ErrorReport(TextWriter output)
{
    // A message may name what stands in a file.
    private const int Longest = 2000;

    /// <summary>Prints a line that begins with the program's name.</summary>
    public void Write(string message) => output.WriteLine("wsss: " + PlainText.Shown(LineBreaks().Replace(message.Trim(), " "), Longest));

    /// <summary>Prints what was thrown.</summary>
    /// <param name="thrown">What ended the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="interrupted">Whether somebody asked for the end.</param>
    /// <param name="verbose">Whether to print too where it came from.</param>
    /// <returns>The exit code.</returns>
    public int Write(Exception thrown, Command command, bool interrupted, bool verbose)
    {
        var cause = CauseOf(thrown);
        if (interrupted && cause is OperationCanceledException)
        {
            output.WriteLine(
                "Interrupted. Finished results are kept; the same command goes on from the last checkpoint, with --resume where it has "
                    + "that option."
            );
            return ExitCode.Interrupted;
        }
        Write(
            cause switch
            {
                WsssException known => $"{known.Message} {Hints.For(known.Remedy, command)}",
                _ when TorchRuntime.IsOutOfMemory(cause) =>
                    $"The memory does not suffice: {FirstLine(cause)} {Hints.For(Remedy.UseLessMemory, command)}",
                IOException => $"{cause.Message} Files that were being written are left as they were before.",
                UnauthorizedAccessException => cause.Message,
                _ => $"An error that should not happen, {cause.GetType().Name}: {FirstLine(cause)} {Details(thrown)}",
            }
        );
        if (verbose)
            output.WriteLine(thrown);
        return ExitCode.Error;
    }

    /// <summary>
    /// What lies inside the wrappings of tasks and reflection; of several errors, one that says more than that work was called off.
    /// </summary>
    private static Exception CauseOf(Exception error) => error switch
    {
        AggregateException { InnerExceptions: { Count: > 0 } several } =>
            several.Select(CauseOf).OrderBy(cause => cause is OperationCanceledException).First(),
        TargetInvocationException or TypeInitializationException when error.InnerException is { } inner => CauseOf(inner),
        _ => error,
    };

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd().TrimEnd('.') + ".";

    /// <summary>Writes what somebody who mends it needs, and says where.</summary>
    private static string Details(Exception error)
    {
        string path = Path.Combine(Path.GetTempPath(), $"wsss-error-{DateTime.Now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt");
        try
        {
            AtomicFile.WriteText(path,
                $"""
                wsss {Provenance.LibraryVersion}
                {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}
                {CommandLine.Text()}

                {error}

                """);
            return $"Please report it with the details in {path}.";
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return "Please report it with what the same command prints with --verbose.";
        }
    }

    [GeneratedRegex(@"[\r\n\t]+\s*")]
    private static partial Regex LineBreaks();
}
