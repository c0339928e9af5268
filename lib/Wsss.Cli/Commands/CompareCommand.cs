using System.CommandLine;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss compare</c>: several ways to train a classifier under the same rules, in one table of their maps.</summary>
internal static class CompareCommand
{
    private const string Lesson =
        """
        What it does:
          Trains one classifier per combination of techniques and seed, all with the same budget; chooses each one's threshold
          on the validation split, scores its maps on the test split, and prints a row per combination: means over the seeds
          with 95 % intervals, and the difference to plain training, seed by seed. Classifiers and scores are kept in the
          store: a rerun computes only what is missing.

        Grids:
          alone     plain training, and each technique by itself
          subsets   every combination of the techniques: 2, 4, 8, … rows

        Techniques are those of -t; without it boundary loss, saliency fusion and equivariance, with options that were
        chosen on the validation split of drawn scenes.

        Examples:
          wsss compare alone --scale smoke --seeds 1 -t RandomErasing -t MultiDilation
          wsss compare subsets --seeds 1 2 3
          wsss compare alone --data FOLDER --backbone mobilenet_v2 --weights FILE.pth --saliency saliency.pt --seeds 1
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var grid = new Argument<string>("grid") { Description = "alone or subsets." };
        grid.AcceptOnlyFromAmong([.. ReadyGrids.All.Keys]);
        var seeds = new Option<int[]>("--seeds")
        {
            Description = "Seeds of the classifiers; the data stay the same.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 2, 3],
        };
        var command = new TaughtCommand("compare", "Compare techniques over several seeds, alone or combined, in one table.", Lesson) { grid };
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        foreach (var option in new Option[] { options.Techniques, seeds, options.Refinement, options.Saliency.From }) command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var experiment = options.Experiment(parsed);
            var techniques = experiment.Classifier.Techniques.Count > 0 ? experiment.Classifier.Techniques : SharpeningOptions.For(experiment.Data);
            experiment = experiment with { Classifier = experiment.Classifier with { Techniques = [] } };
            var contenders = options.Saliency.Apply(parsed, experiment.Data, ReadyGrids.All[parsed.GetValue(grid)!](experiment, techniques));
            var result = ProgressDisplay.Run(progress =>
                MapComparison.Run(experiment.Data.Open(), contenders, parsed.GetValue(seeds)!, options.Context(parsed, progress, cancellation)));
            options.Print(parsed, result, result => result.ToTable().ToString());
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
