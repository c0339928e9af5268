using System.CommandLine;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss run</c>: the whole way.</summary>
internal static class RunCommand
{
    private const string Lesson =
        """
        What it does:
          Trains a classifier from image-level labels, chooses one threshold on the validation split, makes pseudo masks of
          the training images, trains a segmentation network on them, and scores everything on the test split. Trained
          networks and masks are kept in the store: the same command again prints the table at once.

        Examples:
          wsss run --scale smoke
          wsss run --technique RandomErasing --technique MultiDilation --no-ceiling
          wsss run --data VOC2012 --backbone resnet50 --weights resnet50.safetensors --size 321 --device cuda
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var noCeiling = new Option<bool>("--no-ceiling") { Description = "Leave out the same network trained on full masks, which takes as long again." };
        var command = new TaughtCommand("run", "Run everything: classifier, maps, pseudo masks, segmentation network; print one table.", Lesson);
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        command.Options.Add(options.Techniques);
        command.Options.Add(noCeiling);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var experiment = options.Experiment(parsed) with { Classifier = options.ClassifierRecipe(parsed), Ceiling = !parsed.GetValue(noCeiling) };
            var result = ProgressDisplay.Run(progress => ExperimentRunner.Run(experiment, options.Context(parsed, progress, cancellation)));
            options.Print(parsed, result, result => result.ToTable());
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
