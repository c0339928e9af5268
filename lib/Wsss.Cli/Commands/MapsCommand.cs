using System.CommandLine;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss maps</c>: localization maps of a split as files.</summary>
internal static class MapsCommand
{
    private const float PreviewThreshold = 0.3f;

    private const string Lesson =
        """
        What it does:
          Reads the localization maps of each image's labels off a trained classifier, at several scales and mirrored, and
          writes them as ID.npy [K, H, W] float32 in 0…1, which numpy.load reads, with maps.json to say which classes they
          are. overview.png shows the first images: their maps, the mask at threshold 0.3, the drawn mask. Maps are class
          activation maps unless --method names another kind.

        Examples:
          wsss maps --classifier out/cache/classifier-0123 --split validation --out out/maps-validation
          wsss maps --classifier out/cache/classifier-0123 --split train --scales 0.5,1,1.5 --out out/maps-train
          wsss maps --classifier FOLDER --method gradcam --layer layer2.1 --out out/maps-finer
          wsss maps --classifier FOLDER --data VOC2012 --split test --pictures 20 --out out/maps-test
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var classifier = new Option<string>("--classifier", "-c") { Description = "The folder that `wsss train` prints.", Required = true };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", Required = true };
        var reading = new MapOptions("1 for drawn scenes, 0.5,1,1.5 for photographs");
        var noFlip = new Option<bool>("--no-flip") { Description = "Leave out the mirrored image, which takes half of the time." };
        var pictures = new Option<int?>("--pictures") { Description = "How many images overview.png shows; 0 for no picture.", DefaultValueFactory = _ => 8 }.AtLeast(0);
        var command = new TaughtCommand("maps", "Write a classifier's localization maps as .npy files, and a picture of some.", Lesson) { classifier };
        options.AddDataOptions(command);
        command.Options.Add(options.Split);
        command.Options.Add(folder);
        reading.AddTo(command);
        command.Options.Add(noFlip);
        command.Options.Add(pictures);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var inference = reading.Apply(parsed, Experiment.MapsFor(options.DataSpec(parsed))) with { Flip = !parsed.GetValue(noFlip) };
            string path = parsed.GetValue(folder)!;
            var result = ProgressDisplay.Run(progress =>
            {
                var run = options.Context(parsed, progress, cancellation);
                using var trained = TrainedClassifier.Load(parsed.GetValue(classifier)!, run.Device);
                var source = options.Source(parsed);
                RequireClasses(trained, source);
                var shown = new List<(Sample Sample, LocalizationMaps Maps)>();
                var maps = MapFolder.Write(path, source, Keep(inference.Run(trained.Network, source, run), parsed.GetValue(pictures) ?? 0, shown));
                string? picture = shown.Count == 0 ? null : Path.Combine(path, "overview.png");
                if (picture is not null)
                    Gallery.Maps(shown, source.ClassNames, PreviewThreshold, $"maps of {source.Name}", source).Save(picture);
                return new Written(path, source.Name, maps.Ids.Count, picture);
            });
            options.Print(parsed, result, result =>
                $"maps of {result.Images} images of {result.Source}: {result.Folder}" + (result.Picture is null ? "" : $"\npicture: {result.Picture}"));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private sealed record Written(string Folder, string Source, int Images, string? Picture);

    private static IEnumerable<(Sample Sample, LocalizationMaps Maps)> Keep(
        IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, int count, List<(Sample, LocalizationMaps)> first)
    {
        foreach (var pair in maps)
        {
            if (first.Count < count) first.Add(pair);
            yield return pair;
        }
    }

    private static void RequireClasses(TrainedClassifier trained, ISampleSource source)
    {
        if (trained.Network.ClassNames.SequenceEqual(source.ClassNames)) return;
        throw new DataSetException(
            $"Expected data with the classifier's classes ({string.Join(", ", trained.Network.ClassNames)}), " +
            $"found {string.Join(", ", source.ClassNames)} in {source.Name}. Give the data that it was trained on, or train on these.");
    }
}
