using System.CommandLine;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss pretrain</c>: the backbone weights that this project ships.</summary>
internal static class PretrainCommand
{
    private const string Lesson =
        """
        What it does:
          Trains a small backbone from random weights to tell the drawn data set's *other* objects (none of the target classes),
          as the field pre-trains on ImageNet: first on single objects cut out, then on scenes. Writes the backbone as a safetensors file with its provenance. It only
          needs to be done again when the drawing or the network changes.

        Examples:
          wsss pretrain --scale smoke --out out/backbone.safetensors       seconds, to see that it works
          wsss pretrain --out data/menagerie_net.safetensors               the shipped file, about ten minutes on two cores
          wsss pretrain --backbone menagerie_vit --out data/menagerie_vit.safetensors   the same for the small transformer
          wsss train --weights out/backbone.safetensors                    use it
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var scale = new Option<MenagerieScale>("--scale", "-s")
        {
            Description = "How many scenes are drawn: smoke, quick or full.",
            DefaultValueFactory = _ => MenagerieScale.Full,
        };
        var backbone = new Option<string>("--backbone", "-b")
        {
            Description = "The backbone to train: menagerie_net or menagerie_vit.",
            DefaultValueFactory = _ => BackboneSpec.ShippedNames[0],
        };
        var file = new Option<string>("--out", "-o") { Description = "The safetensors file to write.", Required = true };
        var command = new TaughtCommand("pretrain", "Train a small backbone from random weights on other drawn objects.", Lesson)
        {
            file, backbone, scale, options.Seed, options.Resume,
        };
        options.AddRunOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            var pretraining = new PretrainingOptions
            {
                File = parsed.GetValue(file)!,
                Backbone = parsed.GetValue(backbone)!,
                Scale = parsed.GetValue(scale),
                Seed = parsed.GetValue(options.Seed),
            };
            var result = ProgressDisplay.Run(progress => Pretraining.Run(pretraining, options.Context(parsed, progress, cancellation)));
            options.Print(parsed, result, result =>
                $"object crops\n{HistoryTable.Format(result.ObjectHistory)}\nscenes\n{HistoryTable.Format(result.SceneHistory)}\ntest: mAP {Table.Percent(result.Test.MeanAveragePrecision)} %, " +
                $"F1 {Table.Percent(result.Test.F1)} %\nbackbone: {result.File}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
