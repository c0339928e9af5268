using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// A way to read maps off the output A of any layer: earlier layers are finer, later ones know more about classes. The
/// network is cut after that layer; what comes before runs without gradients.
/// </summary>
public abstract record LayerExtractor : MapExtractor
{
    /// <summary>Name of the layer, one of <see cref="Backbone.Layers"/>; null for the last.</summary>
    public string? Layer { get; init; }

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The network has no such layer.</exception>
    public sealed override Tensor Extract(Classifier network, Tensor images, IReadOnlyList<int> classes)
    {
        CheckClasses(network, classes);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        int cut = LayerOf(network) + 1;
        Activation activation = network.Backbone.Run(new Activation(images), 0, cut);
        return Read(network, activation, cut, classes).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override CellGeometry Cells(Classifier network, long height, long width) =>
        network.Backbone.CellsOf(LayerOf(network), height, width);

    /// <summary>Index of the layer whose output is read.</summary>
    private protected virtual int LayerOf(Classifier network) =>
        Layer is null ? network.Backbone.Layers.Count - 1 : network.Backbone.IndexOf(Layer);

    /// <summary>Makes maps of the layer's output. Runs without gradients and in a scope of its own.</summary>
    /// <param name="network">The classifier.</param>
    /// <param name="activation">What the layer made of the batch; its grid A is [N, K, h, w].</param>
    /// <param name="cut">Index of the layer after it.</param>
    /// <param name="classes">The classes whose maps are wanted.</param>
    /// <returns>[N, classes, h, w] float32, not negative.</returns>
    protected abstract Tensor Read(Classifier network, Activation activation, int cut, IReadOnlyList<int> classes);
}

/// <summary>
/// Maps from the gradients ∂y_c/∂A of a class's score y_c with respect to a layer's output A. A graph exists from the cut
/// on only, so that the backward pass ends there, and parameters never get gradients.
/// </summary>
/// <remarks>
/// One backward pass per class serves a whole batch: the sum of y_c over the images is differentiated, and in evaluation
/// mode images do not influence each other. A transformer's class tokens are constants in it; where its head reads tokens alone
/// (ViT, DeiT), the last layer that the score hangs on is the one before the last block, which then is the default.
/// </remarks>
public abstract record GradientExtractor : LayerExtractor
{
    /// <summary>What y_c is: the logit, or any other scalar of the output.</summary>
    public GradientTarget Target { get; init; } = new LogitTarget();

    internal override bool ComparesClasses => Target.ComparesClasses;

    /// <exception cref="RecipeException">No score hangs on the layer that is named.</exception>
    private protected sealed override int LayerOf(Classifier network)
    {
        if (network.Head is not TokenHead || network.Backbone is not VisionTransformer transformer) return base.LayerOf(network);
        int last = transformer.Shape.Depth - 1;
        if (Layer is null) return last;
        int named = base.LayerOf(network);
        return named <= last ? named : throw new RecipeException(
            $"{Family.NameOf(this)}: expected a layer of {network.Backbone.GetName()} up to {transformer.Layers[last]}, as the scores read "
                + $"the token for the whole image, which looks at no patch after the last block; found {Layer}.");
    }

    /// <summary>Turns activations and gradients into the maps of one class.</summary>
    /// <param name="activations">A: [N, K, h, w].</param>
    /// <param name="gradients">∂y_c/∂A: [N, K, h, w].</param>
    /// <returns>[N, h, w], before ReLU.</returns>
    protected abstract Tensor Map(Tensor activations, Tensor gradients);

    /// <inheritdoc/>
    protected sealed override Tensor Read(Classifier network, Activation activation, int cut, IReadOnlyList<int> classes)
    {
        Tensor a = activation.Grid.detach().requires_grad_();                                              // [N, K, h, w]
        Tensor[] scores;
        using (enable_grad())
        {
            HeadOutput output = network.Finish(activation with { Grid = a }, cut);
            scores = [.. Target.Of(output, classes).Select(score => score.sum())];
        }
        Tensor maps = a.new_empty(a.shape[0], classes.Count, a.shape[2], a.shape[3]);
        for (int k = 0; k < scores.Length; k++)
        {
            using var classScope = NewDisposeScope();
            bool last = k == scores.Length - 1;
            Tensor gradients = ScoreGradients.Of(scores[k], a, last);
            maps.select(1, k).copy_(Map(a, gradients).relu());
        }
        return maps;
    }
}
