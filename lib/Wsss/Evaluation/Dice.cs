using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// Dice coefficient, also known as the F1 of pixels: 2·TP / (2·TP + FP + FN) = 2·IoU / (1 + IoU), per class and as the mean over the
/// labels of the mIoU: background and the classes that occur in the truth.
/// </summary>
/// <param name="labelCount">Number of labels, background included: 2…255.</param>
/// <remarks>
/// Which labels count, and where: <see cref="ConfusionMatrix"/>. Source: Dice, <i>Measures of the Amount of Ecologic Association
/// Between Species</i>, Ecology 26(3), 1945.
/// </remarks>
[Registered("Dice: 2·TP / (2·TP + FP + FN), per class and the mean over the labels of the mIoU", Order = 50)]
internal sealed class Dice(int labelCount) : Measure
{
    /// <summary>Of one class and as the mean.</summary>
    public const string Name = "Dice";

    private readonly ConfusionMatrix _pixels = new(labelCount);

    /// <inheritdoc/>
    public override void Add(ScoredImage image) => _pixels.Add(image.Truth, image.Prediction);

    /// <inheritdoc/>
    public override IReadOnlyList<MeasureValue> Values()
    {
        double?[] byLabel = [.. Enumerable.Range(0, labelCount).Select(_pixels.IoU).Select(iou => 2 * iou / (1 + iou))];
        return [new(Name, byLabel.Average() ?? 0) { Classes = new(Name, byLabel) }];
    }
}
