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

    /// <summary>Path of a weight file with torchvision's names (PyTorch's .pth or safetensors), <see cref="Shipped"/>, or null to start from random weights.</summary>
    public string? Weights { get; init; } = Shipped;

    /// <summary>Reads what a person types.</summary>
    /// <param name="name">A name of <see cref="Backbones.Names"/>, or empty for Menagerie's.</param>
    /// <param name="weights">A weight file, <c>random</c> to start from scratch, or empty for the shipped weights.</param>
    /// <param name="outputStride">Null for 8 with Menagerie's backbone and 16 with the others.</param>
    /// <returns>Null when nothing was given, so that the data set decides.</returns>
    /// <exception cref="RecipeException">A backbone for photographs without weights.</exception>
    public static BackboneSpec? Parse(string? name, string? weights, int? outputStride = null)
    {
        if (string.IsNullOrEmpty(name) && string.IsNullOrEmpty(weights) && outputStride is null) return null;
        var spec = new BackboneSpec();
        if (!string.IsNullOrEmpty(name) && name != spec.Name)
        {
            if (string.IsNullOrEmpty(weights))
            {
                throw new RecipeException(
                    $"Expected weights for the backbone {name}, found none. Give a .pth or safetensors file, or 'random' to start from scratch.");
            }
            spec = spec with { Name = name, OutputStride = 16 };
        }
        if (!string.IsNullOrEmpty(weights)) spec = spec with { Weights = weights switch { "random" => null, Shipped => Shipped, _ => Path.GetFullPath(weights) } };
        return outputStride is null ? spec : spec with { OutputStride = outputStride.Value };
    }

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
                $"Expected backbone weights at '{path}', found no such file. Give a .pth or safetensors file with torchvision's names" +
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
