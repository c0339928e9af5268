using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Segmentation;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// Runs an experiment: photographs → classifier → maps → pseudo masks → segmentation network → mIoU. Each step is a method
/// of its own, so that a notebook can stop and look; trained networks and pseudo masks come from the store when they are
/// there.
/// </summary>
public static class ExperimentRunner
{
    /// <summary>The whole way.</summary>
    /// <exception cref="WsssException">Something cannot be; the message says what.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished steps stay in the store, training leaves a checkpoint.</exception>
    public static ExperimentResult Run(Experiment experiment, RunContext run)
    {
        var clock = Stopwatch.StartNew();
        var data = experiment.Data.Open();

        using var classifier = ClassifierTrainer.Train(experiment.Classifier, data, run);
        using var maps = experiment.ReadMaps(classifier, data, run);
        return Score(experiment, classifier, maps, data, segment: true, run) with
        {
            Provenance = Provenance.Of(run, experiment.Classifier.Seed, data.Train.Fingerprint, clock.Elapsed),
        };
    }

    /// <summary>The way on from a trained classifier.</summary>
    /// <param name="experiment">What is run.</param>
    /// <param name="classifier">Its classifier; stays the caller's.</param>
    /// <param name="maps">Its maps; stay the caller's.</param>
    /// <param name="data">Its data.</param>
    /// <param name="segment">Whether to go on from the maps to pseudo masks and a segmentation network.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    public static ExperimentResult Score(
        Experiment experiment, TrainedClassifier classifier, MapReader maps, DataSplits data, bool segment, RunContext run)
    {
        var classification = ClassifierTrainer.Evaluate(classifier.Network, data.Test, experiment.Classifier.Augmentation.Size, run);
        var threshold = PseudoMasks.ChooseThreshold(maps.Read(data.Validation), data.Validation.ClassNames.Count);
        var (mapScore, mapCurve) = ScoreMaps(maps.Read(data.Test), data.Test.ClassNames, threshold.Best.Threshold);
        var result = new ExperimentResult
        {
            Experiment = experiment,
            Classifier = classification,
            Threshold = threshold,
            Maps = mapScore,
            MapCurve = mapCurve,
        };
        if (!segment) return result;

        var pseudoMasks = MakePseudoMasks(maps, data.Train, threshold.Best.Threshold, run);
        // All, not some: a folder may have masks for a part of its training images only.
        bool hasMasks = Enumerable.Range(0, data.Train.Count).All(i => data.Train.Load(i).Mask is not null);
        var maskScore = hasMasks ? ScoreMasks(pseudoMasks, data.Train, run) : null;

        return result with
        {
            PseudoMasks = maskScore,
            Segmentation = TrainAndScore(experiment, classifier, pseudoMasks, data, run),
            Ceiling = hasMasks && experiment.Ceiling ? TrainAndScore(experiment, classifier, data.Train, data, run) : null,
        };
    }

    /// <summary>Scores the masks that maps give at a threshold, and the maps at every threshold, in one pass.</summary>
    public static (Score AtThreshold, ThresholdSummary Curve) ScoreMaps(
        IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, IReadOnlyList<string> classNames, float threshold)
    {
        var evaluator = new SegmentationEvaluator(classNames);
        var curve = new ThresholdCurve(classNames.Count + 1);
        foreach (var (sample, map) in maps)
        {
            evaluator.Add(sample, ThresholdRule.Apply(map, threshold), map);
            curve.Add(map, sample.Mask!);
        }
        return (evaluator.ToScore(), curve.Summarize());
    }

    /// <summary>The training split with pseudo masks instead of its own, from the store or made now.</summary>
    public static ISampleSource MakePseudoMasks(MapReader maps, ISampleSource train, float threshold, RunContext run)
    {
        string key = ArtifactStore.Key("masks/3", maps.Key, WsssJson.Write(threshold));
        string masks = run.Store.Ensure("masks", key, folder => PseudoMasks.Write(maps.Read(train), threshold, folder));
        return new MaskFolderSource(train, masks, key);
    }

    /// <summary>Scores the masks of one source against those of another with the same samples.</summary>
    public static Score ScoreMasks(ISampleSource predicted, ISampleSource truth, RunContext run)
    {
        var evaluator = new SegmentationEvaluator(truth.ClassNames);
        for (int i = 0; i < truth.Count; i++)
        {
            run.Report($"score {predicted.Name}", i + 1, truth.Count);
            evaluator.Add(truth.Load(i), predicted.Load(i).Mask!);
        }
        return evaluator.ToScore();
    }

    /// <summary>Scores a segmentation network on a split with masks.</summary>
    public static Score ScoreSegmenter(SegmentationInference inference, TrainedSegmenter segmenter, ISampleSource source, RunContext run)
    {
        var evaluator = new SegmentationEvaluator(source.ClassNames);
        foreach (var (sample, mask) in inference.Run(segmenter.Network, source, run)) evaluator.Add(sample, mask);
        return evaluator.ToScore();
    }

    private static Score TrainAndScore(
        Experiment experiment, TrainedClassifier classifier, ISampleSource train, DataSplits data, RunContext run)
    {
        using var segmenter = SegmenterTrainer.Train(experiment.SegmenterFrom(classifier), train, data.Validation, run);
        return ScoreSegmenter(experiment.Inference, segmenter, data.Test, run);
    }
}
