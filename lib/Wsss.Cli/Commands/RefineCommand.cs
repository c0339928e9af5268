using System.CommandLine;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Regions;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss refine</c>: better maps from maps.</summary>
internal static class RefineCommand
{
    private static readonly string Lesson = $"""
        What it does:
          Reads a folder of maps, refines each image's maps and writes them as `wsss maps` does. overview.png shows the first
          images before and after. The folder is one of `wsss maps`, or another program's: ID.npz or ID.npy in 0…1, [K, H, W] of the
          image's K labels by rising index or of all classes.

        {TaughtCommand.ListOf<MapRefinement>()}

          region-vote takes its regions from a list, as in regions=[slic,felzenszwalb]:
        {TaughtCommand.ListOf<RegionSource>()}

          walk learns from the maps of the training images, made as the folder's were: give --classifier if the folder does not know
          the one that made it. The first run trains the boundaries, later ones take them from the store.

        Examples:
          wsss refine --maps out/maps-train --split train --refinement crf --out out/maps-crf
          wsss refine --maps out/maps-test --refinement walk --out out/maps-walk
          wsss refine --maps out/maps-test --refinement 'crf:crf={"{"}bilateral: {"{"}sigmaXy: 20, sigmaRgb: 10{"}"}{"}"}' --out out/maps-crf
          wsss refine --maps out/maps-test -r 'region-vote:regions=[{"{"}folder: {"{"}path: sam{"}"}{"}"}]' --out out/maps-regions
          wsss refine --maps out/maps-test --refinement saliency:rule=product --saliency saliency.pt --data FOLDER --out out/maps-fused
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var maps = new Option<string>("--maps", "-m")
        {
            Description = "Folder of maps of the split, as `wsss maps` writes it, or another program's.",
            Required = true,
        };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var classifier = new Option<string?>("--classifier", "-c")
        {
            Description = "For walk: the folder that `wsss train` prints. Default: the one that made the maps.",
        };
        var pictures = new Option<int?>("--pictures")
        {
            Description = "How many images overview.png shows; 0 for no picture.",
            DefaultValueFactory = _ => 8,
        }.AtLeast(0);
        options.Refinement.Required = true;
        var command = new TaughtCommand(
            "refine",
            "Refine maps: dense CRF, pixel-adaptive refinement, a walk on learned affinity, or saliency.",
            Lesson
        )
        {
            maps,
            options.Refinement,
            options.Saliency.From,
        };
        options.AddDataOptions(command);
        foreach (var option in new Option[] { options.Split, classifier, folder, pictures, options.Shard.Which })
            command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                string path = parsed.GetValue(folder)!, from = parsed.GetValue(maps)!;
                OutputCheck.RequireAnother(folder, options.Shard.Of(parsed)?.FolderOf(path) ?? path, maps, from);
                var refinements = options.Refinements(parsed);
                int count = parsed.GetValue(pictures) ?? 0;
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var (data, source) = options.Source(parsed);
                    var given = MapFolder.Open(from, source);
                    given.RequireData(source);
                    string? trainedFolder = parsed.GetValue(classifier) ?? given.Origin?.Classifiers.FirstOrDefault(Directory.Exists);
                    using var trained = trainedFolder is null ? null : TrainedClassifier.Load(trainedFolder, run.Device);
                    using var extracted = trained is null ? null : MapSource.Of(trained, given.Origin?.Inference ?? new(), run);
                    using var others = extracted?.Refine(Earlier(given), data.Train, run);
                    using var before = MapSource.Of(given, others, run);
                    using var refined = before.Refine(refinements, data.Train, run);
                    return MapOutput.Write(
                        path, source, refined, given, MapOverview.Of(options, parsed, count, given.Folder), options.Shard, parsed, run);
                });
                options.Print(parsed, result, result => result.ToText("refined maps"));
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>What was done to a folder's maps already.</summary>
    private static IReadOnlyList<MapRefinement> Earlier(MapFolder maps) =>
        [.. (maps.Origin?.Refinements ?? []).Select(step => WsssJson.Read<MapRefinement>(step.ToJsonString(), maps.Folder))];
}
