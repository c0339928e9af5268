using System.CommandLine;
using System.Text;
using Wsss.Data;
using Wsss.Models;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data fetch</c>: where other people's data come from, and whether a download is right.</summary>
internal static class DataFetchCommand
{
    private const string Lesson =
        """
        What it does:
          Without --folder, prints where the files of PASCAL VOC 2012 and ImageNet weights come from and the steps to make them
          ready. With it, checks what you downloaded: checksums of the archives, the number of photographs and masks, the
          lists and that each id in them has its image and mask. --weights checks weight files by the hash in their names.
          One line per check: ok, note (not needed, or without a published checksum), missing or wrong, each with what to do.
          The exit code is 1 if something is missing or wrong. Nothing is downloaded or written; images are not decoded, which
          `wsss data info` does next.

        Examples:
          wsss data fetch voc2012
          wsss data fetch voc2012 --folder downloads
          wsss data fetch voc2012 --folder downloads --weights resnet50-0676ba61.pth
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var dataSet = new Argument<string>("data-set") { Description = "The data set: voc2012." };
        dataSet.OneOf("voc2012");
        var folder = new Option<string?>("--folder", "-f") { Description = "The folder that you downloaded to, or the unpacked VOC2012." };
        var weights = new Option<string[]>("--weights", "-w")
        {
            Description = "Weight files as downloaded, to check as well.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new TaughtCommand("fetch", "Say where PASCAL VOC 2012 and weights come from, and check what was downloaded.", Lesson)
        {
            dataSet,
            folder,
            weights,
            options.Json,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                string[] files = parsed.GetValue(weights) ?? [];
                if (parsed.GetValue(folder) is null && files.Length == 0)
                {
                    var voc = Voc2012.Official;
                    Download[] sources =
                    [
                        voc.Archive,
                        voc.AugmentedMasks,
                        voc.Sbd,
                        .. Backbones.All.SelectMany(design => design.Published),
                    ];
                    options.Print(parsed, sources, _ => Steps(voc));
                    return Task.FromResult(ExitCode.Done);
                }
                var report = ProgressDisplay.Run(progress =>
                {
                    var data = parsed.GetValue(folder) is { } given
                        ? Voc2012.Official.Check(given, progress, cancellation)
                        : new Voc2012Report(null, []);
                    var weightChecks = files.Select(file => PublishedWeights.Check(file, progress, cancellation));
                    return data with { Checks = [.. data.Checks, .. weightChecks] };
                });
                options.Print(parsed, report, ToText);
                return Task.FromResult(report.Checks.Any(check => check.Failed) ? ExitCode.Error : ExitCode.Done);
            }
        );
        return command;
    }

    private static string Steps(Voc2012 voc)
    {
        string root = Path.Combine("VOCdevkit", "VOC2012");
        var text = new StringBuilder(
            $"""
            Nothing is downloaded here: these commands do it, in the folder that they are typed in.

            1. {voc.Archive.Holds}: {voc.Archive.File}, {voc.Archive.Identity}
                 {voc.Archive.FetchInto("")}
                 {voc.Unpack(".")}

            2. if wanted, {voc.AugmentedMasks.Holds}: {voc.AugmentedMasks.File}, {voc.AugmentedMasks.Identity}
                 {voc.AugmentedMasks.FetchInto("")}
                 {voc.UnpackAugmented("", root)}
                 {voc.ListAugmented(root)}
               {voc.Sbd.Holds}, which `wsss` does not read: {voc.Sbd.File}, {voc.Sbd.Identity}
                 {voc.Sbd.Address}

            3. ImageNet weights for one network (curl -L -O ADDRESS); the digits in a name are the first of its SHA-256

            """);
        foreach (var design in Backbones.All)
            foreach (var file in design.Published) text.Append($"     {design.Name,-14}{file.Address}\n");
        return text.Append(
            $"""

            4. check it all
                 wsss data fetch voc2012 --folder . --weights {Backbones.Find("resnet50").Published[0].File}
            """).ToString();
    }

    private static string ToText(Voc2012Report report)
    {
        var text = new StringBuilder();
        foreach (var check in report.Checks)
        {
            text.Append($"{check.State.ToString().ToLowerInvariant(),-8}{check.What}: expected {check.Expected}; found {check.Found}");
            text.Append(check.ToDo is null ? "\n" : $"; {(check.Failed ? "do" : "to have it")}: {check.ToDo}\n");
        }
        int failed = report.Checks.Count(check => check.Failed);
        if (failed > 0) return text.Append($"\n{failed} check(s) failed: do what their lines say, then the same command again.").ToString();
        return report.Root is null ? text.ToString() : text.Append($"\nNext: wsss data info --data {Shell.Quote(report.Root)}").ToString();
    }
}
