using System.CommandLine;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss merge</c>: parts of a run become its folder.</summary>
internal static class MergeCommand
{
    private const string Lesson =
        """
        What it does:
          Puts the parts of a run together, which maps, refine or predict made with --shard on as many machines, in a folder with the same
          bytes as if one machine had made all; only the seconds that maps.json tells are the parts' sum. All parts must be there, of
          the same run, and finished: otherwise nothing is written. The parts stay.

          Files of all masks (coco, labelstudio, cvat, csv, sheet) and overview.png are made here, as the run was told: photographs must
          still lie where they lay.

        Examples:
          wsss predict photographs --shard 1/2 --out out/masks      on one machine
          wsss predict photographs --shard 2/2 --out out/masks      on another one
          wsss merge out/masks.part-*-of-2 --out out/masks
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var parts = new Argument<string[]>("PART")
        {
            Description = "The folders of all parts, in any order.",
            Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill; it must be new or empty.", Required = true };
        var command = new TaughtCommand("merge", "Put the parts of a run together that --shard has divided.", Lesson)
        {
            parts,
            folder,
            options.Json,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                string target = parsed.GetValue(folder)!;
                var set = PartSet.Open(parsed.GetValue(parts)!);
                var merged = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    return PartSet.Into(target, place => set.Kind switch
                    {
                        MapParts.Kind => Maps(set, place, run),
                        PredictionParts.Kind => Predictions(set, place, run),
                        var other => throw new WsssException(
                            $"Expected parts of maps or predictions, found those of '{PlainText.Of(other)}': '{set.Parts[0].Folder}'."),
                    });
                });
                var result = new Summary(
                    target, set.Kind, set.Parts.Count, merged.Images,
                    [.. merged.Files.Select(file => Path.Combine(target, file))], merged.Failed);
                options.Print(parsed, result, result => result.ToText());
                foreach (string failure in result.Failed) ResultText.Note($"Error: {failure}");
                if (result.Failed.Count == 0) return Task.FromResult(ExitCode.Done);
                ResultText.Note($"{result.Failed.Count} of {set.Parts[0].Part.Of} photographs have no mask; the others are there.");
                return Task.FromResult(ExitCode.Error);
            }
        );
        return command;
    }

    /// <summary>What was put together.</summary>
    /// <param name="Images">Number of images.</param>
    /// <param name="Files">What was written beside them, relative to the folder.</param>
    /// <param name="Failed">What has no mask, and why.</param>
    private sealed record Merged(int Images, IReadOnlyList<string> Files, IReadOnlyList<string> Failed);

    private sealed record Summary(
        string Folder, string Kind, int Parts, int Images, IReadOnlyList<string> Files, IReadOnlyList<string> Failed)
    {
        public string ToText() =>
            string.Join('\n', (string[])[$"{Kind} of {Images} images from {Parts} parts: {Folder}", .. Files]);
    }

    private static Merged Maps(PartSet parts, string place, RunContext run)
    {
        var maps = MapParts.Merge(parts, place, run);
        MapOutput.Files(place, maps.Ids).Begin();
        string? picture = MapParts.RunOf<MapOverview>(parts).Draw(maps);
        return new Merged(maps.Ids.Count, picture is null ? [] : [Path.GetFileName(picture)], []);
    }

    private static Merged Predictions(PartSet parts, string place, RunContext run)
    {
        var about = PredictionParts.RunOf(parts);
        var files = PredictionFiles.Read(place, about);
        var images = PredictionParts.Merge(parts, place, files.HasOverlays, run);
        var masks = new PredictedMasks(place, about.ClassNames, images, run);
        files.Own(parts.Parts[0].Part.Of).Begin();
        string[] written = [masks.WriteList(), .. files.WriteOfAll(masks)];
        return new Merged(
            masks.Count,
            [.. written.Select(file => Path.GetRelativePath(place, file))],
            [.. images.Where(image => image.Error is not null).Select(image => image.Error!.Message)]);
    }
}
