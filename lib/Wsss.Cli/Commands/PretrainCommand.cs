using System.CommandLine;
using Wsss.Evaluation;
using Wsss.Menagerie;
using Wsss.Models;
using Wsss.Saliency;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss pretrain</c>: the weights that this project ships.</summary>
internal static class PretrainCommand
{
    private const string Objectness = "objectness";

    private static readonly string[] Networks = [.. Backbones.Shipped.Select(design => design.Name)];

    private static readonly string Lesson =
        $"""
        What it does:
          Trains one of the small networks that the project ships, on the drawn data set's *other* objects: none of the target
          classes is among them. It only needs to be done again when the drawing or the network changes.
          {string.Join(", ", Networks)}: a backbone from random weights, as the field pre-trains on ImageNet; first it
          tells single objects cut out, then those of scenes. objectness: a network that says where any object is, as the field
          trains saliency networks on data sets of their own. Writes a safetensors file.

        Examples:
          wsss pretrain menagerie_net --scale smoke --out out/backbone.safetensors   seconds, to see that it works
          wsss train --weights out/backbone.safetensors                              use it
          wsss pretrain menagerie_net --out data/menagerie_net.safetensors           the shipped file, about ten minutes on two cores
          wsss pretrain menagerie_vit --out data/menagerie_vit.safetensors           the same for the small transformer
          wsss pretrain objectness --out data/menagerie_objectness.safetensors       the saliency of drawn scenes
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var network = new Argument<string>("network") { Description = $"{string.Join(", ", Networks)} or {Objectness}." };
        network.OneOf([.. Networks, Objectness]);
        var scale = new Option<SceneScale>("--scale", "-s")
        {
            Description = "How many scenes are drawn: smoke, quick or full.",
            DefaultValueFactory = _ => SceneScale.Full,
        };
        var file = new Option<string>("--out", "-o") { Description = "The safetensors file to write.", Required = true };
        var command = new TaughtCommand("pretrain", "Train a small network that the project ships, on other drawn objects.", Lesson)
        {
            network,
            file,
            scale,
            options.Seed,
            options.Resume,
        };
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var (path, size, seed) = (parsed.GetValue(file)!, parsed.GetValue(scale), parsed.GetValue(options.Seed));
                if (parsed.GetValue(network) == Objectness)
                {
                    var result = ProgressDisplay.Run(progress =>
                        ObjectnessPretraining.Run(path, size, seed, options.Context(parsed, progress, cancellation))
                    );
                    options.Print(
                        parsed,
                        result,
                        result =>
                            string.Join(
                                '\n',
                                HistoryTable.Format(result.History),
                                Line("other objects (test)", result.OtherObjects),
                                Line("target objects (test, never seen)", result.TargetObjects),
                                $"network: {result.File}"
                            )
                    );
                }
                else
                {
                    var pretraining = new PretrainingOptions
                    {
                        File = path,
                        Backbone = parsed.GetValue(network)!,
                        Scale = size,
                        Seed = seed,
                    };
                    var result = ProgressDisplay.Run(progress =>
                        Pretraining.Run(pretraining, options.Context(parsed, progress, cancellation))
                    );
                    options.Print(
                        parsed,
                        result,
                        result =>
                            string.Join(
                                '\n',
                                "object crops",
                                HistoryTable.Format(result.ObjectHistory),
                                "scenes",
                                HistoryTable.Format(result.SceneHistory),
                                $"test: mAP {Table.Percent(result.Test.MeanAveragePrecision)} %, F1 {Table.Percent(result.Test.F1)} %",
                                $"backbone: {result.File}"
                            )
                    );
                }
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;

        static string Line(string name, ObjectnessScore score) =>
            $"{name}: IoU {Table.Percent(score.IoU)} %, precision {Table.Percent(score.Precision)} %, recall "
                + $"{Table.Percent(score.Recall)} %";
    }
}
