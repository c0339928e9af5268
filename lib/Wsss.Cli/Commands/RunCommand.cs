using System.CommandLine;
using Wsss.Notebooks.Reports;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss run</c>: the whole way.</summary>
internal static class RunCommand
{
    // The notebooks that look at what an experiment makes.
    private static readonly string[] ReportNotebooks = ["01-", "13-"];

    public static Command Create()
    {
        var options = new CommonOptions();
        var ceiling = new Option<bool>("--no-ceiling") { Description = "Leave out the same network trained on full masks, which takes as long again." };
        var report = new Option<string>("--report")
        {
            Description = "Folder of the HTML report with maps, masks and curves (the notebooks 01 and 13 on this experiment).",
            DefaultValueFactory = _ => Path.Combine("out", "run-report"),
        };
        var noReport = new Option<bool>("--no-report") { Description = "Print the table only." };
        var command = new Command("run",
            """
            Run everything: train the classifier, make maps and pseudo masks, train the segmentation network, print one table
            and write a report. What was computed before comes from the store.

            Examples:
              wsss run --scale smoke
              wsss run --technique MultiDilation --seed 2
              wsss run --data VOC2012 --backbone resnet50 --weights resnet50.safetensors --device cuda
            """);
        options.AddDataOptions(command);
        options.AddRecipeOptions(command);
        foreach (var option in new Option[] { ceiling, report, noReport }) command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var experiment = options.Experiment(parsed) with { Ceiling = !parsed.GetValue(ceiling) };
            var (result, page) = ProgressDisplay.Run(progress =>
            {
                var run = options.Context(parsed, progress, cancellation);
                var found = ExperimentRunner.Run(experiment, run);
                return (found, parsed.GetValue(noReport) ? null : WriteReport(found, parsed.GetValue(report)!, run));
            });
            Console.WriteLine(parsed.GetValue(options.Json) ? WsssJson.Write(result) : result.ToTable());
            if (page is not null) Console.Error.WriteLine($"report: {page}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static string WriteReport(ExperimentResult result, string folder, RunContext run)
    {
        string experiment = Path.GetFullPath(Path.Combine(folder, "experiment.json"));
        AtomicFile.WriteText(experiment, WsssJson.Write(result.Experiment));
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), WsssJson.Write(result));
        var notebooks = NotebookRuns.All().Where(path => ReportNotebooks.Any(Path.GetFileName(path)!.StartsWith)).ToArray();
        var parameters = new Dictionary<string, string>
        {
            ["experimentFile"] = experiment, ["device"] = run.Device.ToString(), ["store"] = run.Store.Root,
        };
        var paths = NotebookRuns.Run(notebooks, parameters, new Dictionary<string, string>(), folder, run.Progress!, run.Cancellation);
        return Report.Write(paths, folder, "An experiment in weakly supervised segmentation");
    }
}
