using System.CommandLine;
using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Segmentation.Thresholds;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss masks</c>: pseudo masks from maps.</summary>
internal static class MasksCommand
{
    private const string SummaryFile = "masks.json";

    private const string Lesson =
        """
        What it does:
          Gives each pixel the class of its strongest map if that reaches the threshold, else background, and writes the
          masks as ID.png in VOC's palette, with masks.json to say which threshold it was and how it was chosen. Give the
          threshold, or maps of the validation split: then it is the one of 0.01, 0.02, … 0.99 with the best mIoU there. Or
          choose by eye: decisions.json of `wsss review` holds a threshold, and which images get no mask. Without any of them, a rule
          chooses it from the images and their maps (see `wsss threshold`).

        Examples:
          wsss masks --maps out/maps-train --data wsss.yaml --out out/masks
          wsss masks --maps out/maps-train --threshold 0.35 --out out/masks
          wsss masks --maps out/maps-train --validation-maps out/maps-validation --scale quick --out out/masks
          wsss masks --maps out/maps-train --validation-maps out/maps-validation --data VOC2012 --out out/masks
          wsss masks --maps out/maps-train --decisions decisions.json --out out/masks
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var maps = new Option<string>("--maps", "-m")
        {
            Description = "Folder of maps to make masks of, as `wsss maps` writes it.",
            Required = true,
        };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var threshold = new Option<float?>("--threshold")
        {
            Description = "The background score, 0…1.",
            CustomParser = result => (float?)OptionChecks.Number(result, 0, 1),
        };
        var validationMaps = new Option<string?>("--validation-maps")
        {
            Description = "Folder of maps of the validation split of --data, to choose the threshold on.",
        };
        var decisions = new Option<string?>("--decisions")
        {
            Description =
                "File that the page of `wsss review` saved: images to leave out, and the threshold unless another option gives it.",
        };
        var command = new TaughtCommand("masks", "Turn maps into pseudo masks, with one threshold for all.", Lesson)
        {
            maps,
            threshold,
            validationMaps,
            decisions,
        };
        options.AddDataOptions(command);
        command.Options.Add(folder);
        command.Options.Add(options.Json);
        command.OneAtMost(threshold, validationMaps, "how the threshold is chosen");
        command.SetAction(
            (parsed, cancellation) =>
            {
                string path = parsed.GetValue(folder)!, read = parsed.GetValue(maps)!;
                OutputCheck.RequireAnother(folder, path, maps, read);
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var from = Open(read, options, parsed);
                    var decided = parsed.GetValue(decisions) is { } file ? ReviewDecisions.Load(file, from.Fingerprint, from.Ids) : null;
                    var choice =
                        parsed.GetValue(threshold) is { } given ? new Choice(given, "given", null)
                        : parsed.GetValue(validationMaps) is { } validation
                            ? Choose(validation, options.DataSet(parsed).Open().Validation, run)
                        : decided is not null
                            ? new Choice(decided.Threshold ?? throw NoThreshold(parsed.GetValue(decisions)!), "decided in a review", null)
                        : ByRule(from, options.DataSet(parsed).Open(), run);
                    return Write(from, decided?.Keep(from.Ids) ?? from.Ids, choice, path, run);
                });
                options.Print(
                    parsed,
                    result,
                    result =>
                        $"{result.Masks} masks at threshold {result.Threshold.ToString("0.00", CultureInfo.InvariantCulture)} "
                            + $"({result.Chosen}"
                        + (result.ValidationMeanIoU is { } best ? $", mIoU {Table.Percent(best)} % there" : "")
                        + ")"
                        + (result.LeftOut > 0 ? $", {result.LeftOut} left out" : "")
                        + $": {path}"
                );
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>Another program's maps do not say of which images they are: those of the training split.</summary>
    private static MapFolder Open(string folder, CommonOptions options, ParseResult parsed) =>
        MapFolder.Open(folder, File.Exists(Path.Combine(folder, MapFolder.IndexFile)) ? null : options.DataSet(parsed).Open().Train);

    private static Choice Choose(string folder, IMaskedSource validation, RunContext run)
    {
        var best = PseudoMasks
            .ChooseThreshold(MapFolder.Open(folder, validation).ReadAll(validation, run).Select(item => item.Maps), validation)
            .Best;
        return new Choice(best.Threshold, $"best on {validation.Name}", best.MeanIoU);
    }

    /// <summary>By the rule that needs no masks, on the images that the maps are of.</summary>
    private static Choice ByRule(MapFolder from, DataSplits data, RunContext run)
    {
        using var maps = MapSource.Of(from, null, run);
        var chosen = MaskFreeRule.Default.Choose(ThresholdEvidence.Of(maps, from.SplitOf(data), run));
        return new Choice(chosen.Threshold, $"by {chosen.Rule}, without masks", null);
    }

    private static DataSetException NoThreshold(string file) =>
        new(
            $"{file}: expected a threshold, found none, as masks were reviewed and not maps. Give --threshold or --validation-maps as well."
        );

    private static Summary Write(MapFolder maps, IReadOnlyList<string> ids, Choice choice, string folder, RunContext run)
    {
        string summaryPath = Path.Combine(folder, SummaryFile);
        RequireOurs(folder, summaryPath);
        UnfinishedFolder.Begin(folder);
        // Last of all the new one is written: a folder with it is whole.
        if (File.Exists(summaryPath))
            File.Delete(summaryPath);
        // An earlier mask of an image that is left out now would still be found.
        foreach (string left in maps.Ids.Except(ids))
            if (MaskFolderSource.PathOf(folder, left) is var old && File.Exists(old))
                File.Delete(old);
        for (int i = 0; i < ids.Count; i++)
        {
            ImageFile.WriteMask(MaskFolderSource.PathOf(folder, ids[i]), ThresholdRule.Apply(maps.Read(ids[i]), choice.Threshold));
            run.Report("write masks", i + 1, ids.Count);
        }
        var summary = new Summary(
            choice.Threshold,
            choice.How,
            choice.ValidationMeanIoU,
            ids.Count,
            maps.Ids.Count - ids.Count,
            maps.Fingerprint
        );
        AtomicFile.WriteText(summaryPath, WsssJson.Write(summary));
        UnfinishedFolder.End(folder);
        return summary;
    }

    /// <summary>Refuses a folder of somebody's masks, such as the drawn ones of the data.</summary>
    private static void RequireOurs(string folder, string summaryPath)
    {
        if (File.Exists(summaryPath) || UnfinishedFolder.Is(folder) || !Directory.Exists(folder)) return;
        if (Directory.EnumerateFiles(folder, "*.png").Any())
            throw new DataSetException(
                $"Expected a new folder for the masks, or one that `wsss masks` has filled, found PNG files without '{SummaryFile}' in "
                    + $"'{folder}', which would be lost. Give another folder.");
    }

    private sealed record Choice(float Threshold, string How, double? ValidationMeanIoU);

    /// <summary>The content of masks.json.</summary>
    /// <param name="Threshold">The background score.</param>
    /// <param name="Chosen">How it was chosen.</param>
    /// <param name="ValidationMeanIoU">mIoU on the split that it was chosen on, 0…1; null if it was given.</param>
    /// <param name="Masks">Number of masks.</param>
    /// <param name="LeftOut">Number of images without one, as a review decided.</param>
    /// <param name="Data">Fingerprint of the images' source.</param>
    private sealed record Summary(float Threshold, string Chosen, double? ValidationMeanIoU, int Masks, int LeftOut, string Data);
}
