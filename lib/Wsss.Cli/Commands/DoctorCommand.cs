using System.CommandLine;
using Wsss.Evaluation;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss doctor</c>: is this machine ready?</summary>
internal static class DoctorCommand
{
    private const string Lesson =
        """
        What it does:
          Looks at everything that the other commands need. 'missing' is essential and makes the exit code 1; 'note' is
          worth knowing. Each comes with what to do about it.

        Examples:
          wsss doctor
          wsss doctor --store /big/disk/wsss --json
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("doctor", "Check this machine: .NET, libtorch, devices, image files, weights, disk.", Lesson);
        command.Options.Add(options.Store);
        command.Options.Add(options.Json);
        command.SetAction(parsed =>
        {
            var findings = Doctor.Examine(RunContext.StoreAt(parsed.GetValue(options.Store)));
            options.Print(parsed, findings, ToText);
            return findings.Any(finding => finding.State == FindingState.Missing) ? ExitCode.Error : ExitCode.Done;
        });
        return command;
    }

    private static string ToText(IReadOnlyList<Finding> findings)
    {
        string table = new Table(
            ["what", "state", "found"],
            [
                .. findings.Select(finding =>
                    (IReadOnlyList<string>)[finding.What, finding.State.ToString().ToLowerInvariant(), finding.Found]
                ),
            ]
        ).ToString();
        return table
            + string.Concat(findings.Where(finding => finding.Fix is not null).Select(finding => $"\n{finding.What}: {finding.Fix}"));
    }
}
