using System.Diagnostics;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;

namespace Wsss.Training;

/// <summary>Trains a network into the store, or loads what the same training gave before.</summary>
internal static class StoredTraining
{
    private const string WeightsFile = "network.safetensors";
    private const string HistoryFile = "history.json";

    /// <summary>Leaves the task's network trained, in evaluation mode and on the context's device.</summary>
    /// <param name="task">The network and its losses.</param>
    /// <param name="kind">Kind of result in the store.</param>
    /// <param name="key">Hash of all that decides the result.</param>
    /// <param name="plan">The numbers of the loop.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="recipe">The recipe as JSON, kept beside the weights.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The history and the result's folder.</returns>
    public static (TrainingHistory History, string Folder) TrainOrLoad(
        TrainingTask task, string kind, string key, TrainingPlan plan, ISampleSource train, string recipe, RunContext run)
    {
        string folder = run.Store.FolderOf(kind, key);
        task.Network.to(run.Device);
        if (run.Store.Has(kind, key))
        {
            Weights.Load(task.Network, Path.Combine(folder, WeightsFile));
        }
        else
        {
            var clock = Stopwatch.StartNew();
            string checkpoint = run.Store.CheckpointOf(kind, key);
            var trained = TrainingLoop.Run(task, train, plan, checkpoint, run);
            run.Store.Publish(kind, key, temporary =>
            {
                Weights.Save(task.Network, Path.Combine(temporary, WeightsFile));
                AtomicFile.WriteText(Path.Combine(temporary, "recipe.json"), recipe);
                AtomicFile.WriteText(Path.Combine(temporary, HistoryFile), WsssJson.Write(trained));
                AtomicFile.WriteText(Path.Combine(temporary, "provenance.json"),
                    WsssJson.Write(Provenance.Of(run, plan.Seed, train.Fingerprint, clock.Elapsed)));
            });
            Checkpoint.Delete(checkpoint);
        }
        task.Network.eval();
        string history = Path.Combine(folder, HistoryFile);
        return (WsssJson.Read<TrainingHistory>(File.ReadAllText(history), history), folder);
    }
}
