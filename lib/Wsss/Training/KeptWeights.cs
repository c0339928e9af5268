using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>
/// Which weights a training ends with: those of its last step, or their moving average; those of its last epoch, or of the one that
/// validation liked best. Says too when there is nothing more to wait for.
/// </summary>
internal sealed class KeptWeights : IDisposable
{
    private const string AverageFile = "average.safetensors", BestFile = "best.safetensors";

    private readonly NetworkRecipe _recipe;
    private readonly nn.Module _network;
    private readonly WeightCopy? _average, _best;

    /// <summary>Begins with the network's weights as they are.</summary>
    public KeptWeights(NetworkRecipe recipe, nn.Module network)
    {
        (_recipe, _network) = (recipe, network);
        _average = recipe.Averaging > 0 ? new WeightCopy(network) : null;
        _best = recipe.Patience > 0 ? new WeightCopy(network) : null;
    }

    /// <summary>Takes the weights after a step into their average.</summary>
    /// <param name="step">Steps done, this one included.</param>
    public void Step(int step) =>
        // In the first steps the average would be one of random heads: it forgets faster then.
        _average?.MoveTowards(_network, 1 - Math.Min(_recipe.Averaging, (1.0 + step) / (10 + step)));

    /// <summary>Looks at the network with the weights that would be kept.</summary>
    public T Validate<T>(Func<T> look) => _average is null ? look() : With(_average, look);

    /// <summary>Keeps the weights of the epoch that is done if none was better.</summary>
    public void EpochDone(IReadOnlyList<EpochRecord> epochs)
    {
        if (_best is null || BestOf(epochs) != epochs.Count - 1) return;
        if (_average is null) _best.Take(_network);
        else With(_average, () => _best.Take(_network));
    }

    /// <summary>Whether the epochs of patience have passed without a rise.</summary>
    public bool IsOver(IReadOnlyList<EpochRecord> epochs) =>
        _best is not null && epochs.Count > 0 && epochs.Count - 1 - BestOf(epochs) >= _recipe.Patience;

    /// <summary>Puts the weights that are kept into the network.</summary>
    /// <returns>What training reported, with the epoch that they are of.</returns>
    public TrainingHistory Finish(IReadOnlyList<EpochRecord> epochs)
    {
        (_best ?? _average)?.Swap(_network);
        return new TrainingHistory(epochs) { Kept = _best is null ? null : BestOf(epochs) + 1 };
    }

    /// <summary>Writes what a checkpoint needs besides the network.</summary>
    public void Save(string folder)
    {
        if (_average is not null) With(_average, () => NetworkWeights.Save(_network, Path.Combine(folder, AverageFile)));
        if (_best is not null) With(_best, () => NetworkWeights.Save(_network, Path.Combine(folder, BestFile)));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="WsssException">A file is missing or broken.</exception>
    public void Load(string folder)
    {
        if (_average is not null) With(_average, () => NetworkWeights.Load(_network, Path.Combine(folder, AverageFile)));
        if (_best is not null) With(_best, () => NetworkWeights.Load(_network, Path.Combine(folder, BestFile)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _average?.Dispose();
        _best?.Dispose();
    }

    private void With(WeightCopy copy, Action act) => With(copy, () =>
    {
        act();
        return true;
    });

    private T With<T>(WeightCopy copy, Func<T> act)
    {
        copy.Swap(_network);
        try
        {
            return act();
        }
        finally
        {
            copy.Swap(_network);
        }
    }

    // The first of several that are as good; the first metric is the one that counts.
    private static int BestOf(IReadOnlyList<EpochRecord> epochs) =>
        epochs.Index().MaxBy(epoch => (epoch.Item.Metrics.Values.FirstOrDefault(), -epoch.Index)).Index;
}
