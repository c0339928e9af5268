namespace Wsss.Evaluation;

/// <summary>How well image-level labels are predicted.</summary>
/// <param name="MeanAveragePrecision">Mean of the average precisions of the classes that have positives, 0…1; 0 if none has.</param>
/// <param name="F1">2·TP / (2·TP + FP + FN) over all classes and images together (micro) at probability .5.</param>
/// <param name="Precision">TP / (TP + FP), likewise; 0 if nothing is predicted.</param>
/// <param name="Recall">TP / (TP + FN), likewise; 0 if there is nothing to find.</param>
/// <param name="AveragePrecision">Average precision of each of the C classes; null for a class without positives.</param>
public sealed record MultiLabelScore(
    double MeanAveragePrecision, double F1, double Precision, double Recall, IReadOnlyList<double?> AveragePrecision);

/// <summary>Measures of a multi-label classifier.</summary>
public static class MultiLabelMetrics
{
    /// <summary>The probability from which on a class counts as predicted.</summary>
    public const float DecisionThreshold = 0.5f;

    /// <summary>Computes mAP, micro F1, precision and recall.</summary>
    /// <param name="probabilities">[N, C] probabilities (after the sigmoid), row by row.</param>
    /// <param name="labels">For each of the N images the zero-based classes that are present.</param>
    /// <param name="classCount">The number C of target classes, without background.</param>
    /// <returns>The measures.</returns>
    /// <remarks>
    /// AP = Σ_k (R_k − R_{k−1}) P_k over the distinct scores from the largest to the smallest, without interpolation,
    /// as scikit-learn's <c>average_precision_score</c>: images with equal scores enter together, so their order does
    /// not matter.
    /// </remarks>
    /// <exception cref="EvaluationException">The lengths do not fit, a label lies outside the classes, or a score is NaN.</exception>
    public static MultiLabelScore Compute(ReadOnlySpan<float> probabilities, IReadOnlyList<IReadOnlyList<int>> labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        if (probabilities.Length != (long)labels.Count * classCount)
            throw new EvaluationException(
                $"Expected {labels.Count}·{classCount} probabilities, one per image and class, found {probabilities.Length}."
            );

        bool[] positive = Positives(labels, classCount); // [N, C]
        long tp = 0,
            fp = 0,
            fn = 0;
        for (int i = 0; i < positive.Length; i++)
        {
            if (float.IsNaN(probabilities[i]))
                throw new EvaluationException(
                    $"Expected probabilities, found NaN for image {i / classCount}, class {i % classCount}. Did the training diverge?"
                );
            bool predicted = probabilities[i] >= DecisionThreshold;
            if (predicted && positive[i])
                tp++;
            else if (predicted)
                fp++;
            else if (positive[i])
                fn++;
        }

        var averagePrecision = new double?[classCount];
        var scores = new float[labels.Count];
        var truth = new bool[labels.Count];
        for (int c = 0; c < classCount; c++)
        {
            for (int n = 0; n < labels.Count; n++)
                (scores[n], truth[n]) = (probabilities[n * classCount + c], positive[n * classCount + c]);
            averagePrecision[c] = AveragePrecision(scores, truth);
        }
        return new MultiLabelScore(
            averagePrecision.Average() ?? 0,
            Ratio(2 * tp, 2 * tp + fp + fn),
            Ratio(tp, tp + fp),
            Ratio(tp, tp + fn),
            averagePrecision
        );
    }

    /// <summary>Average precision of one class; null without positives. Sorts both arrays.</summary>
    private static double? AveragePrecision(float[] scores, bool[] truth)
    {
        int positives = truth.Count(t => t);
        if (positives == 0) return null;
        Array.Sort(scores, truth);
        double area = 0;
        int found = 0, foundBefore = 0;
        for (int i = scores.Length - 1; i >= 0; i--)
        {
            if (truth[i]) found++;
            if (i > 0 && scores[i - 1] == scores[i]) continue;
            area += (double)(found - foundBefore) / positives * found / (scores.Length - i);
            foundBefore = found;
        }
        return area;
    }

    private static bool[] Positives(IReadOnlyList<IReadOnlyList<int>> labels, int classCount)
    {
        var positive = new bool[labels.Count * classCount];
        for (int n = 0; n < labels.Count; n++)
        {
            foreach (int c in labels[n])
            {
                if (c < 0 || c >= classCount)
                    throw new EvaluationException($"Expected labels 0…{classCount - 1}, found {c} at image {n}.");
                positive[n * classCount + c] = true;
            }
        }
        return positive;
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
