using System.CommandLine;
using Wsss.Data;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data check</c>: what is wrong with a data set, or may be, file by file.</summary>
internal static class DataCheckCommand
{
    private const string Lesson =
        """
        What it does:
          Reads every image and mask of a data set and prints a line for each thing that a person should know: how much it
          matters, the file, what was found, what to do. The exit code is 1 if there is an error.
            error    the data cannot be used, or results would be wrong
            warning  results may be wrong: images that every class shows, masks on photographs that EXIF turns, …
            note     how something was read that can be read in several ways

        Examples:
          wsss data check --data my-photographs
          wsss data check --data my-photographs --json
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("check", "Find what is wrong with a data set, or may be, file by file.", Lesson);
        options.AddDataOptions(command);
        command.Options.Add(options.Json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var findings = ProgressDisplay.Run(progress =>
                    DataCheck.Of(options.DataSet(parsed), options.Context(parsed, progress, cancellation))
                );
                options.Print(parsed, findings, ToText);
                bool failed = findings.Any(finding => finding.Severity == FindingSeverity.Error);
                return Task.FromResult(failed ? ExitCode.Error : ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>A line for each finding; shared with what else lists findings.</summary>
    public static string Lines(IEnumerable<DataFinding> findings) =>
        string.Concat(findings.Select(finding => $"{finding.Severity.ToString().ToLowerInvariant()}  {finding.File}  {finding}\n"));

    private static string ToText(IReadOnlyList<DataFinding> findings) => findings.Count == 0
        ? "Nothing to say: every image and mask can be read and fits."
        : Lines(findings);
}
