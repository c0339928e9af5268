using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// How predicted and true masks overlap: IoU, precision and recall of each label from the confusion matrix of all pixels, and
/// their means over background and the classes that occur in the truth. The mean IoU is VOC's measure.
/// </summary>
/// <param name="labelCount">Number of labels, background included: 2…255.</param>
/// <remarks>Which labels count, and where: <see cref="ConfusionMatrix"/>.</remarks>
[Registered("mIoU, precision, recall: per class, and their means over background and the classes that occur in the truth", Order = 10)]
internal sealed class MaskOverlap(int labelCount) : Measure
{
    /// <summary>Mean intersection over union.</summary>
    public const string MeanIoU = "mIoU";

    /// <summary>Intersection over union of one class.</summary>
    public const string IoU = "IoU";

    /// <summary>Share of the predicted pixels that are right, of one class and as the mean.</summary>
    public const string Precision = "precision";

    /// <summary>Share of the true pixels that are found, of one class and as the mean.</summary>
    public const string Recall = "recall";

    private readonly ConfusionMatrix _pixels = new(labelCount);

    /// <inheritdoc/>
    public override void Add(ScoredImage image) => _pixels.Add(image.Truth, image.Prediction);

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureValue> Values() =>
    [
        new(MeanIoU, _pixels.MeanIoU) { Classes = ByLabel(IoU, _pixels.IoU) },
        new(Precision, _pixels.MeanPrecision) { Classes = ByLabel(Precision, _pixels.Precision) },
        new(Recall, _pixels.MeanRecall) { Classes = ByLabel(Recall, _pixels.Recall) },
    ];

    private ClassValues ByLabel(string name, Func<int, double?> of) => new(name, [.. Enumerable.Range(0, _pixels.LabelCount).Select(of)]);
}
