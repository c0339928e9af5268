using System.CommandLine;
using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data info</c>: what a data set holds, and whether all of it can be read.</summary>
internal static class DataInfoCommand
{
    private const int SizesShown = 3;
    private const int FingerprintShown = 16;

    private const string Lesson =
        """
        What it does:
          Reads every image and mask of a data set and prints what each split holds. All problems are listed with their
          files (broken or missing images, masks of another size, labels outside the class list), and the exit code is 1 if
          there are any. Worth a minute before training on your own photographs.

        Examples:
          wsss data info --data VOC2012
          wsss data info --data my-photographs --json
          wsss data info --scale quick
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("info", "Count what a data set holds and check that all of it can be read.", Lesson);
        options.AddDataOptions(command);
        command.Options.Add(options.Json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var report = ProgressDisplay.Run(progress =>
                    DataSetReport.Of(options.DataSet(parsed), options.Context(parsed, progress, cancellation))
                );
                options.Print(parsed, report, ToText);
                return Task.FromResult(report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Error);
            }
        );
        return command;
    }

    private static string ToText(DataSetReport report)
    {
        string tables = report.Splits.Count == 0 ? "" : $"{Overview(report.Splits)}\n{Labels(report.Splits)}\n";
        string verdict = report.Problems.Count == 0
            ? "Every image and mask can be read and fits.\n"
            : $"{report.Problems.Count} problem(s):\n{string.Concat(report.Problems.Select(problem => $"- {problem}\n"))}";
        return tables + verdict + DataCheckCommand.Lines(report.Findings.Where(finding => finding.Severity != FindingSeverity.Error));
    }

    private static string Overview(IReadOnlyList<SplitReport> splits)
    {
        return new Table(
            ["split", .. splits.Select(split => split.Name)],
            [
                Row("images", split => Text(split.Images)),
                Row("with a mask", split => Text(split.Masks)),
                Row("sizes", Sizes),
                Row(
                    "labels per image",
                    split => string.Join(", ", split.ImagesPerLabelCount.Select(count => $"{count.Value} with {count.Key}"))
                ),
                Row("fingerprint", split => split.Fingerprint?[..FingerprintShown] ?? "-"),
            ]
        ).ToString();

        IReadOnlyList<string> Row(string name, Func<SplitReport, string> cell) => [name, .. splits.Select(cell)];
    }

    private static string Sizes(SplitReport split)
    {
        int more = split.ImagesPerSize.Count - SizesShown;
        return string.Join(", ", split.ImagesPerSize.Take(SizesShown).Select(size => $"{size.Value} of {size.Key}"))
            + (more > 0 ? $", {more} more" : "");
    }

    /// <summary>A row per label: the images that show it and its share of the masks' pixels, split by split.</summary>
    private static string Labels(IReadOnlyList<SplitReport> splits) => new Table(
        ["label", .. splits.SelectMany(split => new[] { $"{split.Name} images", "pixels %" })],
        [.. splits[0].PixelShare.Keys.Select(label => (IReadOnlyList<string>)
        [
            label,
            .. splits.SelectMany(split => new[]
            {
                split.ImagesPerClass.TryGetValue(label, out int images) ? Text(images) : "-",
                Table.Percent(split.Masks == 0 ? null : split.PixelShare[label]),
            }),
        ])]).ToString();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
