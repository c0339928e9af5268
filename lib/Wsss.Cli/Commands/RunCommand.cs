using System.CommandLine;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss run</c>: the whole way.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var ceiling = new Option<bool>("--no-ceiling") { Description = "Leave out the same network trained on full masks, which takes as long again." };
        var command = new Command("run", "Run everything: train the classifier, make maps and pseudo masks, train the segmentation network, print one table.");
        options.AddDataOptions(command);
        options.AddRecipeOptions(command);
        command.Options.Add(ceiling);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var experiment = options.Experiment(parsed) with { Ceiling = !parsed.GetValue(ceiling) };
            var result = ProgressDisplay.Run(progress => ExperimentRunner.Run(experiment, options.Context(parsed, progress, cancellation)));
            Console.WriteLine(parsed.GetValue(options.Json) ? WsssJson.Write(result) : result.ToTable());
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
