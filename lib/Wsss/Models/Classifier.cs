using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>What a classifier says about a batch. Owns its tensors.</summary>
/// <param name="Features">[N, K, h, w] float32, the backbone's output A.</param>
/// <param name="Head">The head's maps and logits.</param>
public sealed record ClassifierOutput(Tensor Features, HeadOutput Head) : IDisposable
{
    /// <summary>[N, C, h, w] unnormalised class activation maps, before ReLU.</summary>
    public Tensor Maps => Head.Maps;

    /// <summary>[N, C] the prediction, before the sigmoid.</summary>
    public Tensor Logits => Head.Logits;

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        foreach (Tensor tensor in Head.Tensors) tensor.Dispose();
    }
}

/// <summary>
/// A multi-label image classifier: a backbone, a head, and the names of the classes. Its state dict has the prefixes
/// <c>backbone.</c> and <c>head.</c>; disposing it disposes both parts.
/// </summary>
public sealed class Classifier : nn.Module<Tensor, Tensor?, ClassifierOutput>
{
    private readonly bool _headLooksBack;

    /// <summary>Joins the parts, which from now on belong to the classifier.</summary>
    /// <param name="backbone">Images → features.</param>
    /// <param name="head">Features of <see cref="Backbone.Channels"/> channels → one map and one logit per class.</param>
    /// <param name="classNames">Names of the C classes, in the order of the head's maps.</param>
    public Classifier(Backbone backbone, ClassifierHead head, IReadOnlyList<string> classNames) : base(nameof(Classifier))
    {
        Backbone = backbone;
        Head = head;
        ClassNames = classNames;
        register_module("backbone", backbone);
        register_module("head", head);
        _headLooksBack = head.modules().Append(head).OfType<ClassifierHead>().Any(part => part.LooksBack);
    }

    /// <summary>The feature extractor.</summary>
    public Backbone Backbone { get; }

    /// <summary>The head.</summary>
    public ClassifierHead Head { get; }

    /// <summary>Names of the C classes.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Computes features, maps and logits; what else arises on the way is released.</summary>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/>.</param>
    /// <param name="labels">[N, C] float32 during training, null at inference.</param>
    public override ClassifierOutput forward(Tensor images, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        Activation features = _headLooksBack ? RunWithTrail(images) : Backbone.Run(new Activation(images), 0, Backbone.Layers.Count);
        HeadOutput head = Head.call(features, labels);
        Tensor[] kept = [features.Grid, .. head.Tensors];
        scope.MoveToOuter(kept);
        return new ClassifierOutput(features.Grid, head);
    }

    /// <summary>
    /// The rest of the network after a cut: the layers from <paramref name="first"/> on, and the head. With
    /// <see cref="Backbone.Run"/> for the layers before, the two halves of <see cref="forward"/>, except that a head that
    /// refines its maps with what lies before the cut leaves them unrefined; logits are the same.
    /// </summary>
    /// <param name="activation">Input of layer <paramref name="first"/>; stays the caller's.</param>
    /// <param name="first">Index of the first layer to run; the number of layers for the head alone.</param>
    /// <returns>Maps and logits, in the current dispose scope.</returns>
    public HeadOutput Finish(Activation activation, int first) =>
        Head.call(Backbone.Run(activation, first, Backbone.Layers.Count), null);

    private Activation RunWithTrail(Tensor images)
    {
        var stages = Backbone.RunStages(images);
        var features = Backbone.Run(stages[^1], Backbone.IndexOf(Backbone.StageEnds[^1]) + 1, Backbone.Layers.Count);
        CellGeometry CellsOf(string stage) => Backbone.CellsOf(Backbone.IndexOf(stage), images.shape[2], images.shape[3]);
        var trail = new Trail(
            images, [.. stages.SkipLast(1).Select(stage => stage.Grid)], [.. Backbone.StageEnds.SkipLast(1).Select(CellsOf)],
            Backbone.Cells(images.shape[2], images.shape[3]));
        return features with { Trail = trail };
    }

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>
    /// A published ImageNet classifier as backbone and head, in evaluation mode, with its own logits and class activation
    /// maps beside them: torchvision's convolutional networks with a <see cref="GapHead"/>, timm's transformers with a
    /// <see cref="TokenHead"/>; also as people save them anew: see <see cref="ClassifierFile"/>, which has the report too.
    /// </summary>
    /// <param name="backbone">Name of a backbone, one of <see cref="Backbones.All"/>.</param>
    /// <param name="path">The weights: a .pth file as downloaded, or safetensors.</param>
    /// <param name="outputStride">
    /// Null for the network's own, 32 or a transformer's patch; 16 and 8 give finer maps of a convolutional one with the same weights.
    /// </param>
    /// <param name="classNames">Names of the file's classes; null numbers them <c>class 0</c>, <c>class 1</c>, ….</param>
    /// <exception cref="WeightFileException">The file is broken, or is not of that network.</exception>
    /// <exception cref="RecipeException">
    /// An unknown backbone, one without a published classifier, or a stride that it cannot have.
    /// </exception>
    public static Classifier FromTorchvision(
        string backbone, string path, int? outputStride = null, IReadOnlyList<string>? classNames = null) =>
        ClassifierFile.Load(backbone, path, outputStride, classNames).Network;
}
