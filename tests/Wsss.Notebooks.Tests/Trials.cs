using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Segmentation.Thresholds;
using Wsss.Training;

namespace Wsss.Notebooks.Tests;

/// <summary>Trials for what shows comparisons.</summary>
internal static class Trials
{
    /// <summary>A trial of seed 1 whose curve has one point, at the maps' mIoU.</summary>
    public static Trial Of(string name, Score maps, IReadOnlyList<Technique> techniques, IReadOnlyList<EpochRecord>? epochs = null)
    {
        var point = new ThresholdPoint(0.4f, maps.MeanIoU, 0.5, 0.5);
        var curve = new ThresholdSummary([point], point, 0.3);
        var result = new ExperimentResult
        {
            Experiment = new Experiment { Classifier = new Recipe { Techniques = techniques } },
            Classifier = new MultiLabelScore(0.9, 0.8, 0.8, 0.8, [0.9]),
            Threshold = new ThresholdChoice(0.4f, ThresholdChoice.ByMasks),
            Maps = maps,
            MapCurve = curve,
        };
        var provenance = new Provenance
        {
            Library = "1",
            Seed = 1,
            Device = "cpu",
            Threads = 1,
            Data = "AB",
            System = "Linux",
            Seconds = 60,
        };
        return new Trial(name, 1, result, new TrialDetails(1, 60, new TrainingHistory(epochs ?? []), provenance));
    }
}
