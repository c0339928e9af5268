using Wsss.Data;
using Wsss.Registry;
using Wsss.Weights;

namespace Wsss.Models;

/// <summary>
/// What is known of a backbone before it is built: its name, the strides that it can have, how it is built, and where its weights come
/// from. A backbone is one file, with its network and a type of this kind that has a <see cref="RegisteredAttribute"/>; it is listed
/// nowhere else. One that a program or a notebook's cell defines is found as well.
/// </summary>
[Family("backbone")]
public abstract class BackboneDesign
{
    private const int CommonStride = 16;

    /// <summary>Its name in recipes, files and commands.</summary>
    public string Name => Family.NameOf(this);

    /// <summary>Input pixels per output pixel that it can have; the first is its own, without dilation.</summary>
    public abstract IReadOnlyList<int> Strides { get; }

    /// <summary>The output stride that it has by itself, without dilation.</summary>
    public int NativeStride => Strides[0];

    /// <summary>The output stride that recipes take unless told otherwise: the field's 16, or its own where it cannot have that.</summary>
    public int TrainingStride => Strides.Contains(CommonStride) ? CommonStride : NativeStride;

    /// <summary>The weights that this project ships; null where it ships none.</summary>
    internal virtual ShippedWeights? Shipped => null;

    /// <summary>Weight files that others publish, classifier included.</summary>
    public virtual IReadOnlyList<Download> Published => [];

    /// <summary>The layer of a published file that gives the logits, such as <c>fc</c>; null where no classifier is published.</summary>
    public virtual string? HeadLayer => null;

    /// <summary>Creates the network with random weights, in training mode, on the CPU.</summary>
    /// <param name="outputStride">One of <see cref="Strides"/>.</param>
    /// <param name="classTokens">How many class tokens a transformer has: one for each class. Convolutional networks have none.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="RecipeException">A stride that the network cannot have, or a number of tokens that is not positive.</exception>
    public Backbone Create(int outputStride, int classTokens = 1)
    {
        CheckStride(outputStride);
        return Build(outputStride, classTokens);
    }

    /// <summary>Creates the network in the form that a published file has, with random weights.</summary>
    /// <param name="file">The file, for what its tensors tell of the form; stays the caller's.</param>
    /// <param name="outputStride">One of <see cref="Strides"/>.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="RecipeException">A stride that the network cannot have.</exception>
    internal Backbone CreatePublished(IWeightFile file, int outputStride)
    {
        CheckStride(outputStride);
        return BuildPublished(file, outputStride);
    }

    /// <summary>Builds the network.</summary>
    /// <param name="outputStride">One of <see cref="Strides"/>.</param>
    /// <param name="classTokens">As <see cref="Create"/> takes it.</param>
    protected abstract Backbone Build(int outputStride, int classTokens);

    /// <summary>Builds the network for <see cref="CreatePublished"/>; the same as <see cref="Build"/> unless overridden.</summary>
    /// <inheritdoc cref="CreatePublished"/>
    protected virtual Backbone BuildPublished(IWeightFile file, int outputStride) => Build(outputStride, 1);

    /// <summary>
    /// The head that published classifiers have on this network, with random weights; a linear layer on the mean of the features unless
    /// overridden.
    /// </summary>
    /// <param name="backbone">What <see cref="CreatePublished"/> gave.</param>
    /// <param name="classes">Number C of classes.</param>
    protected internal virtual ClassifierHead PublishedHead(Backbone backbone, int classes) => new GapHead(backbone.Channels, classes);

    private void CheckStride(int outputStride)
    {
        TorchRuntime.EnsureLoaded();
        if (!Strides.Contains(outputStride))
            throw new RecipeException($"Expected the output stride of {Name} to be {string.Join(", ", Strides)}, found {outputStride}.");
    }
}

/// <summary>The weights of a backbone that this project ships, made by pre-training on drawn objects.</summary>
/// <param name="CropEpochs">Passes over pictures of single objects in the first stage of their full pre-training.</param>
internal sealed record ShippedWeights(int CropEpochs)
{
    /// <summary>Where the shipped weights of a network lie: beside this library.</summary>
    /// <param name="network">Its name.</param>
    public static string PathOf(string network) =>
        Path.Combine(Path.GetDirectoryName(typeof(ShippedWeights).Assembly.Location)!, "data", $"{network}.safetensors");
}
