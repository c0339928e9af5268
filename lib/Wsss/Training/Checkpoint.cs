using TorchSharp.Modules;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>
/// Everything that training needs to go on as if it had never stopped: weights, the optimiser's moments, the step and the
/// losses so far. Data and randomness need no state, as both derive from the seed and the step.
/// </summary>
internal sealed record Checkpoint(int Step, IReadOnlyList<EpochRecord> Epochs, IReadOnlyDictionary<string, double> EpochLossSums)
{
    private const string NetworkFile = "network.safetensors";
    private const string OptimizerFile = "optimizer.bin";
    private const string StateFile = "state.json";

    /// <summary>Writes the checkpoint beside the old one and then takes its place.</summary>
    public void Save(string folder, nn.Module network, optim.Optimizer optimizer)
    {
        string next = folder + ".next";
        Delete(next);
        Directory.CreateDirectory(next);
        Weights.Save(network, Path.Combine(next, NetworkFile));
        ((OptimizerHelper)optimizer).save_state_dict(Path.Combine(next, OptimizerFile));
        AtomicFile.WriteText(Path.Combine(next, StateFile), WsssJson.Write(this));
        Delete(folder);
        Directory.Move(next, folder);
    }

    /// <summary>Restores network and optimiser; null when there is no checkpoint.</summary>
    public static Checkpoint? Load(string folder, nn.Module network, optim.Optimizer optimizer)
    {
        // A crash between the two renames of Save leaves only the complete ".next".
        if (!Directory.Exists(folder) && File.Exists(Path.Combine(folder + ".next", StateFile)))
            Directory.Move(folder + ".next", folder);
        string state = Path.Combine(folder, StateFile);
        if (!File.Exists(state)) return null;
        Weights.Load(network, Path.Combine(folder, NetworkFile));
        ((OptimizerHelper)optimizer).load_state_dict(Path.Combine(folder, OptimizerFile));
        return WsssJson.Read<Checkpoint>(File.ReadAllText(state), state);
    }

    /// <summary>Removes a checkpoint.</summary>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
