using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>Maps that are read off a transformer's attention.</summary>
public abstract record TransformerExtractor : MapExtractor
{
    /// <inheritdoc/>
    /// <exception cref="RecipeException">The backbone is no transformer.</exception>
    public sealed override Tensor Extract(Classifier network, Tensor images, IReadOnlyList<int> classes)
    {
        CheckClasses(network, classes);
        if (network.Backbone is not VisionTransformer transformer)
        {
            var transformers = Backbones.All.OfType<VisionTransformerDesign>().Select(design => design.Name);
            throw new RecipeException(
                $"{GetType().Name} reads a transformer's attention; expected a backbone such as {string.Join(", ", transformers)}, " +
                $"found {network.Backbone.GetName()}, which has none. Train with one of those, or read the maps with " +
                $"{Family.NameOf(new Cam())} or {Family.NameOf(new GradCam())}.");
        }
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return Read(network, transformer, images, classes).MoveToOuterDisposeScope();
    }

    /// <summary>Makes the maps. Runs without gradients and in a scope of its own.</summary>
    /// <param name="network">The classifier.</param>
    /// <param name="transformer">Its backbone.</param>
    /// <param name="images">[N, 3, H, W] normalised float32.</param>
    /// <param name="classes">The classes whose maps are wanted.</param>
    /// <returns>[N, classes, h, w] float32, not negative.</returns>
    protected abstract Tensor Read(Classifier network, VisionTransformer transformer, Tensor images, IReadOnlyList<int> classes);
}
