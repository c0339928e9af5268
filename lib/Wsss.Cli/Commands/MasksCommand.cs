using System.CommandLine;
using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;
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
                    var masks = new MaskOutput(path, "masks", SummaryFile, from.Ids);
                    var decided = parsed.GetValue(decisions) is { } file ? ReviewDecisions.Load(file, from.Fingerprint, from.Ids) : null;
                    var choice =
                        parsed.GetValue(threshold) is { } given ? new Choice(given, "given", null)
                        : parsed.GetValue(validationMaps) is { } validation
                            ? Choose(validation, options.DataSet(parsed).Open().Validation, run)
                        : decided is not null
                            ? new Choice(decided.Threshold ?? throw NoThreshold(parsed.GetValue(decisions)!), "decided in a review", null)
                        : ByRule(from, options.DataSet(parsed).Open(), run);
                    return Write(from, decided?.Keep(from.Ids) ?? from.Ids, choice, masks, run);
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
        var maps = MapFolder.Open(folder, validation);
        var masked = validation.WithMasks() ?? throw validation.NoMask(0);
        var read = Enumerable.Range(0, masked.Count).Select(i =>
        {
            run.Report($"read maps of {validation.Name}", i + 1, masked.Count);
            return maps.Read(masked.Id(i));
        });
        var best = PseudoMasks.ChooseThreshold(read, masked).Best;
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

    private static Summary Write(MapFolder maps, IReadOnlyList<string> ids, Choice choice, MaskOutput masks, RunContext run)
    {
        masks.Begin(without: maps.Ids.Except(ids));
        for (int i = 0; i < ids.Count; i++)
        {
            masks.Write(ids[i], ThresholdRule.Apply(maps.Read(ids[i]), choice.Threshold));
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
        masks.End(summary);
        return summary;
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
