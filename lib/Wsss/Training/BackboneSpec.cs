using Wsss.Models;

namespace Wsss.Training;

/// <summary>Which backbone a network stands on and where its weights come from.</summary>
public sealed record BackboneSpec
{
    /// <summary>The value of <see cref="Weights"/> for the file that this project ships for <c>menagerie_net</c>.</summary>
    public const string Shipped = "shipped";

    /// <summary>A name of <see cref="Backbones.Names"/>.</summary>
    public string Name { get; init; } = "menagerie_net";

    /// <summary>Input pixels per feature: 8, 16 or 32.</summary>
    public int OutputStride { get; init; } = 8;

    /// <summary>Path of a safetensors file with torchvision's names, <see cref="Shipped"/>, or null to start from random weights.</summary>
    public string? Weights { get; init; } = Shipped;

    /// <summary>Where the shipped weights lie: beside this library.</summary>
    public static string ShippedPath =>
        Path.Combine(Path.GetDirectoryName(typeof(BackboneSpec).Assembly.Location)!, "data", "menagerie_net.safetensors");

    /// <summary>The weight file; null for random weights.</summary>
    /// <exception cref="WeightFileException">There is no such file.</exception>
    public string? ResolveWeights()
    {
        if (Weights is null) return null;
        string path = Weights == Shipped ? ShippedPath : Weights;
        if (!File.Exists(path))
        {
            throw new WeightFileException(
                $"Expected backbone weights at '{path}', found no such file. Give a safetensors file with torchvision's names" +
                (Weights == Shipped ? ", or make the shipped one with `wsss pretrain`." : "."));
        }
        return path;
    }

    /// <summary>Builds the backbone and loads its weights.</summary>
    internal Backbone Create()
    {
        string? weights = ResolveWeights();
        var backbone = Backbones.Create(Name, OutputStride);
        if (weights is not null) Models.Weights.LoadBackbone(backbone, weights);
        return backbone;
    }

    /// <summary>What decides the initial weights, for a result's key: the file's content, not its path.</summary>
    internal string WeightsKey() => ResolveWeights() is { } path ? ArtifactStore.FileHash(path) : "random";
}
