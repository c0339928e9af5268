using System.Diagnostics;
using System.Text.Json;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>Trains a network into the store, or loads what the same training gave before.</summary>
internal static class StoredTraining
{
    public const string WeightsFile = "network.safetensors";
    private const string RecipeFile = "recipe.json";
    private const string HistoryFile = "history.json";
    private const string ProvenanceFile = "provenance.json";
    private const string ClassesKey = "classes";

    /// <summary>The files that a folder needs to be loaded from, and what it was made with.</summary>
    public static IReadOnlyList<string> Files { get; } = [WeightsFile, RecipeFile, HistoryFile, ProvenanceFile];

    /// <summary>
    /// Creates a network from the recipe's seed and trains it, or loads the weights of the same training. The recipe is fitted into its
    /// bound of memory before; where the memory does not suffice it is tried once more with half as many images at once: other recipes,
    /// whose results have keys of their own.
    /// </summary>
    /// <param name="create">Builds the network; what it draws comes from the recipe's seed.</param>
    /// <param name="taskOf">The losses of that network by that recipe.</param>
    /// <param name="recipe">How to train, validated; kept beside the weights.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The network in evaluation mode on the context's device, which the caller disposes, the recipe that it was trained by, its
    /// history and the result's folder.</returns>
    public static (TNetwork Network, TRecipe Recipe, TrainingHistory History, string Folder) TrainOrLoad<TNetwork, TRecipe>(
        Func<TNetwork> create, Func<TNetwork, TRecipe, TrainingTask> taskOf, TRecipe recipe, ISampleSource train, RunContext run)
        where TNetwork : nn.Module
        where TRecipe : NetworkRecipe
    {
        if (recipe.MaxMemory > 0)
        {
            double bound = recipe.MaxMemory;
            recipe = MemoryPlan.Fit(recipe, Count);
            run.Report($"train {recipe.Kind}", 0, 1,
                $"within {bound} GB: {recipe.LargestPart} images at once, crops of {recipe.Augmentation.Size}");
        }
        try
        {
            return TrainOnce(recipe);
        }
        catch (TorchException error) when (error.Remedy == Remedy.UseLessMemory && NetworkRecipe.WithHalfAtOnce(recipe) is { } smaller)
        {
            run.Report($"train {recipe.Kind}", 0, 1, $"the memory does not suffice: again, {smaller.MicroBatch} images at once");
            return TrainOnce(smaller);
        }

        StepMemory Count(TRecipe sized)
        {
            using var network = create();
            network.to(run.Device);
            return CountMemory(taskOf(network, sized), sized, train, run);
        }

        (TNetwork, TRecipe, TrainingHistory, string) TrainOnce(TRecipe recipe)
        {
            random.manual_seed(recipe.Seed);
            var network = create();
            try
            {
                var (history, folder) = TrainOrLoad(taskOf(network, recipe), recipe, train, run);
                return (network, recipe, history, folder);
            }
            catch
            {
                network.Dispose();
                throw;
            }
        }
    }

    /// <summary>Counts the memory of a step by the losses of the first images.</summary>
    private static StepMemory CountMemory(TrainingTask task, NetworkRecipe recipe, ISampleSource train, RunContext run)
    {
        var some = new Subset(train, [.. Enumerable.Range(0, Math.Min(2, train.Count))]);
        var options = new LoaderOptions { BatchSize = some.Count, Augmentation = recipe.Augmentation, Seed = recipe.Seed, Workers = 1 };
        using var batch = new Loader(some, options, run.Device).Epoch(0).First();
        // As at the end, where every term has its whole weight.
        var context = new StepContext(1, 1, SeededRandom.For(recipe.Seed), new(() => new float[3]));
        return StepMemory.Of(task.Network, recipe, () => task.Losses(batch, context), batch.Ids.Count);
    }

    private static (TrainingHistory History, string Folder) TrainOrLoad(
        TrainingTask task, NetworkRecipe recipe, ISampleSource train, RunContext run)
    {
        // With patience the validation images choose the weights.
        string key = recipe.Key(train, run.Device), kind = recipe.Kind;
        if (recipe.Patience > 0) key = ArtifactStore.Key("patience", key, task.ValidationFingerprint);
        task.Network.to(run.Device);
        string folder = run.Store.FolderOf(kind, key);
        if (!Load())
        {
            using var claim = run.Store.Claim(kind, key, run);
            // Whoever had the claim before may have trained it.
            if (!Load()) TrainAndPublish(task, recipe, train, run, kind, key);
        }
        task.Network.eval();
        return (ReadJson<TrainingHistory>(folder, HistoryFile), folder);

        bool Load()
        {
            if (run.Store.Find(kind, key) is not { } stored) return false;
            stored.Verify();
            NetworkWeights.Load(task.Network, Path.Combine(folder, WeightsFile));
            return true;
        }
    }

    private static void TrainAndPublish(
        TrainingTask task, NetworkRecipe recipe, ISampleSource train, RunContext run, string kind, string key)
    {
        var clock = Stopwatch.StartNew();
        string checkpoint = run.Store.CheckpointOf(kind, key);
        var trained = TrainingLoop.Run(task, train, recipe, checkpoint, run);
        var metadata = new Dictionary<string, string> { [ClassesKey] = JsonSerializer.Serialize(train.ClassNames) };
        run.Store.Publish(kind, key, recipe.About(train, run), temporary =>
        {
            NetworkWeights.Save(task.Network, Path.Combine(temporary, WeightsFile), metadata);
            AtomicFile.WriteText(Path.Combine(temporary, RecipeFile), recipe.ToJson());
            AtomicFile.WriteText(Path.Combine(temporary, HistoryFile), WsssJson.Write(trained));
            TrainingEvents.Write(temporary, trained, DateTimeOffset.UtcNow);
            AtomicFile.WriteText(Path.Combine(temporary, ProvenanceFile),
                WsssJson.Write(Provenance.Of(run, recipe.Seed, train.Fingerprint, clock.Elapsed)));
        });
        Checkpoint.Delete(checkpoint);
        Divergence.Forget(checkpoint);
    }

    /// <summary>Rebuilds a network from a folder of the store alone.</summary>
    /// <param name="folder">What <see cref="TrainOrLoad{TNetwork, TRecipe}"/> gave back.</param>
    /// <param name="device">Where its tensors shall lie.</param>
    /// <param name="create">Builds the network with any weights, from the recipe and the class names.</param>
    /// <exception cref="WsssException">A file is missing or broken, or the weights do not fit the recipe.</exception>
    public static (TNetwork Network, TRecipe Recipe, IReadOnlyList<string> ClassNames, TrainingHistory History) Load<TNetwork, TRecipe>(
        string folder, Device device, Func<TRecipe, IReadOnlyList<string>, TNetwork> create)
        where TNetwork : nn.Module
    {
        // Without a manifest it is an older version's, or somebody has put it together: then files are taken as they are.
        Artifact.Find(folder)?.Verify();
        var recipe = ReadJson<TRecipe>(folder, RecipeFile);
        var history = ReadJson<TrainingHistory>(folder, HistoryFile);
        using var file = SafeTensorsFile.Open(Path.Combine(folder, WeightsFile));
        if (!file.Metadata.TryGetValue(ClassesKey, out string? classes))
        {
            throw new WeightFileException(
                $"{file.Path}: expected the class names under '{ClassesKey}' in its metadata, found none. Train again to write them.");
        }
        var classNames = WsssJson.Read<IReadOnlyList<string>>(classes, file.Path);
        var network = create(recipe, classNames);
        try
        {
            NetworkWeights.Load(network, file);
            network.to(device);
            network.eval();
            return (network, recipe, classNames, history);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static T ReadJson<T>(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new WsssException(
                $"Expected a folder that training wrote, with {WeightsFile}, {RecipeFile} and {HistoryFile}; found no '{path}'.")
            { Remedy = Remedy.NameTraining };
        }
        return WsssJson.Read<T>(InputFile.ReadText(path, InputKind.Document), path);
    }
}
