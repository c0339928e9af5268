using System.CommandLine;
using System.CommandLine.Parsing;
using Wsss.Data;
using Wsss.Notebooks;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Reports;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss notebook</c>: runs notebooks without a notebook host, and makes a report of what they were saved with.</summary>
internal static class NotebookCommand
{
    private const string Lesson =
        """
        What it does:
          report makes pages of notebooks, as they were saved, that open in any browser without a network: in seconds, and says which
          outputs are of other code or of another state of the library. With --run it runs them first. run runs every cell in order,
          without a notebook host, and saves the outputs with them. pictures draws, from the saved charts, what viewers without
          plotly show of them; runs draw it by themselves. figure writes a saved picture to a file, for a text or slides.

        Examples:
          wsss notebook report --out out/report
          wsss notebook report --run --scale smoke
          wsss notebook run notebooks/01-cam.ipynb -p seed=3 --out out/seed3
          wsss notebook figure notebooks/04-boundary-loss.ipynb --section "The failure" --out failure.png
        """;

    public static Command Create() =>
        new TaughtCommand(
            "notebook",
            "Make an offline HTML report of notebooks as they were saved, or run them without a notebook host.",
            Lesson
        )
        {
            CreateRun(),
            CreateReport(),
            CreatePictures(),
            CreateFigure(),
        };

    private static Command CreateRun()
    {
        var options = new NotebookOptions();
        var files = new Argument<string[]>("files") { Description = "The .ipynb files.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "Folder for the notebooks with their outputs. Default: back in place.",
        };
        var command = new Command("run", "Run every cell of notebooks and save the outputs with them. Exit code 1 if a cell fails.")
        {
            files,
            output,
        };
        options.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var paths = ProgressDisplay.Run(progress =>
                    NotebookRuns.Run(
                        parsed.GetValue(files)!,
                        options.Shared(parsed),
                        options.Own(parsed),
                        parsed.GetValue(output),
                        progress,
                        cancellation
                    )
                );
                foreach (string path in paths)
                    ResultText.Print(path);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static Command CreateReport()
    {
        var options = new NotebookOptions();
        var files = OurFiles();
        var output = new Option<string>("--out", "-o")
        {
            Description = "Folder of the report; notebooks that are run are kept with their outputs beside the pages.",
            DefaultValueFactory = _ => Path.Combine("out", "report"),
        };
        var first = new Option<bool>("--run")
        {
            Description = "Run the notebooks first, which takes minutes to hours, instead of showing what they were saved with.",
        };
        var pages = new Option<string[]>("--page")
        {
            Description = "Another page that the index names first, such as the index.html of `wsss compare`. May be given several times.",
        };
        var command = new Command("report", "Write a report of notebooks that opens in any browser without a network.")
        {
            files,
            first,
            output,
            pages,
        };
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(first) && options.Given(result) is { } option)
                result.AddError($"Expected --run with {option.Name}: without it the report shows what the notebooks were saved with.");
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                string folder = parsed.GetValue(output)!;
                var paths = Chosen(parsed.GetValue(files)!);
                if (parsed.GetValue(first))
                {
                    // What the report would write over is told before hours of work.
                    _ = Report.Folder(paths, folder);
                    paths = ProgressDisplay.Run(progress =>
                        NotebookRuns.Run(paths, options.Shared(parsed), options.Own(parsed), folder, progress, cancellation)
                    );
                }
                const string Title = "Weakly supervised semantic segmentation";
                ResultText.Print(Report.Write(paths, folder, Title, parsed.GetValue(pages) ?? [], ResultText.Note, cancellation));
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static Command CreatePictures()
    {
        var files = OurFiles();
        var command = new Command("pictures", "Draw the static picture of each saved chart into notebooks, without running them.")
        {
            files,
        };
        command.SetAction(parsed =>
        {
            foreach (string path in Chosen(parsed.GetValue(files)!))
            {
                var notebook = Notebook.Load(path);
                var (drawn, notDrawn) = ChartPictures.Add(notebook);
                if (drawn > 0)
                    notebook.Save(path);
                ResultText.Print($"{path}: {drawn} drawn{(notDrawn > 0 ? $", {notDrawn} of kinds that are not drawn" : "")}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateFigure()
    {
        var file = new Argument<string>("file") { Description = "The .ipynb file." };
        var section = new Option<string>("--section") { Description = "The heading that the picture stands under.", Required = true };
        var number = new Option<int>("--number")
        {
            Description = "Which of the section's pictures; charts are not counted.",
            DefaultValueFactory = _ => 1,
        };
        var output = new Option<string>("--out", "-o") { Description = "The .png file to write.", Required = true };
        var command = new Command("figure", "Write a picture that a notebook was saved with to a file.") { file, section, number, output };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            var notebook = Notebook.Load(parsed.GetValue(file)!);
            byte[] picture = SavedPictures.Of(notebook, parsed.GetValue(section)!, parsed.GetValue(number));
            AtomicFile.Write(path, file => file.Write(picture));
            ResultText.Print(path);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string[]> OurFiles() =>
        new("files") { Description = "The .ipynb files in reading order. Default: all of the project.", Arity = ArgumentArity.ZeroOrMore };

    private static IReadOnlyList<string> Chosen(string[] files) => files.Length == 0 ? NotebookRuns.All() : files;

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
            foreach (var option in All) command.Options.Add(option);
        }

        /// <summary>The first of these options that was typed; null if none was.</summary>
        public Option? Given(CommandResult result) => All.FirstOrDefault(option => result.GetResult(option) is { Implicit: false });

        private Option[] All =>
            [_common.Data, _common.Scale, _common.Seed, _common.Backbone, _common.Weights, _common.Device, _common.Store, _parameters];

        /// <summary>Values of the common parameters; notebooks run in their own folder, hence full paths.</summary>
        public IReadOnlyDictionary<string, string> Shared(ParseResult parsed)
        {
            var data = _common.DataSet(parsed);
            string typed = parsed.GetValue(_common.Data)!;
            var values = new Dictionary<string, string>
            {
                ["scale"] = parsed.GetValue(_common.Scale).ToString().ToLowerInvariant(),
                ["seed"] = data.Seed.ToString(),
                ["device"] = parsed.GetValue(_common.Device)!,
            };
            // A notebook has its own data unless some are named, or lie here; a file says more than the folder that it names.
            if (parsed.GetResult(_common.Data) is { Implicit: false } || typed == PhotographFolder.FileName)
                values["data"] = File.Exists(typed) ? Path.GetFullPath(typed) : data.Folder ?? typed;
            if (parsed.GetValue(_common.Store) is { } store)
                values["store"] = Path.GetFullPath(store);
            if (parsed.GetValue(_common.Backbone) is { } backbone)
                values["backbone"] = backbone;
            if (parsed.GetValue(_common.Weights) is { } weights)
                values["weights"] = File.Exists(weights) ? Path.GetFullPath(weights) : weights;
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
