using TorchSharp.Modules;
using Wsss.Models;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>
/// Everything that training needs to go on as if it had never stopped: weights and what is kept of earlier ones, the optimiser's moments,
/// the step and the losses so far. Data and randomness need no state, as both derive from the seed and the step.
/// </summary>
internal sealed record Checkpoint(int Step, IReadOnlyList<EpochRecord> Epochs, IReadOnlyDictionary<string, double> EpochLossSums)
{
    private const string NetworkFile = "network.safetensors";
    private const string OptimizerFile = "optimizer.bin";
    private const string StateFile = "state.json";

    /// <summary>Writes the checkpoint beside the old one and then takes its place.</summary>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    public void Save(string folder, nn.Module network, KeptWeights kept, optim.Optimizer optimizer)
    {
        string next = Next(folder);
        DeleteFolder(next);
        Directory.CreateDirectory(next);
        NetworkWeights.Save(network, Path.Combine(next, NetworkFile));
        kept.Save(next);
        ((OptimizerHelper)optimizer).save_state_dict(Path.Combine(next, OptimizerFile));
        AtomicFile.WriteText(Path.Combine(next, StateFile), WsssJson.Write(this));
        // Written last: a folder that has it is complete.
        ArtifactManifest.Write(next, "checkpoint", Path.GetFileName(folder), $"step {Step}");
        DeleteFolder(folder);
        Directory.Move(next, folder);
        DiskFlush.Folder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Restores network and optimiser; null when there is no checkpoint.</summary>
    /// <exception cref="WsssException">A file of the checkpoint is damaged; the message names it.</exception>
    public static Checkpoint? Load(string folder, nn.Module network, KeptWeights kept, optim.Optimizer optimizer)
    {
        // A crash before the last rename of Save leaves a complete ".next", beside which the old one may be partly deleted.
        if (File.Exists(Path.Combine(Next(folder), ArtifactManifest.FileName)))
        {
            DeleteFolder(folder);
            Directory.Move(Next(folder), folder);
        }
        if (Artifact.Find(folder) is not { } stored) return null;
        stored.Verify();
        NetworkWeights.Load(network, Path.Combine(folder, NetworkFile));
        kept.Load(folder);
        LoadOptimizer(Path.Combine(folder, OptimizerFile), optimizer);
        string state = Path.Combine(folder, StateFile);
        return WsssJson.Read<Checkpoint>(InputFile.ReadText(state, InputKind.Document), state);
    }

    /// <summary>Removes a checkpoint and what a crash left of one.</summary>
    public static void Delete(string folder)
    {
        DeleteFolder(folder);
        DeleteFolder(Next(folder));
    }

    private static void LoadOptimizer(string path, optim.Optimizer optimizer)
    {
        try
        {
            ((OptimizerHelper)optimizer).load_state_dict(path);
        }
        catch (Exception error)
        {
            // TorchSharp's reader checks little: broken bytes may end in any kind of error.
            throw new WsssException(
                $"{path}: expected the optimiser's state of this training; {error.Message} Start anew, without resuming.", error);
        }
    }

    private static string Next(string folder) => folder + StoreSweep.Next;

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
