using System.CommandLine;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Segmentation;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss segment</c>: a segmentation network from a folder of masks.</summary>
internal static class SegmentCommand
{
    private const string SummaryFile = "segmentation.json";

    private const string Lesson =
        """
        What it does:
          Trains a segmentation network (DeepLabv3) on the training images and a folder of masks, one ID.png for each, from
          `wsss masks` or any other program; then predicts the test split into ID.png files, with segmentation.json beside them, and
          scores those that have drawn masks. The network lies in the store: the same command again finds it there. It starts from
          ImageNet's weights or the project's own; `wsss run` starts it from its classifier, which knows the classes already and so
          needs fewer epochs: here that is --weights CLASSIFIER/network.safetensors, in the folder that `wsss train` prints.

        Examples:
          wsss segment --masks out/masks --out out/predictions
          wsss segment --masks out/masks --epochs 15 --json --out out/predictions
          wsss segment --masks out/masks --weights CLASSIFIER/network.safetensors --out out/predictions      as `wsss run` does it
          wsss segment --data VOC2012 --masks out/masks --backbone resnet50 --weights resnet50.pth --size 321 --out out/predictions
          wsss segment --masks out/masks --decisions decisions.json --out out/predictions     without what a review left out
          wsss segment --data VOC2012 --masks VOC2012/SegmentationClass ...      the ceiling: trained on full masks
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var masks = new Option<string>("--masks", "-m")
        {
            Description = "Folder with a mask ID.png for each training image.",
            Required = true,
        };
        var folder = new Option<string>("--out", "-o")
        {
            Description = "Folder for the predicted masks of the test split.",
            Required = true,
        };
        var decisions = new Option<string?>("--decisions")
        {
            Description = "File that the page of `wsss review` saved: training images to leave out.",
        };
        var command = new TaughtCommand("segment", "Train a segmentation network on masks, predict the test split, score it.", Lesson)
        {
            masks,
            decisions,
            folder,
        };
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        options.Student.AddTo(command, makesMasks: false);
        command.Options.Add(options.Saliency.From);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var recipe = options.SegmenterRecipe(parsed);
                var inference = options.Experiment(parsed).Inference;
                inference.Validate();
                string path = parsed.GetValue(folder)!, targets = parsed.GetValue(masks)!;
                OutputCheck.RequireAnother(folder, path, masks, targets);
                var result = ProgressDisplay.Run(progress =>
                {
                    var run = options.Context(parsed, progress, cancellation);
                    var data = options.DataSet(parsed).Open();
                    var images = parsed.GetValue(decisions) is { } file
                        ? ReviewDecisions.Load(file, data.Train).Keep(data.Train)
                        : data.Train;
                    var train = new TargetSource(MaskFolderSource.Open(images, targets));
                    var predictions = new MaskOutput(
                        path, "segment", SummaryFile, Enumerable.Range(0, data.Test.Count).Select(data.Test.Id));
                    using var segmenter = SegmenterTrainer.Train(NetworkRecipe.ForImages(recipe, train.Count), train, data.Validation, run);
                    var evaluator = new SegmentationEvaluator(data.Test.ClassNames);
                    predictions.Begin(without: []);
                    foreach (var (sample, mask) in inference.Run(segmenter.Network, data.Test, run))
                    {
                        predictions.Write(sample.Id, mask);
                        int index = data.Test.IndexOf(sample.Id);
                        if (data.Test.HasMask(index))
                            evaluator.Add(sample.Id, data.Test.Mask(index), data.Test.Truth(index), mask);
                    }
                    var segmented = new Segmented(
                        segmenter.Folder,
                        path,
                        segmenter.History,
                        data.Test.WithMasks() is null ? null : evaluator.ToScore()
                    );
                    predictions.End(segmented);
                    return segmented;
                });
                options.Print(
                    parsed,
                    result,
                    result =>
                        $"{HistoryTable.Format(result.History)}\n"
                    + $"{result.Test?.ToTable() ?? "No test image has a mask: there is nothing to score against."}\n"
                    + $"network: {result.Network}\npredictions on the test split: {result.Predictions}"
                );
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private sealed record Segmented(string Network, string Predictions, TrainingHistory History, Score? Test);
}
