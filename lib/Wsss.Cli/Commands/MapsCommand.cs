using System.CommandLine;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss maps</c>: localization maps of a split as files.</summary>
internal static class MapsCommand
{
    private const string Lesson =
        """
        What it does:
          Reads the localization maps of each image's labels off a trained classifier, at several scales and mirrored, refines them
          where asked to, and writes them as ID.npz with an array 'maps' [K, H, W] of 16-bit numbers, 65535 for 1, which numpy.load
          reads; maps.json says which classes they are and how they were made. overview.png shows the first images: their maps, the
          mask at threshold 0.3, the drawn mask. `wsss run` keeps the same maps in the store: what is there is not computed again.

        Examples:
          wsss maps --classifier out/cache/classifier-0123 --split validation --out out/maps-validation
          wsss maps --classifier out/cache/classifier-0123 --split train --scales 0.5,1,1.5 --refinement crf --out out/maps-train
          wsss maps --classifier FOLDER --method gradcam:layer=layer2.1 --out out/maps-finer
          wsss maps --classifier FOLDER --data VOC2012 --split test --pictures 20 --out out/maps-test
          wsss maps --classifier FOLDER --data VOC2012 --split train --shard 3/8 --out out/maps-train    on the third of 8 machines
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var classifier = new Option<string>("--classifier", "-c") { Description = "The folder that `wsss train` prints.", Required = true };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var pictures = new Option<int?>("--pictures")
        {
            Description = "How many images overview.png shows; 0 for no picture.",
            DefaultValueFactory = _ => 8,
        }.AtLeast(0);
        var command = new TaughtCommand("maps", "Write a classifier's localization maps as files, and a picture of some.", Lesson)
        {
            classifier,
        };
        options.AddDataOptions(command);
        command.Options.Add(options.Split);
        command.Options.Add(folder);
        options.AddMapOptions(command);
        command.Options.Add(pictures);
        command.Options.Add(options.Shard.Which);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                string path = parsed.GetValue(folder)!;
                var refinements = options.Refinements(parsed);
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var inference = options.Maps.Apply(parsed, Experiment.MapsFor(options.DataSet(parsed)));
                    using var trained = TrainedClassifier.Load(parsed.GetValue(classifier)!, run.Device);
                    var (data, source) = options.Source(parsed);
                    using var extracted = MapSource.Of(trained, inference, run);
                    using var maps = extracted.Refine(refinements, data.Train, run);
                    return MapOutput.Write(
                        path, source, maps, before: null, MapOverview.Of(options, parsed, parsed.GetValue(pictures) ?? 0), options.Shard,
                        parsed, run);
                });
                options.Print(parsed, result, result => result.ToText("maps"));
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
