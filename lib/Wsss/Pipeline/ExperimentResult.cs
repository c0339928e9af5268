using System.Globalization;
using Wsss.Evaluation;
using Wsss.Segmentation.Thresholds;

namespace Wsss.Pipeline;

/// <summary>What an experiment gives back; every score names the split it was measured on.</summary>
public sealed record ExperimentResult
{
    /// <summary>What was run.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>The classifier on the test split: mAP, F1, precision, recall.</summary>
    public required MultiLabelScore Classifier { get; init; }

    /// <summary>The one threshold of everything below.</summary>
    public required ThresholdChoice Threshold { get; init; }

    /// <summary>The maps' masks on the test images that have drawn masks, at the threshold; null where none has.</summary>
    public Score? Maps { get; init; }

    /// <summary>The maps on the same images at every threshold, to compare without a choice; null where none has a mask.</summary>
    public ThresholdSummary? MapCurve { get; init; }

    /// <summary>
    /// The maps on the validation images that have drawn masks, at every threshold: what the threshold was chosen by, and what options may
    /// be chosen by. Null where a rule without masks chose.
    /// </summary>
    public ThresholdSummary? ValidationCurve { get; init; }

    /// <summary>The pseudo masks on the training images that have drawn masks; null where none has.</summary>
    public Score? PseudoMasks { get; init; }

    /// <summary>
    /// The segmentation network trained on the pseudo masks, on the test split; null where the way ended with the maps, or no mask is
    /// known.
    /// </summary>
    public Score? Segmentation { get; init; }

    /// <summary>
    /// The segmentation network on the validation images that have drawn masks: what options of its inference may be chosen by. It flatters
    /// where these are a part of the training images, whose pseudo masks the network knows. Null where the way ended with the maps, or none
    /// has a mask.
    /// </summary>
    public Score? SegmentationOnValidation { get; init; }

    /// <summary>The same network trained on full masks, on the test split; null where that was not asked for or not possible.</summary>
    public Score? Ceiling { get; init; }

    /// <summary>What it was made with; null where that is kept elsewhere.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>
    /// Every measure of the maps, then <c>AP</c> (of the maps at every threshold), <c>F1</c> (of the classifier) and <c>validation mIoU</c>
    /// (at the threshold that was chosen there: options are chosen by it, not by the test split), then what the segmentation
    /// network is taught, what it gives, what it gives on the validation split, and how much of its ceiling it is; null where the way ended
    /// with the maps.
    /// </summary>
    public IReadOnlyList<MeasureValue> Measures() =>
    [
        .. Maps?.Measures ?? [],
        new("AP", MapCurve?.AveragePrecision),
        new("F1", Classifier.F1),
        new("validation mIoU", ValidationCurve?.Best.MeanIoU),
        new("pseudo masks mIoU", PseudoMasks?.MeanIoU),
        new("segmentation mIoU", Segmentation?.MeanIoU),
        new("segmentation validation mIoU", SegmentationOnValidation?.MeanIoU),
        new("of ceiling", Segmentation?.MeanIoU / Ceiling?.MeanIoU),
    ];

    /// <summary>The stages that were reached, and the split that each was scored on.</summary>
    public IReadOnlyList<(string Name, string Split, Score Score)> Stages()
    {
        string given = Experiment.Inference.WithLabels ? ", labels given" : "";
        (string Name, string Split, Score? Score)[] stages =
        [
            (Experiment.MapTitle, "test", Maps), ("pseudo masks", "train", PseudoMasks),
            ($"segmentation{given}", "test", Segmentation), ($"ceiling (full masks){given}", "test", Ceiling),
        ];
        return [.. stages.Where(stage => stage.Score is not null).Select(stage => (stage.Name, stage.Split, stage.Score!))];
    }

    /// <summary>The one table: a row per stage.</summary>
    public string ToTable()
    {
        List<IReadOnlyList<string>> facts =
        [
            ["classifier mAP % (test)", Table.Percent(Classifier.MeanAveragePrecision)],
            ["classifier F1 % (test)", Table.Percent(Classifier.F1)],
            [$"threshold (by {Threshold.Rule})", Threshold.Threshold.ToString("0.00", CultureInfo.InvariantCulture)],
        ];
        void AddPercent(string name, double? share)
        {
            if (share is { } known) facts.Add([name, Table.Percent(known)]);
        }
        AddPercent($"{Experiment.MapTitle}: mIoU % at its best threshold (test)", MapCurve?.Best.MeanIoU);
        AddPercent("segmentation: mIoU % (validation)", SegmentationOnValidation?.MeanIoU);
        AddPercent("segmentation / ceiling %", Segmentation?.MeanIoU / Ceiling?.MeanIoU);
        if (Provenance is not null) facts.Add(["wall time s", Provenance.Seconds.ToString("0", CultureInfo.InvariantCulture)]);
        var stages = Stages();
        var values = new Table(["measure", "value"], facts);
        if (stages.Count == 0)
            return $"{values}\nNo image has a mask: there is nothing to score masks against.\n";
        var table = Score.Compare(
            ["stage", "split"],
            [.. stages.Select(stage => ((IReadOnlyList<string>)[stage.Name, stage.Split], stage.Score))]
        );
        return $"{table}\n{values}";
    }
}
