using TorchSharp;
using Wsss.Training;

namespace Wsss.Segmentation;

/// <summary>A trained segmentation network with its history, as it lies in the store. Owns the network.</summary>
public sealed class TrainedSegmenter : IDisposable
{
    /// <summary>Takes a network over.</summary>
    /// <param name="network">In evaluation mode, on the context's device.</param>
    /// <param name="classNames">Names of the C classes: channel c + 1 of the network is class c.</param>
    /// <param name="recipe">How it was trained.</param>
    /// <param name="history">What training reported.</param>
    /// <param name="folder">Where weights, recipe, history and provenance lie.</param>
    public TrainedSegmenter(
        DeepLab network,
        IReadOnlyList<string> classNames,
        SegmenterRecipe recipe,
        TrainingHistory history,
        string folder
    ) => (Network, ClassNames, Recipe, History, Folder) = (network, classNames, recipe, history, folder);

    /// <summary>The network in evaluation mode.</summary>
    public DeepLab Network { get; }

    /// <summary>Names of the C classes: channel c + 1 of the network is class c.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How it was trained.</summary>
    public SegmenterRecipe Recipe { get; }

    /// <summary>What training reported.</summary>
    public TrainingHistory History { get; }

    /// <summary>Where weights, recipe, history and provenance lie.</summary>
    public string Folder { get; }

    /// <summary>Rebuilds a segmentation network from its folder alone; the backbone's original weight file is not needed.</summary>
    /// <param name="folder">Folder of the result.</param>
    /// <param name="device">Where the network shall lie.</param>
    /// <returns>With the network in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="WsssException">A file is missing or broken, or the weights do not fit the recipe.</exception>
    public static TrainedSegmenter Load(string folder, torch.Device device)
    {
        var (network, recipe, classNames, history) = StoredTraining.Load<DeepLab, SegmenterRecipe>(folder, device, (recipe, classNames) =>
            new DeepLab((recipe.Backbone with { Weights = null }).Create(classNames.Count), classNames.Count, recipe.Head));
        return new TrainedSegmenter(network, classNames, recipe, history, folder);
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
