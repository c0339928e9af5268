using System.Text.Json.Serialization;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>One experiment among those that are compared.</summary>
/// <param name="Name">Its name in tables and charts.</param>
/// <param name="Experiment">What is run; the comparison sets the seed and opens the data.</param>
/// <param name="Segment">Whether it goes on from its maps to pseudo masks and a segmentation network.</param>
public sealed record Contender(string Name, Experiment Experiment, bool Segment = false);

/// <summary>What one contender gave with one seed.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="Seed">Seed of its networks.</param>
/// <param name="Result">Its scores; the same again for the same experiment, seed, machine and thread count.</param>
/// <param name="Details">What came with them; not part of the results as JSON.</param>
public sealed record Trial(string Contender, int Seed, ExperimentResult Result, [property: JsonIgnore] TrialDetails Details);

/// <summary>What comes with a trial's scores and is not the same twice, or not a number.</summary>
/// <param name="Trainings">Classifiers that were trained to get the maps: more than one with iterative erasing.</param>
/// <param name="TrainingSeconds">Wall time of these trainings, when they were done.</param>
/// <param name="History">The first classifier's training, epoch by epoch.</param>
/// <param name="Provenance">What the trial was made with.</param>
public sealed record TrialDetails(int Trainings, double TrainingSeconds, TrainingHistory History, Provenance Provenance)
{
    /// <summary>A picture of some test images, their maps and masks.</summary>
    [JsonIgnore]
    public string? PicturePath { get; init; }
}
