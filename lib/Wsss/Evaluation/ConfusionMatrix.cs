using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Evaluation;

/// <summary>
/// Counts of pixels by (true label, predicted label), and the measures that follow from them:
/// IoU_c = TP / (TP + FP + FN), precision_c = TP / (TP + FP), recall_c = TP / (TP + FN).
/// </summary>
/// <remarks>
/// Pixels whose truth is 255 are not counted. A predicted 255 counts as background: a method that abstains has not
/// found the object. Adding is thread-safe. Source: Everingham et al., <i>The PASCAL Visual Object Classes Challenge:
/// A Retrospective</i>, IJCV 2015.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts; // [truth, prediction]
    private readonly object _gate = new();

    /// <summary>Creates an empty matrix.</summary>
    /// <param name="labelCount">Number of labels, background included: C + 1 for C target classes; 2…255.</param>
    /// <exception cref="EvaluationException">The count lies outside 2…255.</exception>
    public ConfusionMatrix(int labelCount)
    {
        Guard.LabelCount(labelCount);
        LabelCount = labelCount;
        _counts = new long[labelCount * labelCount];
    }

    /// <summary>Number of labels, background included.</summary>
    public int LabelCount { get; }

    /// <summary>Number of pixels with that true and that predicted label.</summary>
    public long this[int truth, int prediction]
    {
        get
        {
            lock (_gate) return _counts[Index(truth, prediction)];
        }
    }

    /// <summary>Counts the pixels of one image.</summary>
    /// <param name="truth">The true mask; 255 is left out.</param>
    /// <param name="prediction">The predicted mask, of the same size; 255 counts as background.</param>
    /// <exception cref="EvaluationException">The sizes differ, or a label lies outside the class list.</exception>
    public void Add(LabelMap truth, LabelMap prediction)
    {
        Guard.SameSize("a prediction", prediction.Width, prediction.Height, truth);
        int n = LabelCount;
        var counts = new long[n * n];
        ReadOnlySpan<byte> t = truth.Values, p = prediction.Values;
        for (int i = 0; i < t.Length; i++)
        {
            if (t[i] == LabelMap.Ignore) continue;
            if (t[i] >= n) throw Guard.LabelOutside("truth", t[i], n);
            int predicted = p[i] == LabelMap.Ignore ? 0 : p[i];
            if (predicted >= n) throw Guard.LabelOutside("prediction", predicted, n);
            counts[t[i] * n + predicted]++;
        }
        AddCounts(counts);
    }

    /// <summary>Counts pixels of tensors where they lie, on a GPU too; as <see cref="Add(LabelMap, LabelMap)"/> does.</summary>
    /// <param name="truth">True labels, of any shape, uint8; 255 is left out.</param>
    /// <param name="prediction">Predicted labels, of the same shape and device, uint8; 255 counts as background.</param>
    /// <exception cref="EvaluationException">The shapes differ, or a label lies outside the class list.</exception>
    internal void Add(Tensor truth, Tensor prediction)
    {
        if (!truth.shape.SequenceEqual(prediction.shape))
        {
            string expected = string.Join(", ", truth.shape), found = string.Join(", ", prediction.shape);
            throw new EvaluationException($"Expected a prediction [{expected}] as the truth is, found [{found}].");
        }
        using var scope = NewDisposeScope();
        var counted = truth.ne(LabelMap.Ignore);
        var trueLabels = truth.masked_select(counted).to(int64);
        var predicted = prediction.masked_select(counted).to(int64);
        predicted = predicted.masked_fill(predicted.eq(LabelMap.Ignore), 0);
        // Labels outside count as one more, so that they show in the counts: one way from the device instead of three.
        int n = LabelCount, side = n + 1;
        var numbers = trueLabels.clamp_max(n) * side + predicted.clamp_max(n);
        long[] pairs = bincount(numbers, minlength: side * side).cpu().data<long>().ToArray();
        for (int inside = 0; inside < side; inside++)
        {
            if (pairs[n * side + inside] > 0) throw Guard.LabelOutside("truth", FirstOutside(trueLabels), n);
            if (pairs[inside * side + n] > 0) throw Guard.LabelOutside("prediction", FirstOutside(predicted), n);
        }
        AddCounts([.. Enumerable.Range(0, n * n).Select(i => pairs[i / n * side + i % n])]);

        int FirstOutside(Tensor labels) => (int)labels.masked_select(labels.ge(n))[0].item<long>();
    }

    /// <summary>Adds a number of pixels to one cell.</summary>
    internal void Add(int truth, int prediction, long count)
    {
        lock (_gate) _counts[Index(truth, prediction)] += count;
    }

    /// <summary>Intersection over union of a label, 0…1; null if the label is left out of the means.</summary>
    /// <remarks>
    /// A class that does not occur in the truth is left out, so that a subset of VOC is scored on the classes it has;
    /// its false positives still lower the labels they were put on. Background is left out only if it occurs neither in
    /// the truth nor in the prediction.
    /// </remarks>
    public double? IoU(int label) => Tally(label) is var (tp, fp, fn) ? Ratio(tp, tp + fp + fn) : null;

    /// <summary>Share of the pixels predicted as this label that are right, 0…1; null as for <see cref="IoU"/>.</summary>
    /// <remarks>0 for a label that occurs and is never predicted, so that every method's mean covers the same classes.</remarks>
    public double? Precision(int label) => Tally(label) is var (tp, fp, _) ? Ratio(tp, tp + fp) : null;

    /// <summary>Share of the pixels of this label that are found, 0…1; null as for <see cref="IoU"/>.</summary>
    public double? Recall(int label) => Tally(label) is var (tp, _, fn) ? Ratio(tp, tp + fn) : null;

    /// <summary>mIoU: the mean over background and the classes that occur in the truth, 0…1; 0 if nothing was added.</summary>
    public double MeanIoU => Mean(IoU);

    /// <summary>Mean precision over the same labels as <see cref="MeanIoU"/>, 0…1.</summary>
    public double MeanPrecision => Mean(Precision);

    /// <summary>Mean recall over the same labels as <see cref="MeanIoU"/>, 0…1.</summary>
    public double MeanRecall => Mean(Recall);

    private double Mean(Func<int, double?> measure) =>
        Enumerable.Range(0, LabelCount).Select(measure).Average() ?? 0;

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    /// <summary>True positives, false positives and false negatives; null if the label is left out.</summary>
    private (long Tp, long Fp, long Fn)? Tally(int label)
    {
        lock (_gate)
        {
            long tp = _counts[Index(label, label)], truth = 0, predicted = 0;
            for (int other = 0; other < LabelCount; other++)
            {
                truth += _counts[label * LabelCount + other];
                predicted += _counts[other * LabelCount + label];
            }
            bool counts = truth > 0 || (label == 0 && predicted > 0);
            return counts ? (tp, predicted - tp, truth - tp) : null;
        }
    }

    private int Index(int truth, int prediction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(truth);
        ArgumentOutOfRangeException.ThrowIfNegative(prediction);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(truth, LabelCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(prediction, LabelCount);
        return truth * LabelCount + prediction;
    }

    private void AddCounts(long[] counts)
    {
        lock (_gate)
            for (int i = 0; i < counts.Length; i++) _counts[i] += counts[i];
    }
}
