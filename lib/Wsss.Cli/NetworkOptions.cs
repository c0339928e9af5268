using System.CommandLine;
using System.CommandLine.Parsing;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Cli;

/// <summary>Options that name a finished classifier: the folder of one that was trained here, or weights of torchvision's.</summary>
internal sealed class NetworkOptions
{
    private const string Softmax = "softmax";
    private const string Sigmoid = "sigmoid";

    public Option<string?> Folder { get; } = new("--classifier", "-c") { Description = "The folder that `wsss train` prints." };

    public Option<string?> Backbone { get; } = new Option<string?>("--backbone", "-b")
    {
        Description = "The network of a classifier with torchvision's or timm's weights: " +
            $"{string.Join(", ", Backbones.All.Where(design => design.HeadLayer is not null).Select(design => design.Name))}.",
    }.MemberOf<BackboneDesign>();

    public Option<string?> Weights { get; } = new("--weights", "-w")
    {
        Description = "Its weights, classifier included: torchvision's or timm's file, or a checkpoint of the same network.",
    };

    public Option<string?> Head { get; } =
        new("--head")
        {
            Description =
                "The layer of that file that makes the logits, by name. Default: the one linear layer or 1×1 convolution behind the "
                    + "backbone.",
        };

    public Option<string?> Scores { get; } = new Option<string?>("--scores")
    {
        Description = "How that classifier's logits are read: softmax names one class per image, sigmoid judges each class by itself. " +
            "Default: softmax, or sigmoid for a single logit.",
    }.OneOf(Softmax, Sigmoid);

    public Option<int?> Stride { get; } = new("--stride")
    {
        Description = "Image pixels per feature of that network; less gives finer maps with the same weights. " +
            $"{CommonOptions.Strides} Default: the network's own.",
    };

    public Option<string?> ClassNames { get; } = new("--class-names")
    {
        Description = "File with the names of its classes: one per line, or a list or dict as JSON, Python or YAML. Default: numbers.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Folder, Backbone, Weights, Head, Scores, Stride, ClassNames }) command.Options.Add(option);
    }

    /// <summary>Refuses options that name no classifier, or two.</summary>
    /// <param name="result">The command's arguments.</param>
    /// <param name="needsWeights">Whether the network must have learned something.</param>
    public void Check(CommandResult result, bool needsWeights)
    {
        bool folder = result.GetResult(Folder) is not null;
        if (folder == result.GetResult(Backbone) is not null)
            result.AddError("Expected one of --classifier and --backbone.");
        else if (!folder && needsWeights && result.GetResult(Weights) is null)
            result.AddError("Expected --weights with --backbone: the file of a network that was trained.");
        foreach (var option in new Option[] { Weights, Head, Scores, Stride, ClassNames })
        {
            if (folder && result.GetResult(option) is not null)
                result.AddError($"Expected no {option.Name} with --classifier, whose folder says it.");
        }
    }

    /// <summary>Opens the classifier in evaluation mode; the caller disposes its network.</summary>
    public OpenClassifier Open(ParseResult parsed, Device device)
    {
        if (parsed.GetValue(Folder) is { } folder)
        {
            var trained = TrainedClassifier.Load(folder, device).Network;
            return new OpenClassifier(trained, trained.ClassNames, OneClassPerImage: false, Form: null);
        }
        var (network, report) = ClassifierFile.Load(
            parsed.GetValue(Backbone)!,
            parsed.GetValue(Weights)!,
            parsed.GetValue(Stride),
            head: parsed.GetValue(Head)
        );
        try
        {
            int classes = network.ClassNames.Count;
            string scores = parsed.GetValue(Scores) ?? (classes == 1 ? Sigmoid : Softmax);
            if (classes == 1 && scores == Softmax)
                throw new WsssException($"Expected {Scores.Name} {Sigmoid} for a classifier with one logit, found {Softmax}.");
            var names = parsed.GetValue(ClassNames) is { } list ? ClassList.Read(list, classes) : network.ClassNames;
            network.to(device);
            return new OpenClassifier(network, names, scores == Softmax, report.Form);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the network below the head; --weights are not needed for it.</summary>
    public T WithBackbone<T>(ParseResult parsed, Func<Backbone, T> look)
    {
        if (parsed.GetValue(Folder) is { } folder)
        {
            using var trained = TrainedClassifier.Load(folder, CPU);
            return look(trained.Network.Backbone);
        }
        var design = Backbones.Find(parsed.GetValue(Backbone)!);
        using var backbone = design.Create(parsed.GetValue(Stride) ?? design.NativeStride);
        backbone.eval();
        return look(backbone);
    }
}

/// <summary>A classifier that options named.</summary>
/// <param name="Network">In evaluation mode; the caller disposes it.</param>
/// <param name="ClassNames">Names of its classes.</param>
/// <param name="OneClassPerImage">Whether it names one class per image, as torchvision's do; those trained here judge each class by
/// itself.</param>
/// <param name="Form">How its weight file held it; null for one that was trained here.</param>
internal sealed record OpenClassifier(Classifier Network, IReadOnlyList<string> ClassNames, bool OneClassPerImage, SavedForm? Form);
