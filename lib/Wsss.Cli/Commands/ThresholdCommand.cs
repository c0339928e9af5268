using System.CommandLine;
using Wsss.Comparisons;
using Wsss.Figures;
using Wsss.Pipeline;
using Wsss.Results;
using Wsss.Segmentation.Thresholds;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss threshold</c>: one threshold for all masks, chosen without any.</summary>
internal static class ThresholdCommand
{
    private const int Pictures = 8;

    private const string PictureFile = "thresholds.png";

    private static readonly string Lesson = $"""
        What it does:
          Masks are maps above a threshold, one for all images. Where masks of validation images are known, it is the one that fits them
          best. Where none are, a rule chooses it from the training images and their maps; this command shows what each rule says, what that
          costs where masks can tell, and draws masks at five thresholds side by side, for you to choose by eye. It trains the classifier, or
          takes it from the store, as `wsss run` does; give your choice to `wsss masks --threshold`, or a rule to `wsss run --threshold-rule`.

        Rules:
        {TaughtCommand.ListOf<MaskFreeRule>()}

        Examples:
          wsss threshold --scale smoke
          wsss threshold --data wsss.yaml --backbone mobilenet_v2 --weights mobilenet_v2.pth
          wsss threshold --seeds 1 2 3
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var seeds = new Option<int[]>("--seeds")
        {
            Description = "Seeds of the classifiers, for intervals. Default: that of --seed.",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--out", "-o")
        {
            Description = $"Folder of the picture and of {ResultFile.FileName}.",
            DefaultValueFactory = _ => Path.Combine("out", "threshold"),
        };
        var command = new TaughtCommand(
            "threshold",
            "Choose the threshold of masks where no mask is known; see masks at five thresholds.",
            Lesson
        );
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        command.Options.Add(options.Techniques);
        options.AddMapOptions(command);
        foreach (var option in new Option[] { seeds, output })
            command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var experiment = options.Experiment(parsed);
                int[] chosen = parsed.GetValue(seeds) is { Length: > 0 } given ? given : [parsed.GetValue(options.Seed)];
                Seeds.RequireDistinct(chosen);
                string folder = parsed.GetValue(output)!,
                    picture = Path.Combine(folder, PictureFile);
                var files = new OwnFiles(folder, "threshold", [PictureFile, ResultFile.FileName]);
                files.RefuseOthers();
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var data = experiment.Data!.Open();
                    var parts = new List<ThresholdComparison>();
                    ResultOrigin? origin = null;
                    foreach (int seed in chosen)
                    {
                        using var study = Study.On(data, experiment with { Classifier = experiment.Classifier with { Seed = seed } }, run);
                        parts.Add(ThresholdComparison.Of(study, ThresholdComparison.AllRules));
                        if (origin is null)
                        {
                            files.Begin();
                            Draw(study, parts[0], picture);
                        }
                        origin ??= ResultFiles.Origin(study.Provenance, chosen, CommandLine.Text());
                    }
                    var whole = ThresholdComparison.Join(parts);
                    ResultFiles.Of(whole, "thresholds", origin!, experiment).Save(Path.Combine(folder, ResultFile.FileName));
                    return whole;
                });
                options.Print(parsed, result, result => $"{result.ToTable()}\nmasks at five thresholds: {picture}");
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>A row per training image: masks at the default rule's threshold and around it.</summary>
    private static void Draw(Study study, ThresholdComparison comparison, string path)
    {
        float middle = comparison.Trials.First(trial => trial.Rule == MaskFreeRule.Default.Name).Threshold;
        // A tenth apart, but closer towards an end of the scale.
        float below = Math.Min(0.1f, (middle - 0.01f) / 2),
            above = Math.Min(0.1f, (0.99f - middle) / 2);
        float[] thresholds = [middle - 2 * below, middle - below, middle, middle + above, middle + 2 * above];
        var images = study.Evidence().Images;
        var shown = Enumerable
            .Range(0, Math.Min(Pictures, images.Count))
            .Select(i => images[i * images.Count / Math.Min(Pictures, images.Count)])
            .ToArray();
        Gallery
            .Thresholds(shown, study.ClassNames, thresholds, $"{study.Data.Train.Name}: masks at five thresholds, {middle:0.00} by rule")
            .Save(path);
    }
}
