using System.CommandLine;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Menagerie;
using Wsss.Notebooks.Reports;
using Wsss.Pipeline;
using Wsss.Results;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss run</c>: the whole way.</summary>
internal static class RunCommand
{
    /// <summary>Where the finished model lies unless told otherwise.</summary>
    public static readonly string DefaultModel = Path.Combine(DefaultReport, "model");

    private const int Pictured = 8;

    private const string PictureFile = "maps.png", ExperimentFile = "experiment.json", ScoresFile = "result.json";

    private static string DefaultReport => Path.Combine("out", "run-report");

    // The notebooks that look at what an experiment makes.
    private static readonly string[] ReportNotebooks = ["01-", "13-"];

    private const string Lesson =
        """
        What it does:
          Trains a classifier from image-level labels, chooses one threshold, makes pseudo masks of the training images, trains a
          segmentation network on them, and scores everything on the test images that have masks. No mask is needed: without any, the
          threshold comes from the images (`wsss threshold` says how), and there is a picture to look at instead of scores. Trained
          networks and masks are kept in the store: the same command again prints the table at once. The scores and how they were
          made go into the report's folder as measured.json, for `wsss results`. The networks are copied into a folder of their own, for
          `wsss predict`.

        Examples:
          wsss run --scale smoke
          wsss run --technique BoundaryLoss --technique SaliencyFusion --refinement crf --no-ceiling
          wsss run --technique IterativeErasing:steps=3 --method gradcam++
          wsss run --data wsss.yaml --backbone mobilenet_v2 --weights mobilenet_v2.pth
          wsss run --data VOC2012 --backbone resnet50 --weights resnet50.pth --size 321 --device cuda
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var noCeiling = new Option<bool>("--no-ceiling")
        {
            Description = "Leave out the same network trained on full masks, which takes as long again.",
        };
        var report = new Option<string>("--report")
        {
            Description =
                "Folder of measured.json and of the HTML report with maps, masks and curves (the notebooks 01 and 13 on this "
                + "experiment).",
            DefaultValueFactory = _ => DefaultReport,
        };
        var model = new Option<string?>("--out", "-o")
        {
            Description =
                "Folder of the finished model, for `wsss predict`; one that is there is replaced. Default: model in the report's "
                + "folder.",
        };
        var noReport = new Option<bool>("--no-report") { Description = "Print the table and write measured.json only." };
        var command = new TaughtCommand(
            "run",
            "Run everything: classifier, maps, pseudo masks, segmentation network; print one table and write a report.",
            Lesson
        );
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        command.Options.Add(options.Techniques);
        options.AddMapOptions(command);
        options.Student.AddTo(command, makesMasks: true);
        foreach (var option in new Option[] { options.ThresholdRule, noCeiling, model, report, noReport })
            command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var experiment = options.Experiment(parsed) with { Ceiling = !parsed.GetValue(noCeiling) };
                string modelFolder = parsed.GetValue(model) ?? Path.Combine(parsed.GetValue(report)!, "model");
                ModelFolder.RequireOurs(modelFolder);
                string[] notebooks =
                    parsed.GetValue(noReport)
                        ? []
                        : [.. NotebookRuns.Ours().Where(path => ReportNotebooks.Any(Path.GetFileName(path)!.StartsWith))];
                if (notebooks.Length > 0) _ = Report.Folder(notebooks, parsed.GetValue(report)!);
                var files = new OwnFiles(
                    parsed.GetValue(report)!,
                    "run",
                    [ResultFile.FileName, PictureFile, ExperimentFile, ScoresFile, .. notebooks.Select(path => Path.GetFileName(path))]);
                files.RefuseOthers();
                string picture = Path.Combine(parsed.GetValue(report)!, PictureFile);
                var result = ProgressDisplay.Run(progress =>
                {
                    using var study = Study.Open(experiment, options.Context(parsed, progress, cancellation));
                    foreach (var finding in study.Findings.Where(finding => finding.Severity == FindingSeverity.Warning))
                        ResultText.Note($"warning: {finding}");
                    var scored = study.Score();
                    files.Begin();
                    Gallery
                        .Maps(
                            [.. study.Maps.Read(study.Spread(Pictured))],
                            study.ClassNames,
                            study.Threshold,
                            "maps and masks of test images",
                            study.Data.Test.WithMasks()
                        )
                        .Save(picture);
                    using var segmenter = study.TrainStudent();
                    ModelFolder.Save(modelFolder, study.Experiment, study.Classifier, segmenter, study.Threshold, study.Provenance);
                    return scored;
                });
                options.Print(parsed, result, result => result.ToTable());
                string measured = Path.Combine(parsed.GetValue(report)!, ResultFile.FileName);
                ResultFiles.Of(result, experiment.MapTitle, CommandLine.Text()).Save(measured);
                ResultText.Note($"picture: {picture}");
                ResultText.Note($"model: {modelFolder}");
                // What the notebooks show is scored against masks.
                if (notebooks.Length > 0 && result.Maps is not null)
                {
                    string page = ProgressDisplay.Run(progress =>
                        WriteReport(result, notebooks, parsed.GetValue(report)!, options.Context(parsed, progress, cancellation))
                    );
                    ResultText.Note($"report: {page}");
                }
                else if (!parsed.GetValue(noReport) && result.Maps is not null)
                {
                    ResultText.Note("no report: the notebooks that make it are neither above the current folder nor above the program");
                }
                string itsModel = modelFolder == DefaultModel ? "" : $" --model {Shell.Quote(modelFolder)}";
                ResultText.Note($"next: wsss predict PHOTOGRAPHS{itsModel} (masks of any photographs)");
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static string WriteReport(ExperimentResult result, IReadOnlyList<string> notebooks, string folder, RunContext run)
    {
        string experiment = Path.GetFullPath(Path.Combine(folder, ExperimentFile));
        AtomicFile.WriteText(experiment, WsssJson.Write(result.Experiment));
        AtomicFile.WriteText(Path.Combine(folder, ScoresFile), WsssJson.Write(result));
        var parameters = new Dictionary<string, string>
        {
            ["experimentFile"] = experiment,
            ["device"] = run.Device.ToString(),
            ["store"] = run.Store.Root,
        };
        // The experiment says it already; pages and notebooks warn of smoke.
        if (result.Experiment.Data is DrawnData drawn) parameters["scale"] = drawn.Scale.ToString().ToLowerInvariant();
        var paths = NotebookRuns.Run(notebooks, parameters, new Dictionary<string, string>(), folder, run.Progress!, run.Cancellation);
        return Report.Write(paths, folder, "An experiment in weakly supervised segmentation");
    }
}
