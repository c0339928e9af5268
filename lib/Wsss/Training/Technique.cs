using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>
/// A published idea that changes how a classifier is trained. A technique is a record with its options and implements one
/// or more of the extension points: <see cref="IBatchTransform"/> (what the network sees), <see cref="IHeadDesign"/>
/// (how its head looks), <see cref="ILossTerm"/> (what it is taught) and, in Localization, IMapMaking (how a recipe becomes maps); one
/// that learns from more than images and labels says so by <see cref="ITrainingView"/>. Any techniques combine in one recipe.
/// None can reach a drawn mask: what they are given has none.
/// </summary>
[Family("technique")]
public abstract record Technique
{
    /// <summary>The name in tables, charts, files and commands.</summary>
    [JsonIgnore]
    public string Name => Family.NameOf(this);

    /// <summary>Whether it changes the training of one classifier; one that does not wraps whole trainings.</summary>
    [JsonIgnore]
    public bool ChangesOneTraining => this is IBatchTransform or IHeadDesign or ILossTerm or ITrainingView;

    /// <summary>Checks the options before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range; the message says which.</exception>
    public virtual void Validate() { }
}

/// <summary>What the network sees: changes a training batch before the forward pass. Inference never calls it.</summary>
public interface IBatchTransform
{
    /// <summary>Returns the changed batch, or the same one. A new batch may share tensors with the old one.</summary>
    /// <param name="batch">Images [N, 3, H, W] normalised float32, labels [N, C]; planes are to stay where the images' pixels are.</param>
    /// <param name="step">Where training stands; its generator is the only source of randomness.</param>
    Batch Transform(Batch batch, StepContext step);
}

/// <summary>How the network's head looks: wraps or replaces the head that the recipe would have without it.</summary>
public interface IHeadDesign
{
    /// <summary>Builds the head.</summary>
    /// <param name="spec">What comes in and what is asked for.</param>
    /// <param name="inner">Builds a head of the remaining design; may be called several times for several branches.</param>
    ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner);
}

/// <summary>What the network is taught: terms that are added to the classification loss.</summary>
public interface ILossTerm
{
    /// <summary>The weighted terms, scalars float32 with their graph, each with its name within the technique: <c>seed</c>.</summary>
    IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context);
}

/// <summary>What comes with the training images beside their labels, such as saliency: planes that the batch has by their names.</summary>
public interface ITrainingView
{
    /// <summary>The split with what the technique needs; made once, before training.</summary>
    /// <param name="train">The training split.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The same samples with more <see cref="Sample.Planes"/>; the fingerprint says what came with them.</returns>
    ISampleSource View(ISampleSource train, RunContext run);
}

/// <summary>What a head is built for.</summary>
/// <param name="Channels">Channels K of the features.</param>
/// <param name="Classes">Classes C.</param>
public sealed record HeadSpec(int Channels, int Classes)
{
    /// <summary>
    /// Channels at each of the backbone's stages, the last one included: what <see cref="Activation.Trail"/> has and the features.
    /// </summary>
    public IReadOnlyList<int> StageChannels { get; init; } = [Channels];
}

/// <summary>Where training stands.</summary>
/// <param name="Step">Number of the step, from 0.</param>
/// <param name="TotalSteps">Steps of the whole training.</param>
/// <param name="Random">The step's own generator, derived from the recipe's seed and the step.</param>
/// <param name="MeanColour">
/// Mean of the training images in normalised space, [3]: R, G, B. Images are read for it when it is first asked for.
/// </param>
public sealed record StepContext(int Step, int TotalSteps, SeededRandom Random, Lazy<float[]> MeanColour)
{
    /// <summary>Share of the training that is done, 0…1.</summary>
    public double Progress => (double)Step / TotalSteps;

    /// <summary>
    /// What a weight is multiplied by that rises linearly from 0 over a share of the training, 0…1; a share of 0 is 1 at once.
    /// </summary>
    public double Ramp(double share) => share == 0 ? 1 : Math.Min(1, Progress / share);
}

/// <summary>What a loss term may look at.</summary>
/// <param name="Network">The classifier in training mode; a term may run it again by <see cref="RunAgain"/>.</param>
/// <param name="Batch">The batch that the network saw, after all batch transforms.</param>
/// <param name="Output">What the network said about it.</param>
/// <param name="Step">Where training stands.</param>
public sealed record LossContext(Classifier Network, Batch Batch, ClassifierOutput Output, StepContext Step)
{
    /// <summary>
    /// Runs the network on what a term has made of the images, with gradients. Batch normalisation uses its running statistics and
    /// does not update them: those of changed images are other ones than inference needs.
    /// </summary>
    /// <param name="images">[N', 3, H', W'] float32, such as scaled images or parts of them.</param>
    /// <param name="labels">[N', C] of these images.</param>
    public ClassifierOutput RunAgain(Tensor images, Tensor labels)
    {
        Network.eval();
        try
        {
            return Network.call(images, labels);
        }
        finally
        {
            Network.train();
        }
    }
}
