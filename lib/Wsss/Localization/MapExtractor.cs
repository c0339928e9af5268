using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>A way to read localization maps off a trained classifier.</summary>
[Family("extractor")]
public abstract record MapExtractor
{
    /// <summary>The raw maps of a batch at the resolution of the features.</summary>
    /// <param name="network">The classifier in evaluation mode.</param>
    /// <param name="images">[N, 3, H, W] normalised float32.</param>
    /// <param name="classes">The K zero-based class indices whose maps are wanted.</param>
    /// <returns>[N, K, h, w] float32, not negative, not normalised.</returns>
    /// <exception cref="DataSetException">The network has no such class.</exception>
    public abstract Tensor Extract(Classifier network, Tensor images, IReadOnlyList<int> classes);

    /// <summary>Where the cells of the raw maps lie in the images that the network is given.</summary>
    /// <param name="network">The classifier.</param>
    /// <param name="height">Height of the images in pixels.</param>
    /// <param name="width">Width of the images in pixels.</param>
    /// <exception cref="RecipeException">The network has no such layer.</exception>
    public virtual CellGeometry Cells(Classifier network, long height, long width) => network.Backbone.Cells(height, width);

    /// <summary>
    /// Whether values fall as the image grows: a gradient of a mean over h·w places shares its weight among them, and so does
    /// attention. Maps of several sizes are made comparable before they are summed.
    /// </summary>
    internal virtual bool SharesWeightAmongPlaces => false;

    /// <summary>
    /// Whether values change with the image's size by no fixed law: maps of several sizes are divided by their own maxima before they are
    /// summed.
    /// </summary>
    internal virtual bool LosesMeasure => false;

    /// <summary>
    /// Whether a class's map depends on which other classes are wanted: then images of different labels cannot share a pass.
    /// </summary>
    internal virtual bool ComparesClasses => false;

    /// <summary>Refuses classes that the network has not.</summary>
    /// <exception cref="DataSetException">An index lies outside the network's classes.</exception>
    internal static void CheckClasses(Classifier network, IReadOnlyList<int> classes)
    {
        foreach (int c in classes)
        {
            if (c < 0 || c >= network.ClassNames.Count)
                throw new DataSetException($"Expected classes 0…{network.ClassNames.Count - 1}, found {c}.");
        }
    }
}

/// <summary>
/// Class activation map (Zhou et al., CVPR 2016): M_c = ReLU(Σ_k w_kc A_k) with A the last convolution's features and w the
/// weights of the classifier. Costs one forward pass, as the head computes the maps anyway. Where a technique's head has
/// something better, <see cref="HeadOutput.Localization"/> gives that.
/// </summary>
[Registered("the head's own maps; needs no gradients", Name = "cam", Order = 1)]
public sealed record Cam : MapExtractor
{
    /// <inheritdoc/>
    public override Tensor Extract(Classifier network, Tensor images, IReadOnlyList<int> classes)
    {
        CheckClasses(network, classes);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var maps = network.call(images, null).Head.Localization();                                         // [N, C, h, w]
        var chosen = tensor(classes.Select(c => (long)c).ToArray()).SentTo(maps.device);
        return maps.index_select(1, chosen).MoveToOuterDisposeScope();                                     // [N, K, h, w]
    }
}
