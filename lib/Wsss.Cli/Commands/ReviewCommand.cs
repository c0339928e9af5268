using System.CommandLine;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Notebooks.Reviews;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss review</c>: a page to look through maps or predicted masks.</summary>
internal static class ReviewCommand
{
    private const string PredictionFile = "predictions.json";

    private const string Lesson =
        """
        What it does:
          Writes a page to look through in a browser, without a network: every photograph under its maps, with a slider for the
          threshold whose masks follow at once, or under its predicted mask. Classes go on and off; the most doubtful images come first
          if asked for. Mark images as good, bad or to be left out, with the mouse or by g, b and x; the browser remembers the marks.
          'Save decisions' gives decisions.json: the threshold and the names of the images. `wsss masks` and `wsss segment` take it.

          Maps need their photographs: give the --data, --scale and --seed that they were made of; the split is found. Another
          program's maps are those of the training split. Predictions (predictions.json) name their photographs themselves.

        Examples:
          wsss review out/maps-train
          wsss review out/maps-train --data VOC2012 --out out/review
          wsss review out/predictions
          wsss masks --maps out/maps-train --decisions decisions.json --out out/masks
          wsss segment --masks out/masks --decisions decisions.json --out out/segmented
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var reviewed = new Argument<string>("folder")
        {
            Description = "Folder of maps, as `wsss maps` writes it or another program's, or of predictions.",
        };
        var folder = new Option<string?>("--out", "-o")
        {
            Description = "Folder to fill. Default: review in the folder that is looked at.",
        };
        var command = new TaughtCommand("review", "Write a page to look through maps or predictions, and mark images.", Lesson)
        {
            reviewed,
        };
        options.AddDataOptions(command);
        command.Options.Add(folder);
        command.Options.Add(options.Json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                string from = parsed.GetValue(reviewed)!,
                    path = parsed.GetValue(folder) ?? Path.Combine(from, "review");
                string page = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    if (File.Exists(Path.Combine(from, PredictionFile)))
                        return ReviewPage.OfPredictions(from, path, run);
                    if (!Directory.Exists(from))
                        throw new DataSetException($"Expected a folder of maps or predictions at '{from}', found none.");
                    var (maps, source) = Open(from, options.DataSet(parsed).Open());
                    return ReviewPage.OfMaps(maps, source, path, run);
                });
                options.Print(parsed, new Written(page), result => result.Page);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private sealed record Written(string Page);

    /// <summary>The maps and the split that they are of; another program's do not say, and are those of the training split.</summary>
    private static (MapFolder Maps, ISampleSource Source) Open(string folder, DataSplits data)
    {
        if (!File.Exists(Path.Combine(folder, MapFolder.IndexFile))) return (MapFolder.Open(folder, data.Train), data.Train);
        var maps = MapFolder.Open(folder);
        return (maps, maps.SplitOf(data));
    }
}
