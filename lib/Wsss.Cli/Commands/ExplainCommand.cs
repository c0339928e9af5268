using System.CommandLine;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss explain</c>: what a classifier sees in an image, and where.</summary>
internal static class ExplainCommand
{
    private static readonly string Lesson =
        $"""
        What it does:
          Shows which classes a classifier names in an image and which places spoke for them. Any classifier will do: an
          ImageNet one with torchvision's weights (--backbone and --weights), a checkpoint of the same network that other code
          saved (prefixes and wrappers are left out and named), or one that `wsss train` made (--classifier).
          Of a folder, each JPEG or PNG in it is explained into a folder of its own; what cannot be read is listed at the end.
          The folder gets explanation.png (the image and a map of each class), maps.npy ([K, H, W] float32 in 0…1, classes
          by rising index) and a grey INDEX-CLASS.png per class.

        {TaughtCommand.ListOf<MapExtractor>()}

        Examples:
          wsss explain cat.jpg --backbone mobilenet_v2 --weights mobilenet_v2.pth --class-names imagenet.txt
          wsss explain cat.jpg --backbone resnet50 --weights resnet50.pth --method layercam:layer=layer2.3 --class 281
          wsss explain photographs/ --classifier out/cache/classifier-0123 --out out/photographs
          wsss explain cat.jpg --backbone resnet50 --weights res50_cam.pth --head classifier --scores sigmoid
          wsss explain --backbone resnet50 --list-layers
          wsss explain scene.jpg --classifier out/cache/classifier-0123 --method gradcam --class cat --class dog
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var networks = new NetworkOptions();
        var reading = new MapOptions();
        var image = new Argument<string?>("IMAGE")
        {
            Description = "A JPEG or PNG file, or a folder of them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var wanted = new Option<string[]>("--class")
        {
            Description = "A class to explain, by name or zero-based index; may be given several times. Default: what the network names.",
        };
        var side = new Option<int?>("--size")
        {
            Description =
                $"Longest side in pixels that the network sees at scale 1. Default: the image's own, at most {Explainer.LargestSide}, "
                + $"or {Explainer.LargestSideForOneClass} with softmax scores, as ImageNet's networks were trained on about that.",
        }.AtLeast(1);
        var listLayers = new Option<bool>("--list-layers") { Description = "Print the network's layers and do nothing else." };
        var folder = new Option<string?>("--out", "-o") { Description = "Folder to fill. Default: out/explain/IMAGE-METHOD." };
        var command = new TaughtCommand("explain", "Show what a classifier sees in an image, and where.", Lesson) { image };
        networks.AddTo(command);
        command.Options.Add(wanted);
        reading.AddTo(command);
        foreach (var option in new Option[] { side, folder, listLayers, options.Device, options.Threads, options.Json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            bool explains = !result.GetValue(listLayers);
            networks.Check(result, needsWeights: explains);
            if (explains && result.GetValue(image) is null)
                result.AddError("Expected an IMAGE to explain.");
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var run = options.Context(parsed, null, cancellation);
                if (parsed.GetValue(listLayers))
                {
                    options.Print(parsed, networks.WithBackbone(parsed, Layers), ToText);
                    return Task.FromResult(ExitCode.Done);
                }
                var inference = reading.Apply(parsed, new MapInference());
                string path = Path.TrimEndingDirectorySeparator(parsed.GetValue(image)!);
                bool isFolder = Directory.Exists(path);
                // A file that is none is told before the network is loaded.
                if (!isFolder)
                    ImageFile.ReadSize(path);
                var (network, classNames, oneClass, form) = networks.Open(parsed, run.Device);
                using (network)
                {
                    int[] classes = [.. (parsed.GetValue(wanted) ?? []).Select(text => ClassList.Find(classNames, text))];
                    var explainer = new Explainer
                    {
                        Maps = inference,
                        Side = parsed.GetValue(side),
                        OneClassPerImage = oneClass,
                    };
                    string how = parsed.GetValue(reading.Method)!.Replace(":layer=", "-", StringComparison.Ordinal);
                    string target =
                        parsed.GetValue(folder)
                        ?? Path.Combine(
                            "out",
                            "explain",
                            $"{(isFolder ? Path.GetFileName(Path.GetFullPath(path)) : Path.GetFileNameWithoutExtension(path))}-{how}"
                        );
                    if (!isFolder)
                    {
                        options.Print(parsed, Explain(path, target), files => files.ToText());
                        return Task.FromResult(ExitCode.Done);
                    }
                    var all = ProgressDisplay.Run(progress =>
                        ExplainedFolder.Write(path, target, Explain, run with { Progress = progress })
                    );
                    options.Print(parsed, all, all => all.ToText());
                    return Task.FromResult(all.Broken.Count == 0 ? ExitCode.Done : ExitCode.Error);

                    ExplanationFiles Explain(string file, string into)
                    {
                        var picture = ImageFile.ReadRgb(file);
                        var explanation = explainer.Explain(network, picture, classes, run.Device);
                        return ExplanationFiles.Write(into, picture, explanation, classNames, $"{Path.GetFileName(file)}: {how}") with
                        {
                            Weights = form?.ToString(),
                        };
                    }
                }
            }
        );
        return command;
    }

    /// <summary>One layer of a network.</summary>
    /// <param name="Name">For an extractor's layer.</param>
    /// <param name="Channels">Of its output.</param>
    /// <param name="Stride">Image pixels per value of its output.</param>
    /// <param name="EndsStage">Whether it is the last one at its resolution or of its stage.</param>
    private sealed record Layer(string Name, long Channels, long Stride, bool EndsStage);

    private static Layer[] Layers(Backbone backbone)
    {
        const int Side = 64;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var activation = new Activation(zeros(1, 3, Side, Side));
        var layers = new List<Layer>();
        for (int i = 0; i < backbone.Layers.Count; i++)
        {
            activation = backbone.Run(activation, i, i + 1);
            string name = backbone.Layers[i];
            layers.Add(new Layer(name, activation.Grid.shape[1], Side / activation.Grid.shape[3], backbone.StageEnds.Contains(name)));
        }
        return [.. layers];
    }

    private static string ToText(Layer[] layers) =>
        new Table(
            ["layer", "channels", "image pixels per value", "ends a stage"],
            [
                .. layers.Select(layer =>
                    (IReadOnlyList<string>)[layer.Name, $"{layer.Channels}", $"{layer.Stride}", layer.EndsStage ? "yes" : ""]
                ),
            ]
        ).ToString();
}
