using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>What a threshold gives.</summary>
/// <param name="Threshold">The background score t.</param>
/// <param name="MeanIoU">mIoU of <see cref="ThresholdRule"/> at t, 0…1.</param>
/// <param name="Precision">Share of the pixels predicted as foreground whose class is right, 0…1; 1 if there are none.</param>
/// <param name="Recall">Share of the true foreground pixels whose class is right, 0…1; 0 if there are none.</param>
public sealed record ThresholdPoint(float Threshold, double MeanIoU, double Precision, double Recall);

/// <summary>The points of a curve by rising threshold, and what sums them up.</summary>
/// <param name="Points">One point per threshold of <see cref="ThresholdRule.Grid"/>.</param>
/// <param name="Best">The point of the largest mIoU; the lowest threshold among equals.</param>
/// <param name="AveragePrecision">
/// Σ_i (R_i − R_{i−1}) P_i from the highest threshold to the lowest, 0…1: one number that no threshold was chosen for.
/// Follows PxAP of Choe et al., CVPR 2020, over all classes at once. Pixels below the lowest threshold are never found.
/// </param>
public sealed record ThresholdSummary(IReadOnlyList<ThresholdPoint> Points, ThresholdPoint Best, double AveragePrecision);

/// <summary>
/// The confusion matrix of maps at every threshold of <see cref="ThresholdRule.Grid"/>, exactly, from one pass over
/// the images: a histogram of pixels over (threshold bin of the largest score, its class, true label).
/// </summary>
/// <remarks>Pixels whose truth is 255 are not counted. Adding is thread-safe.</remarks>
public sealed class ThresholdCurve
{
    private readonly int _bins = ThresholdRule.Grid.Count + 1;
    private readonly float[] _grid = [.. ThresholdRule.Grid];
    private readonly long[] _counts; // [bin, predicted label, true label]; bin b: the b lowest thresholds are reached
    private readonly object _gate = new();

    /// <summary>Creates an empty curve.</summary>
    /// <param name="labelCount">Number of labels, background included: C + 1 for C target classes; 2…255.</param>
    /// <exception cref="EvaluationException">The count lies outside 2…255.</exception>
    public ThresholdCurve(int labelCount)
    {
        Guard.LabelCount(labelCount);
        LabelCount = labelCount;
        _counts = new long[_bins * labelCount * labelCount];
    }

    /// <summary>Number of labels, background included.</summary>
    public int LabelCount { get; }

    /// <summary>Counts the pixels of one image.</summary>
    /// <param name="maps">The maps of the classes that may appear in the image (in training and validation, those of its labels).</param>
    /// <param name="truth">The true mask, of the same size; 255 is left out.</param>
    /// <exception cref="EvaluationException">The sizes differ, or a class lies outside the class list.</exception>
    public void Add(LocalizationMaps maps, LabelMap truth)
    {
        Guard.SameSize($"maps of '{maps.Id}'", maps.Width, maps.Height, truth);
        foreach (int c in maps.Classes)
            if (c < 0 || c >= LabelCount - 1) throw Guard.LabelOutside($"maps of '{maps.Id}'", c + 1, LabelCount);

        var score = new float[truth.Values.Length];
        var label = new byte[score.Length];
        ThresholdRule.Strongest(maps, score, label);

        var cells = new int[score.Length]; // found outside the lock, so that threads wait for the counting only
        int used = 0;
        for (int i = 0; i < score.Length; i++)
        {
            byte t = truth.Values[i];
            if (t == LabelMap.Ignore) continue;
            if (t >= LabelCount) throw Guard.LabelOutside("truth", t, LabelCount);
            cells[used++] = (Bin(score[i]) * LabelCount + label[i]) * LabelCount + t;
        }
        lock (_gate)
            foreach (int cell in cells.AsSpan(0, used)) _counts[cell]++;
    }

    /// <summary>The confusion matrix of <see cref="ThresholdRule.Apply"/> at each threshold of the grid, by rising threshold.</summary>
    public IReadOnlyList<ConfusionMatrix> Matrices()
    {
        long[] counts = Snapshot();
        int n = LabelCount, cells = n * n;
        var foreground = new long[cells]; // [predicted, true] of the pixels whose score reaches the threshold
        var total = new long[n];          // [true]
        for (int i = 0; i < counts.Length; i++) total[i % n] += counts[i];

        var matrices = new ConfusionMatrix[_grid.Length];
        for (int index = _grid.Length - 1; index >= 0; index--)
        {
            for (int i = 0; i < cells; i++) foreground[i] += counts[(index + 1) * cells + i];
            var matrix = new ConfusionMatrix(n);
            for (int t = 0; t < n; t++)
            {
                long rest = total[t];
                for (int p = 1; p < n; p++)
                {
                    matrix.Add(t, p, foreground[p * n + t]);
                    rest -= foreground[p * n + t];
                }
                matrix.Add(t, 0, rest);
            }
            matrices[index] = matrix;
        }
        return matrices;
    }

    /// <summary>mIoU, precision and recall at every threshold, and the best threshold.</summary>
    public ThresholdSummary Summarize()
    {
        ThresholdPoint[] points = [.. Matrices().Select((matrix, i) => Point(_grid[i], matrix))];
        ThresholdPoint best = points[0];
        foreach (ThresholdPoint point in points)
            if (point.MeanIoU > best.MeanIoU) best = point;

        double area = 0, found = 0;
        for (int i = points.Length - 1; i >= 0; i--)
        {
            area += (points[i].Recall - found) * points[i].Precision;
            found = points[i].Recall;
        }
        return new ThresholdSummary(points, best, area);
    }

    private static ThresholdPoint Point(float threshold, ConfusionMatrix matrix)
    {
        long right = 0, predicted = 0, present = 0;
        for (int t = 0; t < matrix.LabelCount; t++)
        {
            for (int p = 0; p < matrix.LabelCount; p++)
            {
                long count = matrix[t, p];
                if (p > 0) predicted += count;
                if (t > 0) present += count;
                if (t > 0 && t == p) right += count;
            }
        }
        return new ThresholdPoint(
            threshold, matrix.MeanIoU,
            Precision: predicted == 0 ? 1 : (double)right / predicted,
            Recall: present == 0 ? 0 : (double)right / present);
    }

    /// <summary>How many thresholds of the grid a score reaches.</summary>
    private int Bin(float score)
    {
        int bin = score > 0 ? (int)Math.Min(score * 100, _grid.Length) : 0;
        // The product rounds; the comparison that the rule makes decides.
        while (bin > 0 && !ThresholdRule.IsForeground(score, _grid[bin - 1])) bin--;
        while (bin < _grid.Length && ThresholdRule.IsForeground(score, _grid[bin])) bin++;
        return bin;
    }

    private long[] Snapshot()
    {
        lock (_gate) return [.. _counts];
    }
}
