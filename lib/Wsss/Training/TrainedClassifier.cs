using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;

namespace Wsss.Training;

/// <summary>A classifier with its history, as it lies in the store. Owns the network.</summary>
public sealed class TrainedClassifier : IDisposable
{
    private string? _key;

    /// <summary>Takes a network over.</summary>
    /// <param name="network">In evaluation mode, on the context's device.</param>
    /// <param name="recipe">How it was trained.</param>
    /// <param name="history">What training reported.</param>
    /// <param name="folder">Where weights, recipe, history and provenance lie.</param>
    public TrainedClassifier(Classifier network, Recipe recipe, TrainingHistory history, string folder) =>
        (Network, Recipe, History, Folder) = (network, recipe, history, folder);

    /// <summary>The network in evaluation mode.</summary>
    public Classifier Network { get; }

    /// <summary>How it was trained.</summary>
    public Recipe Recipe { get; }

    /// <summary>What training reported.</summary>
    public TrainingHistory History { get; }

    /// <summary>Where weights, recipe, history and provenance lie.</summary>
    public string Folder { get; }

    /// <summary>Rebuilds a classifier from its folder alone; the backbone's original weight file is not needed.</summary>
    /// <param name="folder">Folder of the result.</param>
    /// <param name="device">Where the network shall lie.</param>
    /// <returns>With the network in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="WsssException">A file is missing or broken, or the weights do not fit the recipe.</exception>
    public static TrainedClassifier Load(string folder, torch.Device device)
    {
        var (network, recipe, _, history) = StoredTraining.Load<Classifier, Recipe>(folder, device, (recipe, classNames) =>
            (recipe with { Backbone = recipe.Backbone with { Weights = null } }).CreateClassifier(classNames));
        return new TrainedClassifier(network, recipe, history, folder);
    }

    /// <summary>The weight file; another recipe's backbone can start from it.</summary>
    public string WeightsPath => Path.Combine(Folder, StoredTraining.WeightsFile);

    /// <summary>Hash of its weights: equal keys mean equal classifiers.</summary>
    // A result's weights were compared with the manifest's hash when they were loaded.
    public string Key => _key ??= Artifact.Find(Folder)?.Manifest.Files.GetValueOrDefault(StoredTraining.WeightsFile)?.Sha256
        ?? FileHash.Compute(WeightsPath);

    /// <summary>Refuses data of other classes, or of the same in another order.</summary>
    /// <param name="source">The data.</param>
    /// <exception cref="DataSetException">The classes differ.</exception>
    internal void RequireClasses(ISampleSource source)
    {
        if (Network.ClassNames.SequenceEqual(source.ClassNames)) return;
        throw new DataSetException(
            $"Expected data with the classifier's classes ({string.Join(", ", Network.ClassNames)}), " +
            $"found {string.Join(", ", source.ClassNames)} in {source.Name}. Give the data that it was trained on, or train on these.");
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
