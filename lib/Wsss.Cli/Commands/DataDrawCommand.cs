using System.CommandLine;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Menagerie;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss data draw</c>: Menagerie as files.</summary>
internal static class DataDrawCommand
{
    private const int Previewed = 8;

    private const string PreviewFile = "preview.png";

    private const string Lesson =
        """
        What it does:
          Draws scenes into a folder in PASCAL VOC layout, which any other tool reads: JPEGImages, SegmentationClass,
          ImageSets/Segmentation (train, tune, val), classes.txt; and the truths that photographs lack: Parts, Objectness,
          Context. preview.png shows the first scenes. Commands draw scenes by themselves; this is for your own eyes and tools.

        Examples:
          wsss data draw --scale smoke --out out/menagerie
          wsss data draw --count 6 --out data/sample    the sample in this repository
          wsss data draw --scale quick --seed 7 --out out/menagerie-7
          wsss data draw --other --out out/others       the objects that only pre-training sees
          wsss data draw --leaves --out out/leaves      leaves with small symptoms, the second domain
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var other = new Option<bool>("--other")
        {
            Description = "The other objects, which pre-train the backbone, instead of the target classes.",
        };
        var leaves = new Option<bool>("--leaves") { Description = "The drawn leaves instead of the scenes." };
        var count = new Option<int?>("--count", "-n")
        {
            Description = "Only the first scenes of each split. Default: all of the scale.",
        }.AtLeast(1);
        var command = new TaughtCommand("draw", "Draw scenes into a folder in PASCAL VOC layout.", Lesson)
        {
            options.Scale,
            options.Seed,
            count,
            folder,
            other,
            leaves,
            options.Json,
        };
        command.OneAtMost(other, leaves, "what is drawn");
        command.SetAction(
            (parsed, cancellation) =>
            {
                var (scale, seed) = (parsed.GetValue(options.Scale), parsed.GetValue(options.Seed));
                var data = parsed.GetValue(leaves) ? DrawnLeaves.Splits(scale, seed)
                    : parsed.GetValue(other) ? DrawnScenes.Others(scale, seed)
                    : DrawnScenes.Splits(scale, seed);
                if (parsed.GetValue(count) is { } first)
                    data = new DataSplits(First(data.Train, first), First(data.Validation, first), First(data.Test, first));
                string path = parsed.GetValue(folder)!;
                string preview = Path.Combine(path, PreviewFile);
                var files = new OwnFiles(path, OwnFiles.Drawing, new VocLayout(path).Entries.Append(PreviewFile));
                files.RefuseOthers();
                files.Begin();
                ProgressDisplay.Run(progress =>
                {
                    VocWriter.Write(path, data, progress, cancellation);
                    var scenes = Enumerable.Range(0, Math.Min(Previewed, data.Train.Count)).Select(data.Train.Load).ToArray();
                    Gallery.Samples(scenes, data.Train.ClassNames, data.Train.Name, data.Train).Save(preview);
                    return path;
                });
                var drawn = new Drawn(path, preview, data.Train.Count, data.Validation.Count, data.Test.Count);
                options.Print(
                    parsed,
                    drawn,
                    drawn =>
                        $"{drawn.Train} scenes to train, {drawn.Validation} to validate and {drawn.Test} to test in "
                            + $"{drawn.Folder}\npreview: {drawn.Preview}"
                );
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static MaskedSubset First(IMaskedSource source, int count) =>
        new(source, [.. Enumerable.Range(0, Math.Min(count, source.Count))]);

    private sealed record Drawn(string Folder, string Preview, int Train, int Validation, int Test);
}
