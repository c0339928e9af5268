using System.Text.Json.Serialization;

namespace Wsss.Training;

/// <summary>What training reported, epoch by epoch.</summary>
/// <param name="Epochs">One record per finished epoch.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The epoch whose weights were kept, from 1; null for the last one, where validation did not choose.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Kept { get; init; }

    /// <summary>Wall time of all epochs.</summary>
    [JsonIgnore]
    public double Seconds => Epochs.Sum(epoch => epoch.Seconds);
}

/// <summary>One epoch of training.</summary>
/// <param name="Epoch">Number, from 1.</param>
/// <param name="Losses">Mean over the epoch's steps of each loss term by name; with several terms, <c>total</c> is their sum.</param>
/// <param name="Metrics">Validation metrics after the epoch, by name.</param>
/// <param name="Seconds">Wall time of the epoch, validation included.</param>
public sealed record EpochRecord(
    int Epoch, IReadOnlyDictionary<string, double> Losses, IReadOnlyDictionary<string, double> Metrics, double Seconds);
