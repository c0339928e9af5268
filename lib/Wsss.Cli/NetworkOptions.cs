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
    public Option<string?> Folder { get; } = new("--classifier", "-c") { Description = "The folder that `wsss train` prints." };

    public Option<string?> Backbone { get; } = new Option<string?>("--backbone", "-b")
    {
        Description = "The network of a classifier with torchvision's or timm's weights: " +
            $"{string.Join(", ", Backbones.All.Where(design => design.HeadLayer is not null).Select(design => design.Name))}.",
    }.MemberOf<BackboneDesign>();

    public Option<string?> Weights { get; } = new("--weights", "-w")
    {
        Description = "Its weights, classifier included: a file with torchvision's or timm's names.",
    };

    public Option<int?> Stride { get; } = new("--stride")
    {
        Description = "Image pixels per feature of that network; less gives finer maps with the same weights. " +
            $"{CommonOptions.Strides} Default: the network's own.",
    };

    public Option<string?> ClassNames { get; } = new("--class-names") { Description = "Text file with the names of its classes, one per line. Default: numbers." };

    /// <summary>Whether the classifier names one class per image, as torchvision's do; those trained here judge each class by itself.</summary>
    public bool OneClassPerImage(ParseResult parsed) => parsed.GetValue(Folder) is null;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Folder, Backbone, Weights, Stride, ClassNames }) command.Options.Add(option);
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
        foreach (var option in new Option[] { Weights, Stride, ClassNames })
        {
            if (folder && result.GetResult(option) is not null)
                result.AddError($"Expected no {option.Name} with --classifier, whose folder says it.");
        }
    }

    /// <summary>Opens the classifier in evaluation mode; the caller disposes it.</summary>
    public (Classifier Network, IReadOnlyList<string> ClassNames) Open(ParseResult parsed, Device device)
    {
        if (parsed.GetValue(Folder) is { } folder)
        {
            var trained = TrainedClassifier.Load(folder, device).Network;
            return (trained, trained.ClassNames);
        }
        var network = Classifier.FromTorchvision(parsed.GetValue(Backbone)!, parsed.GetValue(Weights)!, parsed.GetValue(Stride));
        network.to(device);
        return (network, parsed.GetValue(ClassNames) is { } list ? ClassList.Read(list, network.ClassNames.Count) : network.ClassNames);
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
