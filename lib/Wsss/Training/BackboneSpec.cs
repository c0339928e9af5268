using System.Text.Json.Serialization;
using Wsss.Models;
using Wsss.Storage;

namespace Wsss.Training;

/// <summary>Which backbone a network stands on and where its weights come from.</summary>
public sealed record BackboneSpec
{
    /// <summary>The value of <see cref="Weights"/> for the file that this project ships, for the backbones that have one.</summary>
    public const string Shipped = "shipped";

    /// <summary>The name of a backbone, one of <see cref="Backbones.All"/>.</summary>
    public string Name { get; init; } = "menagerie_net";

    /// <summary>Input pixels per feature: one of the backbone's <see cref="BackboneDesign.Strides"/>.</summary>
    public int OutputStride { get; init; } = 8;

    /// <summary>
    /// Path of a weight file with torchvision's or timm's names (PyTorch's .pth or safetensors), <see cref="Shipped"/>, or null to start
    /// from random weights.
    /// </summary>
    public string? Weights { get; init; } = Shipped;

    /// <summary>In which numbers the network convolves and multiplies.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <summary>Reads what a person types.</summary>
    /// <param name="name">The name of a backbone, or empty for <c>menagerie_net</c>.</param>
    /// <param name="weights">A weight file, <c>random</c> to start from scratch, or empty for the shipped weights.</param>
    /// <param name="outputStride">Null for the backbone's <see cref="BackboneDesign.TrainingStride"/>.</param>
    /// <returns>Null when nothing was given, so that the data set decides.</returns>
    /// <exception cref="RecipeException">An unknown backbone, or one without shipped weights and none given.</exception>
    public static BackboneSpec? Parse(string? name, string? weights, int? outputStride = null)
    {
        if (string.IsNullOrEmpty(name) && string.IsNullOrEmpty(weights) && outputStride is null)
            return null;
        var spec = new BackboneSpec();
        if (!string.IsNullOrEmpty(name))
        {
            var design = Backbones.Find(name);
            if (design.Shipped is null && string.IsNullOrEmpty(weights))
            {
                throw new RecipeException(
                    $"Expected weights for the backbone {design.Name}, found none. "
                        + "Give a .pth or safetensors file, or 'random' to start from scratch."
                );
            }
            spec = spec with { Name = design.Name, OutputStride = design.TrainingStride };
        }
        if (!string.IsNullOrEmpty(weights))
            spec = spec with
            {
                Weights = weights switch
                {
                    "random" => null,
                    Shipped => Shipped,
                    _ => Path.GetFullPath(weights),
                },
            };
        return outputStride is null ? spec : spec with { OutputStride = outputStride.Value };
    }

    /// <summary>The weight file; null for random weights.</summary>
    /// <exception cref="WeightFileException">There is no such file.</exception>
    public string? ResolveWeights()
    {
        if (Weights is null)
            return null;
        if (Weights == Shipped && Backbones.Find(Name).Shipped is null)
        {
            throw new WeightFileException(
                $"Expected a weight file for the backbone {Name}, as weights are shipped for "
                    + $"{string.Join(" and ", Backbones.Shipped.Select(design => design.Name))} only. "
                    + "Give a safetensors file, or null to start from random weights."
            );
        }
        string path = Weights == Shipped ? ShippedWeights.PathOf(Backbones.Find(Name).Name) : Weights;
        if (!File.Exists(path))
        {
            throw new WeightFileException(
                $"Expected backbone weights at '{path}', found no such file. Give a .pth or safetensors file with torchvision's or "
                    + "timm's names"
                    + (Weights == Shipped ? ", or pre-train the shipped one anew." : ".")
            );
        }
        return path;
    }

    /// <summary>Builds the backbone and loads its weights.</summary>
    /// <param name="classes">How many classes there are, as a transformer has a token for each; 1 where only its features matter.</param>
    /// <exception cref="TorchException">libtorch cannot compute in this precision here.</exception>
    internal Backbone Create(int classes = 1)
    {
        string? weights = ResolveWeights();
        if (Precision != Precision.Float32) Autocast.Require();
        var backbone = Backbones.Create(Name, OutputStride, classes);
        backbone.Precision = Precision;
        if (weights is not null) NetworkWeights.LoadBackbone(backbone, weights);
        return backbone;
    }

    /// <summary>What decides the initial weights, for a result's key: the file's content, not its path.</summary>
    /// <exception cref="ArtifactException">It is a file of a result, and not what was written.</exception>
    internal string WeightsKey()
    {
        if (ResolveWeights() is not { } path) return "random";
        Artifact.Find(Path.GetDirectoryName(Path.GetFullPath(path))!)?.Verified(Path.GetFileName(path));
        return FileHash.Compute(path);
    }
}
