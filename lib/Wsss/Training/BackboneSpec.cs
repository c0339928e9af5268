using Wsss.Models;

namespace Wsss.Training;

/// <summary>Which backbone a network stands on and where its weights come from.</summary>
public sealed record BackboneSpec
{
    /// <summary>The value of <see cref="Weights"/> for the file that this project ships, for the backbones that have one.</summary>
    public const string Shipped = "shipped";

    /// <summary>The backbones for drawn scenes, for which this project ships weights; their output stride is 8.</summary>
    public static IReadOnlyList<string> ShippedNames { get; } = ["menagerie_net", "menagerie_vit"];

    /// <summary>A name of <see cref="Backbones.Names"/>.</summary>
    public string Name { get; init; } = "menagerie_net";

    /// <summary>Input pixels per feature: 8, 16 or 32.</summary>
    public int OutputStride { get; init; } = 8;

    /// <summary>Path of a weight file with torchvision's or timm's names (PyTorch's .pth or safetensors), <see cref="Shipped"/>, or null to start from random weights.</summary>
    public string? Weights { get; init; } = Shipped;

    /// <summary>Reads what a person types.</summary>
    /// <param name="name">A name of <see cref="Backbones.Names"/>, or empty for <c>menagerie_net</c>.</param>
    /// <param name="weights">A weight file, <c>random</c> to start from scratch, or empty for the shipped weights.</param>
    /// <param name="outputStride">Null for 8 with Menagerie's backbones and 16 with the others.</param>
    /// <returns>Null when nothing was given, so that the data set decides.</returns>
    /// <exception cref="RecipeException">A backbone for photographs without weights.</exception>
    public static BackboneSpec? Parse(string? name, string? weights, int? outputStride = null)
    {
        if (string.IsNullOrEmpty(name) && string.IsNullOrEmpty(weights) && outputStride is null) return null;
        var spec = new BackboneSpec();
        if (ShippedNames.Contains(name))
        {
            spec = spec with { Name = name! };
        }
        else if (!string.IsNullOrEmpty(name))
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

    /// <summary>Where a backbone's shipped weights lie: beside this library.</summary>
    /// <param name="name">One of <see cref="ShippedNames"/>.</param>
    public static string ShippedPath(string name) =>
        Path.Combine(Path.GetDirectoryName(typeof(BackboneSpec).Assembly.Location)!, "data", $"{name}.safetensors");

    /// <summary>The weight file; null for random weights.</summary>
    /// <exception cref="WeightFileException">There is no such file.</exception>
    public string? ResolveWeights()
    {
        if (Weights is null) return null;
        if (Weights == Shipped && !ShippedNames.Contains(Name))
        {
            throw new WeightFileException(
                $"Expected a weight file for the backbone {Name}, as weights are shipped for {string.Join(" and ", ShippedNames)} only. " +
                "Give a safetensors file, or null to start from random weights.");
        }
        string path = Weights == Shipped ? ShippedPath(Name) : Weights;
        if (!File.Exists(path))
        {
            throw new WeightFileException(
                $"Expected backbone weights at '{path}', found no such file. Give a .pth or safetensors file with torchvision's or timm's names" +
                (Weights == Shipped ? $", or make the shipped one with `wsss pretrain {Name}`." : "."));
        }
        return path;
    }

    /// <summary>Builds the backbone and loads its weights.</summary>
    /// <param name="classes">How many classes there are, as a transformer has a token for each; 1 where only its features matter.</param>
    internal Backbone Create(int classes = 1)
    {
        string? weights = ResolveWeights();
        var backbone = Backbones.Create(Name, OutputStride, classes);
        if (weights is not null) NetworkWeights.LoadBackbone(backbone, weights);
        return backbone;
    }

    /// <summary>What decides the initial weights, for a result's key: the file's content, not its path.</summary>
    internal string WeightsKey() => ResolveWeights() is { } path ? FileHash.Compute(path) : "random";
}
