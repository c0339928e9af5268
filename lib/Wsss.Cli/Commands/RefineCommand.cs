using System.CommandLine;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss refine</c>: better maps from maps.</summary>
internal static class RefineCommand
{
    private const string Lesson =
        """
        What it does:
          Reads a folder of maps, refines each image's maps and writes them as `wsss maps` does. overview.png shows the first
          images before and after.

          crf     a fully connected CRF: pixels near each other and of like colours take the same label
          pamr    pixels take the mean of neighbours of like colours, a few times over; nothing to choose
          walk    a random walk within boundaries that are learned from the maps of the training images (PSA, IRN); needs
                  --classifier, the one that made the maps. The first run trains the boundaries, later ones take them
                  from the store
          saliency  joined with the maps, without training: average, product, max, or a background of 1 - saliency

        Examples:
          wsss refine --maps out/maps-train --split train --refinement crf --out out/maps-crf
          wsss refine --maps out/maps-test --refinement walk --classifier out/cache/classifier-0123 --out out/maps-walk
          wsss refine --maps out/maps-test --refinement '{"$type":"crf","crf":{"bilateral":{"sigmaXy":20,"sigmaRgb":10}}}' --out out/maps-crf
          wsss refine --maps out/maps-test --refinement '{"$type":"saliency","rule":"product"}' --saliency saliency.pt --data FOLDER --out out/maps-fused
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var maps = new Option<string>("--maps", "-m") { Description = "Folder of maps of the split, as `wsss maps` writes it.", Required = true };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var classifier = new Option<string?>("--classifier", "-c") { Description = "For walk: the folder that `wsss train` prints." };
        var pictures = new Option<int?>("--pictures") { Description = "How many images overview.png shows; 0 for no picture.", DefaultValueFactory = _ => 8 }.AtLeast(0);
        options.Refinement.Required = true;
        var command = new TaughtCommand("refine", "Refine maps: dense CRF, pixel-adaptive refinement, a walk on learned affinity, or saliency.", Lesson)
        {
            maps, options.Refinement, options.Saliency.From,
        };
        options.AddDataOptions(command);
        foreach (var option in new Option[] { options.Split, classifier, folder, pictures }) command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            string path = parsed.GetValue(folder)!;
            var refinement = options.Saliency.Apply(parsed, options.DataSpec(parsed), options.MapRefinement(parsed)!);
            var result = ProgressDisplay.Run(progress =>
            {
                var run = options.Context(parsed, progress, cancellation);
                var source = options.Source(parsed);
                var before = MapFolder.Open(parsed.GetValue(maps)!);
                using var trained = parsed.GetValue(classifier) is { } trainedFolder ? TrainedClassifier.Load(trainedFolder, run.Device) : null;
                var inference = Experiment.MapsFor(options.DataSpec(parsed));
                using var refiner = refinement.Open(new RefinementContext(trained, inference, options.DataSpec(parsed).Open().Train, run));
                var shown = new List<(Sample Sample, LocalizationMaps Before, LocalizationMaps After)>();
                int count = parsed.GetValue(pictures) ?? 0;
                var after = MapFolder.Write(path, source, before.ReadAll(source, run).Select(item =>
                {
                    var refined = refiner.Refine(item.Sample.Image, item.Maps);
                    if (shown.Count < count) shown.Add((item.Sample, item.Maps, refined));
                    return (item.Sample, refined);
                }));
                string? picture = shown.Count == 0 ? null : Path.Combine(path, "overview.png");
                if (picture is not null)
                {
                    Gallery.Heats(
                        [.. shown.Select(item => item.Sample)], source.ClassNames, $"maps of {source.Name}, first class",
                        ("before", [.. shown.Select(item => item.Before)]), ("after", [.. shown.Select(item => item.After)])).Save(picture);
                }
                return new Written(path, source.Name, after.Ids.Count, picture);
            });
            options.Print(parsed, result, result =>
                $"refined maps of {result.Images} images of {result.Source}: {result.Folder}" + (result.Picture is null ? "" : $"\npicture: {result.Picture}"));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private sealed record Written(string Folder, string Source, int Images, string? Picture);
}
