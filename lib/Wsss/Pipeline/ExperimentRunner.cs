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
        var threshold = PseudoMasks.ChooseThreshold(maps.Read(data.Validation), data.Validation);
        var (mapScore, mapCurve) = ScoreMaps(maps.Read(data.Test), data.Test, threshold.Best.Threshold);
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
        bool hasMasks = Enumerable.Range(0, data.Train.Count).All(data.Train.HasMask);
        var maskScore = hasMasks ? ScoreMasks(pseudoMasks, data.Train, run) : null;

        return result with
        {
            PseudoMasks = maskScore,
            Segmentation = TrainAndScore(experiment, classifier, pseudoMasks, data, run),
            Ceiling = hasMasks && experiment.Ceiling ? TrainAndScore(experiment, classifier, data.Train, data, run) : null,
        };
    }

    /// <summary>Scores the masks that maps give at a threshold, and the maps at every threshold, in one pass.</summary>
    /// <param name="maps">Samples of a split and their maps.</param>
    /// <param name="truth">The split.</param>
    /// <param name="threshold">The background score.</param>
    /// <exception cref="DataSetException">A sample has no mask, or is none of that split.</exception>
    public static (Score AtThreshold, ThresholdSummary Curve) ScoreMaps(
        IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, IMaskedSource truth, float threshold)
    {
        var evaluator = new SegmentationEvaluator(truth.ClassNames);
        var curve = new ThresholdCurve(truth.ClassNames.Count + 1);
        foreach (var (sample, map) in maps)
        {
            int index = truth.IndexOf(sample.Id);
            var mask = truth.Mask(index);
            evaluator.Add(sample.Id, mask, truth.Truth(index), ThresholdRule.Apply(map, threshold), map);
            curve.Add(map, mask);
        }
        return (evaluator.ToScore(), curve.Summarize());
    }

    /// <summary>The training split with pseudo masks instead of its own, from the store or made now.</summary>
    public static IMaskedSource MakePseudoMasks(MapReader maps, ISampleSource train, float threshold, RunContext run)
    {
        string key = ArtifactStore.Key("masks/2", maps.Key, WsssJson.Write(threshold));
        string masks = run.Store.Ensure("masks", key, folder => PseudoMasks.Write(maps.Read(train), threshold, folder));
        return new MaskFolderSource(train, masks, key);
    }

    /// <summary>Scores the masks of one source against those of another with the same samples; no image is read.</summary>
    public static Score ScoreMasks(IMaskedSource predicted, IMaskedSource truth, RunContext run)
    {
        var evaluator = new SegmentationEvaluator(truth.ClassNames);
        for (int i = 0; i < truth.Count; i++)
        {
            run.Report($"score {predicted.Name}", i + 1, truth.Count);
            evaluator.Add(truth.Id(i), truth.Mask(i), truth.Truth(i), predicted.Mask(i));
        }
        return evaluator.ToScore();
    }

    /// <summary>Scores a segmentation network on a split with masks.</summary>
    public static Score ScoreSegmenter(SegmentationInference inference, TrainedSegmenter segmenter, IMaskedSource source, RunContext run)
    {
        var evaluator = new SegmentationEvaluator(source.ClassNames);
        foreach (var (sample, mask) in inference.Run(segmenter.Network, source, run))
        {
            int index = source.IndexOf(sample.Id);
            evaluator.Add(sample.Id, source.Mask(index), source.Truth(index), mask);
        }
        return evaluator.ToScore();
    }

    private static Score TrainAndScore(
        Experiment experiment, TrainedClassifier classifier, IMaskedSource train, DataSplits data, RunContext run)
    {
        using var segmenter = SegmenterTrainer.Train(experiment.SegmenterFrom(classifier), new TargetSource(train), data.Validation, run);
        return ScoreSegmenter(experiment.Inference, segmenter, data.Test, run);
    }
}
