using System.CommandLine;
using Wsss.Annotations;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss predict</c>: masks of new photographs.</summary>
internal static class PredictCommand
{
    private const int DefaultLongestSide = 1024;

    private const string Lesson =
        """
        What it does:
          Makes a mask of each photograph with the model that `wsss run` left, and writes it as masks/ID.png in VOC's palette
          (0 background, c + 1 for class c), with sub-folders as they are. predictions.json lists all of them. Broken files are named
          and passed over; then the exit code is 1. The same command again makes only what is missing: masks of the same model and
          file are kept, also those that somebody has corrected; --overwrite makes all anew.

          A photograph that is larger than --longest is reduced for the networks, and its mask scaled back. Choose what makes
          objects about as large as they were in training. A camera's note that a photograph lies on its side is followed.

          Masks are better if you know what the photographs show: --labels takes a list, as `wsss init` reads them, and no class beyond
          a photograph's own is predicted. For photographs that are not in it, the segmentation network tells the classes itself; a model
          without one makes masks from the classifier's maps, of the classes that the classifier sees.

        Formats, beside masks/ID.png:
          overlay       overlays/ID.jpg: the mask over its photograph
          coco          coco.json: an annotation for each class of an image; --coco-form rle (pycocotools), counts or polygons
          labelstudio   labelstudio.json: tasks with brush masks to correct, and labelstudio.xml for the project's labelling interface
          cvat          cvat.xml: "CVAT for images 1.1", for a task with labels of the classes' names
          csv           areas.csv: pixels and share of each class in each image
          sheet         sheet-001.png, …: small overlays side by side

        Examples:
          wsss predict photographs
          wsss predict photographs --model out/run-report/model --format overlay,coco,csv,sheet --longest 512 --out out/masks
          wsss predict photographs --shard 1/4 --out out/masks       the first of four parts, one for each machine; then `wsss merge`
          wsss predict photographs --labels labels.csv --out out/masks
          wsss predict one.jpg --model out/run-report/model --json --out out/one
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var path = new Argument<string>("PATH")
        {
            Description =
                $"A folder of photographs ({string.Join(", ", Photographs.Extensions)}), sub-folders included, or one photograph.",
        };
        var model = new Option<string>("--model", "-m")
        {
            Description = "Folder of the model that `wsss run` left.",
            DefaultValueFactory = _ => RunCommand.DefaultModel,
        };
        var folder = new Option<string>("--out", "-o")
        {
            Description = "Folder to fill.",
            DefaultValueFactory = _ => Path.Combine("out", "predictions"),
        };
        var formats = new Option<PredictionFormat[]>("--format", "-f")
        {
            Description = $"What to write beside the masks, separated by commas: {PredictionFormats.Names}.",
            CustomParser = PredictionFormats.Parse,
            DefaultValueFactory = _ => [PredictionFormat.Png, PredictionFormat.Overlay],
            HelpName = "png,overlay",
        };
        var form = new Option<CocoForm>("--coco-form")
        {
            Description = "How coco.json says which pixels are meant.",
            DefaultValueFactory = _ => CocoForm.Rle,
        };
        var address = new Option<string>("--image-address")
        {
            Description =
                "What stands before a photograph's file in labelstudio.json to make its address, such as " + "https://images.example.org/.",
            DefaultValueFactory = _ => LabelStudioFile.LocalFiles,
        };
        var labels = new Option<string?>("--labels", "-l")
        {
            Description = "What photographs show, in any form that `wsss init` reads: no other class is predicted.",
        };
        var longest = new Option<int?>("--longest")
        {
            Description = "Longest side in pixels at which networks see a larger photograph.",
            DefaultValueFactory = _ => DefaultLongestSide,
        }.AtLeast(16);
        var overwrite = new Option<bool>("--overwrite") { Description = "Make all masks anew, also those of another model." };
        var command = new TaughtCommand("predict", "Masks of new photographs, with a finished model.", Lesson)
        {
            path,
            model,
            folder,
            formats,
            form,
            address,
            labels,
            longest,
            overwrite,
            options.Shard.Which,
        };
        foreach (var option in new Option[] { options.Device, options.Threads, options.Json })
            command.Options.Add(option);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var opened = ModelFolder.Load(parsed.GetValue(model)!);
                string target = parsed.GetValue(folder)!;
                var shard = options.Shard.Of(parsed);
                string from = parsed.GetValue(path)!;
                var photographs = PredictionIndex.WithoutOwn(Photographs.Find(from, except: target), from);
                if (Directory.Exists(from) && Photographs.LeftOut(from) is { } others)
                    ResultText.Note($"warning: {others}.");
                var prediction = new Prediction
                {
                    LongestSide = parsed.GetValue(longest),
                    Overwrite = parsed.GetValue(overwrite),
                    Labels = parsed.GetValue(labels) is { } list
                        ? PhotographLabels.Read(list, photographs, opened.ClassNames)
                        : new Dictionary<string, IReadOnlyList<int>>(),
                };
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var output = new PredictionOutput(parsed.GetValue(formats)!, parsed.GetValue(form), parsed.GetValue(address)!);
                    if (shard is not null)
                    {
                        string part = shard.FolderOf(target);
                        var files = new PredictionFiles(part, opened.ClassNames, opened.Key, output);
                        var done = PredictionParts.Write(
                            target, shard, prediction, opened, photographs, output.ToNode(), files.WriteOverlays, run);
                        return Summary.Of(part, opened.ClassNames, done, []);
                    }
                    var beside = new PredictionFiles(target, opened.ClassNames, opened.Key, output);
                    var own = beside.Own(photographs.Count);
                    own.RefuseOthers();
                    own.Begin();
                    PredictedImage[] images = [.. prediction.Run(opened, photographs, target, run)];
                    var masks = new PredictedMasks(target, opened.ClassNames, images, run);
                    string[] written = [masks.WriteList(), .. beside.Write(masks)];
                    return Summary.Of(target, opened.ClassNames, images, written);
                });
                options.Print(parsed, result, result => result.ToText());
                foreach (var failure in result.Failed)
                    ResultText.Note($"Error: {failure.Error}");
                if (result.Failed.Count == 0)
                    return Task.FromResult(ExitCode.Done);
                ResultText.Note($"{result.Failed.Count} of {result.All} photographs have no mask; the others are done.");
                return Task.FromResult(ExitCode.Error);
            }
        );
        return command;
    }

    /// <summary>In how many masks a class occurs.</summary>
    private sealed record ClassCount(string Name, int Masks);

    /// <summary>A photograph without mask.</summary>
    private sealed record Failure(string Image, string Error);

    /// <summary>What was done.</summary>
    /// <param name="Folder">The output folder.</param>
    /// <param name="All">Photographs that were to have masks.</param>
    /// <param name="Made">Masks that were made.</param>
    /// <param name="Kept">Masks that were there.</param>
    /// <param name="Classes">In how many masks each class occurs.</param>
    /// <param name="Failed">What has no mask, and why.</param>
    /// <param name="Files">What was written beside the masks.</param>
    private sealed record Summary(
        string Folder, int All, int Made, int Kept, IReadOnlyList<ClassCount> Classes, IReadOnlyList<Failure> Failed,
        IReadOnlyList<string> Files)
    {
        public static Summary Of(
            string folder, IReadOnlyList<string> classNames, IReadOnlyList<PredictedImage> images, IReadOnlyList<string> files) => new(
            folder,
            images.Count,
            images.Count(image => image is { Error: null, Kept: false }),
            images.Count(image => image.Kept),
            [.. classNames.Select((name, c) => new ClassCount(name, images.Count(image => image.Labels.Contains(c))))],
            [.. images.Where(image => image.Error is not null).Select(image => new Failure(image.Photograph.File, image.Error!.Message))],
            files);

        public string ToText() =>
            $"{new Table(["class", "masks with it"], [.. Classes.Select(item => (IReadOnlyList<string>)[item.Name, $"{item.Masks}"])])}\n" +
            $"{Made} masks made, {Kept} kept: {Path.Combine(Folder, "masks")}\n{string.Join('\n', Files)}";
    }
}
