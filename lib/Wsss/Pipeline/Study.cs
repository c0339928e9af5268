using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Segmentation;
using Wsss.Segmentation.Thresholds;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// An experiment on its data: photographs → classifier → maps → pseudo masks → segmentation network → mIoU. Each step is a member, made
/// when it is first asked for or taken from the store, so that a notebook can stop and look. Dispose it after use.
/// </summary>
/// <example><code>
/// using var study = Study.Open(Experiment.For(DataSet.Parse("menagerie")), RunContext.Open());
/// Gallery.Maps([.. study.Maps.Read(study.First(6))], study.ClassNames, study.Threshold)
/// </code></example>
public sealed class Study : IDisposable
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private MapMaker? _maker;
    private MapSource? _maps;
    private ThresholdSummary? _curve;
    private ThresholdChoice? _choice;

    private Study(Experiment experiment, DataSplits data, RunContext run)
    {
        experiment.Validate();
        (Experiment, Data, Run) = (experiment.ForImages(data.Train.Count), data, run);
        Findings = DataCheck.BeforeTraining(data);
    }

    /// <summary>What is run, with batches of no more images than there are.</summary>
    public Experiment Experiment { get; }

    /// <summary>What it is run on.</summary>
    public DataSplits Data { get; }

    /// <summary>Device, store, progress, cancellation.</summary>
    public RunContext Run { get; }

    /// <summary>
    /// What a person should know about the data before training; what makes training senseless is an error when a study is opened.
    /// </summary>
    public IReadOnlyList<DataFinding> Findings { get; }

    /// <summary>Names of the C target classes.</summary>
    public IReadOnlyList<string> ClassNames => Data.Train.ClassNames;

    /// <summary>Opens the data of an experiment; nothing is trained yet.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    /// <exception cref="DataSetException">The data cannot be used.</exception>
    public static Study Open(Experiment experiment, RunContext run) =>
        On(
            experiment.Data?.Open()
                ?? throw new RecipeException(
                    "Expected an experiment that names its data set, found none. Name it, or open the data first."
                ),
            experiment,
            run
        );

    /// <summary>What a notebook's parameters ask for, each written as the command line's option of that name.</summary>
    /// <param name="data">A data set, see <see cref="DataSet.Parse"/>.</param>
    /// <param name="scale">Size of a drawn data set: smoke, quick or full.</param>
    /// <param name="seed">Seed of data and training.</param>
    /// <param name="device">auto, cpu or cuda.</param>
    /// <param name="backbone">Empty for the data set's own.</param>
    /// <param name="weights">File of its weights; empty for its own.</param>
    /// <param name="experimentFile">An experiment as JSON that takes the place of data, scale, seed, backbone and weights; may be
    /// empty.</param>
    /// <param name="store">Folder of finished results; empty for out/cache of the project.</param>
    /// <exception cref="WsssException">A value cannot be; the message says which.</exception>
    public static Study Open(
        string data,
        string scale,
        int seed,
        string device,
        string backbone = "",
        string weights = "",
        string experimentFile = "",
        string store = ""
    ) =>
        Open(
            experimentFile.Length > 0
                ? Experiment.Load(experimentFile)
                : Experiment.For(DataSet.Parse(data, scale, seed), BackboneSpec.Parse(backbone, weights), seed),
            RunContext.Open(device, store)
        );

    /// <summary>The same on data that is open already, whatever the experiment names.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public static Study On(DataSplits data, Experiment experiment, RunContext run) => new(experiment, data, run);

    /// <summary>The same data with another experiment, such as one with a technique more.</summary>
    /// <param name="change">Makes the other experiment.</param>
    /// <returns>The caller disposes it.</returns>
    public Study With(Func<Experiment, Experiment> change) => On(Data, change(Experiment), Run);

    /// <inheritdoc cref="With(Func{Experiment, Experiment})"/>
    /// <param name="technique">What the recipe has more.</param>
    public Study With(Technique technique) =>
        With(experiment => experiment with { Classifier = experiment.Classifier.With(technique) });

    /// <summary>The classifier; the first one where a technique trains several.</summary>
    public TrainedClassifier Classifier => Classifiers[0];

    /// <summary>All classifiers that were trained for the maps, in their order.</summary>
    public IReadOnlyList<TrainedClassifier> Classifiers => Maker.Classifiers;

    /// <summary>The maps of any split.</summary>
    public MapSource Maps => _maps ??= MapSource.Of(Maker, Run).Refine(Experiment.Refinements, Data.Train, Run);

    /// <summary>The curve of the maps on the images of the validation split that have masks; null where none has.</summary>
    public ThresholdSummary? ThresholdCurve => _curve ??= Data.Validation.WithMasks() is { } masked
        ? PseudoMasks.ChooseThreshold(Maps.ReadMaps(masked), masked)
        : null;

    /// <summary>
    /// The one threshold of everything, and how it was chosen: by the experiment's rule, else best on the masks of the validation split,
    /// else, where that has none, by <see cref="MaskFreeRule.Default"/> on the training images.
    /// </summary>
    public ThresholdChoice ThresholdChoice => _choice ??= Experiment.ThresholdRule is null && ThresholdCurve is { } curve
        ? new ThresholdChoice(curve.Best.Threshold, ThresholdChoice.ByMasks)
        : (Experiment.ThresholdRule ?? MaskFreeRule.Default).Choose(Evidence());

    /// <summary>The one threshold of everything: <see cref="ThresholdChoice"/>.</summary>
    public float Threshold => ThresholdChoice.Threshold;

    /// <summary>What a threshold can be chosen from without masks: some training images and their maps.</summary>
    public ThresholdEvidence Evidence()
    {
        // Pseudo masks need all of them; some, by themselves, would be made twice.
        if (Data.Train is not Subset) Maps.FolderOf(Data.Train);
        return ThresholdEvidence.Of(Maps, Data.Train, Run);
    }

    /// <summary>Where all this comes from; the wall time is that since the study was opened.</summary>
    public Provenance Provenance => Provenance.Of(Run, Experiment.Classifier.Seed, Data.Train.Fingerprint, _clock.Elapsed);

    /// <summary>The first test images, to look at.</summary>
    /// <param name="count">How many, if there are so many.</param>
    public MaskedSubset First(int count) => new(Data.Test, [.. Enumerable.Range(0, Math.Min(count, Data.Test.Count))]);

    /// <summary>Test images that show a class, evenly spread, to look at; the first ones where none does.</summary>
    /// <param name="count">How many, if there are so many.</param>
    public MaskedSubset Spread(int count)
    {
        int[] shown = Data.Test.Spread(count);
        return shown.Length == 0 ? First(count) : new MaskedSubset(Data.Test, shown);
    }

    /// <summary>The masks that the maps give at the threshold, of any sample of a source.</summary>
    /// <param name="source">Images and labels.</param>
    public Func<Sample, LabelMap?> Masks(ISampleSource source)
    {
        var masks = Maps.ReadMaps(source).ToDictionary(maps => maps.Id, maps => ThresholdRule.Apply(maps, Threshold));
        return sample => masks[sample.Id];
    }

    /// <summary>mAP, F1 and so on of the classifier on the test split.</summary>
    public MultiLabelScore ScoreClassifier() =>
        ClassifierTrainer.Evaluate(Classifier, Data.Test, Run);

    /// <summary>
    /// Scores the maps' masks at the threshold, and the maps at every threshold, on the test images that have masks, in one pass.
    /// </summary>
    /// <exception cref="DataSetException">No test image has a mask.</exception>
    public (Score AtThreshold, ThresholdSummary Curve) ScoreMaps()
    {
        var test = Data.Test.WithMasks() ?? throw Data.Test.NoMask(0);
        var evaluator = new SegmentationEvaluator(ClassNames);
        var curve = new ThresholdCurve(ClassNames.Count + 1);
        foreach (var (i, maps) in Maps.ReadMaps(test).Index())
        {
            var mask = test.Mask(i);
            evaluator.Add(maps.Id, mask, test.Truth(i), ThresholdRule.Apply(maps, Threshold), maps);
            curve.Add(maps, mask);
        }
        return (evaluator.ToScore(), curve.Summarize());
    }

    /// <summary>The training split with the masks that the maps give at the threshold, from the store or made now.</summary>
    public MaskFolderSource MakePseudoMasks() => MakePseudoMasks(ignoreBand: 0);

    private MaskFolderSource MakePseudoMasks(double ignoreBand)
    {
        string[] band = ignoreBand > 0 ? [WsssJson.Write(ignoreBand)] : [];
        string key = ArtifactStore.Key(["masks/3", Maps.Key, Data.Train.Fingerprint, WsssJson.Write(Threshold), .. band]);
        string folder = Run.Store.Ensure(
            "masks", key, $"{Maps.Origin.Title}, threshold {WsssJson.Write(Threshold)}, {Data.Train.Name}",
            temporary => PseudoMasks.Write(Maps.ReadMaps(Data.Train), Threshold, temporary, ignoreBand), Run);
        return new MaskFolderSource(Data.Train, folder, key);
    }

    /// <summary>
    /// The segmentation network that the experiment is about: trained on the pseudo masks without the ignore band, then, as often as it
    /// says, anew on the masks that the network before predicts for the training images, where only classes of their labels may appear.
    /// </summary>
    /// <returns>The caller disposes it.</returns>
    public TrainedSegmenter TrainStudent()
    {
        var student = TrainSegmenter(MakePseudoMasks(Experiment.IgnoreBand));
        for (int round = 0; round < Experiment.SelfTraining; round++)
        {
            using var teacher = student;
            student = TrainSegmenter(MakeOwnMasks(teacher));
        }
        return student;
    }

    /// <summary>The training split with the masks that a segmentation network predicts for it, of classes that its labels name.</summary>
    /// <param name="teacher">The network.</param>
    internal MaskFolderSource MakeOwnMasks(TrainedSegmenter teacher)
    {
        var look = Experiment.Inference with { WithLabels = true };
        string key = ArtifactStore.Key(
            "own-masks/1", Path.GetFileName(teacher.Folder), Data.Train.Fingerprint, look.Key());
        string folder = Run.Store.Ensure(
            "masks", key, $"predictions, {Data.Train.Name}",
            temporary => PseudoMasks.Write(look.Run(teacher.Network, Data.Train, Run), temporary), Run);
        return new MaskFolderSource(Data.Train, folder, key);
    }

    /// <summary>The segmentation network trained on the masks of a source.</summary>
    /// <param name="masks">Pseudo masks, or the training split's own for the ceiling.</param>
    /// <returns>The caller disposes it.</returns>
    public TrainedSegmenter TrainSegmenter(IMaskedSource masks) =>
        SegmenterTrainer.Train(Experiment.SegmenterFrom(Classifier), new TargetSource(masks), Data.Validation, Run);

    /// <summary>Scores a segmentation network on the test images that have masks.</summary>
    /// <exception cref="DataSetException">No test image has a mask.</exception>
    public Score ScoreSegmenter(TrainedSegmenter segmenter) =>
        ScoreSegmenter(segmenter, Data.Test) ?? throw Data.Test.NoMask(0);

    /// <summary>Scores it on the images of a split that have masks; null where none has.</summary>
    private Score? ScoreSegmenter(TrainedSegmenter segmenter, IMaskedSource split)
    {
        if (split.WithMasks() is not { } masked) return null;
        var evaluator = new SegmentationEvaluator(ClassNames);
        foreach (var (i, (sample, mask)) in Experiment.Inference.Run(segmenter.Network, masked, Run).Index())
            evaluator.Add(sample.Id, masked.Mask(i), masked.Truth(i), mask);
        return evaluator.ToScore();
    }

    /// <summary>Scores the masks of one source against those of another with the same samples; no photograph is read.</summary>
    /// <param name="predicted">Masks of all samples.</param>
    /// <param name="truth">Masks of some samples at least; the others are left out.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <exception cref="DataSetException">No sample has a true mask.</exception>
    public static Score ScoreMasks(IMaskedSource predicted, IMaskedSource truth, RunContext run)
    {
        int[] known = [.. Enumerable.Range(0, truth.Count).Where(truth.HasMask)];
        if (known.Length == 0) throw truth.NoMask(0);
        var evaluator = new SegmentationEvaluator(truth.ClassNames);
        foreach (var (done, i) in known.Index())
        {
            run.Report($"score {predicted.Name}", done + 1, known.Length);
            evaluator.Add(truth.Id(i), truth.Mask(i), truth.Truth(i), predicted.Mask(i));
        }
        return evaluator.ToScore();
    }

    /// <summary>The whole way, scored.</summary>
    /// <param name="segment">Whether to go on from the maps to pseudo masks and a segmentation network.</param>
    /// <exception cref="WsssException">Something cannot be; the message says what.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished steps stay in the store, training leaves a checkpoint.</exception>
    public ExperimentResult Score(bool segment = true)
    {
        var classification = ScoreClassifier();
        // A comparison reports what it finds; masks of a classifier that learned nothing are nobody's wish.
        if (segment) LearningCheck.Require(classification, Data.Test);
        var result = new ExperimentResult
        {
            Experiment = Experiment,
            Classifier = classification,
            Threshold = ThresholdChoice,
            ValidationCurve = Experiment.ThresholdRule is null ? ThresholdCurve : null,
        };
        if (Data.Test.WithMasks() is not null)
        {
            var (maps, curve) = ScoreMaps();
            result = result with { Maps = maps, MapCurve = curve };
        }
        if (segment) result = WithSegmentation(result);
        return result with { Provenance = Provenance };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _maps?.Dispose();
        _maker?.Dispose();
    }

    private MapMaker Maker => _maker ??= MapMaker.Train(Experiment.Classifier, Data, Experiment.Maps, Run);

    private ExperimentResult WithSegmentation(ExperimentResult result)
    {
        var pseudoMasks = MakePseudoMasks();
        // The ceiling learns from all, not some: a folder may have masks for a part of its training images only.
        bool ceiling = Experiment.Ceiling && Enumerable.Range(0, Data.Train.Count).All(Data.Train.HasMask);
        result = result with { PseudoMasks = Data.Train.WithMasks() is null ? null : ScoreMasks(pseudoMasks, Data.Train, Run) };
        using (var student = TrainStudent())
        {
            result = result with
            {
                Segmentation = ScoreSegmenter(student, Data.Test),
                SegmentationOnValidation = ScoreSegmenter(student, Data.Validation),
            };
        }
        if (!ceiling) return result;
        using var taughtByMasks = TrainSegmenter(Data.Train);
        return result with { Ceiling = ScoreSegmenter(taughtByMasks, Data.Test) };
    }
}
