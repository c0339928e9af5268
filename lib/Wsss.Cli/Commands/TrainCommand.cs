using System.CommandLine;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss train</c>: a classifier from image-level labels.</summary>
internal static class TrainCommand
{
    private const string Lesson =
        """
        What it does:
          Trains a multi-label classifier from image-level labels; masks are not looked at. The result lies in the store
          under the hash of data and options: the same command again finds it there. It prints its folder, for `wsss maps`.

        Curves:
          Losses and validation metrics by epoch lie in the folder as history.json and as events for TensorBoard, which shows
          all trainings of the store side by side: tensorboard --logdir out/cache

        Examples:
          wsss train --scale smoke --epochs 1
          wsss train --technique RandomErasing --technique MultiDilation:rates=[1,2,3]
          wsss train --data VOC2012 --backbone mobilenet_v2 --weights mobilenet_v2.pth --epochs 5
          wsss train --resume            after Ctrl-C, with the same options: goes on where it was
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("train", "Train a classifier from image-level labels.", Lesson);
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        command.Options.Add(options.Techniques);
        command.Options.Add(options.Saliency.From);
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var experiment = options.Experiment(parsed);
            var result = ProgressDisplay.Run(progress =>
            {
                var run = options.Context(parsed, progress, cancellation);
                var data = experiment.Data!.Open();
                DataCheck.BeforeTraining(data);
                var recipe = NetworkRecipe.ForImages(experiment.Classifier, data.Train.Count);
                using var classifier = ClassifierTrainer.Train(recipe, data, run);
                var test = ClassifierTrainer.Evaluate(classifier, data.Test, run);
                return new Trained(classifier.Folder, classifier.Recipe, classifier.History, test);
            });
            options.Print(parsed, result, result =>
                $"{HistoryTable.Format(result.History)}\ntest: mAP {Table.Percent(result.Test.MeanAveragePrecision)} %, " +
                $"F1 {Table.Percent(result.Test.F1)} %\nclassifier: {result.Folder}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private sealed record Trained(string Folder, Recipe Recipe, TrainingHistory History, MultiLabelScore Test);
}
