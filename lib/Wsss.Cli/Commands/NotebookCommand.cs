using System.CommandLine;
using Wsss.Notebooks.Reports;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss notebook</c>: runs notebooks without a notebook host, and makes a report of them.</summary>
internal static class NotebookCommand
{
    private const string Lesson =
        """
        What it does:
          Runs every cell of notebooks in order, without a notebook host, and saves the outputs with them; or makes a report
          of them that opens in any browser without a network.

        Examples:
          wsss notebook run notebooks/01-cam.ipynb --scale smoke
          wsss notebook run notebooks/01-cam.ipynb -p seed=3 --out out/seed3
          wsss notebook report --out out/report
        """;

    public static Command Create() =>
        new TaughtCommand("notebook", "Run notebooks without a notebook host, or turn them into an offline HTML report.", Lesson) { CreateRun(), CreateReport() };

    private static Command CreateRun()
    {
        var options = new NotebookOptions();
        var files = new Argument<string[]>("files") { Description = "The .ipynb files.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out", "-o") { Description = "Folder for the notebooks with their outputs. Default: back in place." };
        var command = new Command("run", "Run every cell of notebooks and save the outputs with them. Exit code 1 if a cell fails.") { files, output };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var paths = ProgressDisplay.Run(progress => NotebookRuns.Run(
                parsed.GetValue(files)!, options.Shared(parsed), options.Own(parsed), parsed.GetValue(output), progress, cancellation));
            foreach (string path in paths) ResultText.Print(path);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Command CreateReport()
    {
        var options = new NotebookOptions();
        var files = new Argument<string[]>("files") { Description = "The .ipynb files in reading order. Default: all of the project.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--out", "-o")
        {
            Description = "Folder of the report; the notebooks with their outputs are kept beside the pages.",
            DefaultValueFactory = _ => Path.Combine("out", "report"),
        };
        var command = new Command("report", "Run notebooks and write a report that opens in any browser without a network.") { files, output };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string[] chosen = parsed.GetValue(files)!;
            string folder = parsed.GetValue(output)!;
            var paths = ProgressDisplay.Run(progress => NotebookRuns.Run(
                chosen.Length == 0 ? NotebookRuns.All() : chosen, options.Shared(parsed), options.Own(parsed), folder, progress, cancellation));
            ResultText.Print(Report.Write(paths, folder, "Weakly supervised semantic segmentation"));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>The parameters that most notebooks declare, by their own options, and any other by <c>-p</c>.</summary>
    private sealed class NotebookOptions
    {
        private readonly CommonOptions _common = new();
        private readonly Option<string[]> _parameters = new("--parameter", "-p")
        {
            Description = "name=value for a variable of the notebook's parameters cell. May be given several times.",
        };

        public void AddTo(Command command)
        {
            _common.AddDataOptions(command);
            foreach (var option in new Option[] { _common.Backbone, _common.Weights, _common.Device, _common.Store, _parameters }) command.Options.Add(option);
        }

        /// <summary>Values of the common parameters; notebooks run in their own folder, hence full paths.</summary>
        public IReadOnlyDictionary<string, string> Shared(ParseResult parsed)
        {
            var data = _common.DataSet(parsed);
            var values = new Dictionary<string, string>
            {
                ["data"] = data.Folder ?? parsed.GetValue(_common.Data)!,
                ["scale"] = parsed.GetValue(_common.Scale).ToString().ToLowerInvariant(),
                ["seed"] = data.Seed.ToString(),
                ["device"] = parsed.GetValue(_common.Device)!,
            };
            if (parsed.GetValue(_common.Store) is { } store) values["store"] = Path.GetFullPath(store);
            if (parsed.GetValue(_common.Backbone) is { } backbone) values["backbone"] = backbone;
            if (parsed.GetValue(_common.Weights) is { } weights) values["weights"] = File.Exists(weights) ? Path.GetFullPath(weights) : weights;
            return values;
        }

        public IReadOnlyDictionary<string, string> Own(ParseResult parsed)
        {
            var values = new Dictionary<string, string>();
            foreach (string text in parsed.GetValue(_parameters) ?? [])
            {
                int at = text.IndexOf('=');
                if (at < 1) throw new WsssException($"Expected --parameter name=value, found '{text}'.");
                values[text[..at]] = text[(at + 1)..];
            }
            return values;
        }
    }
}
