using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// Boundary F-score: how sharply outlines are met, whatever the size of the objects. For one class of one image,
/// P = share of the predicted boundary pixels within θ of a true one, R = share of the true boundary pixels within θ of
/// a predicted one, F = 2PR / (P + R).
/// </summary>
/// <remarks>
/// F is averaged over the images that have the class, then over the classes. θ is 0.75 % of the image's diagonal, at
/// least one pixel (Euclidean). A boundary pixel has a 4-neighbour outside its mask; the image's frame is no boundary,
/// and a class without any true boundary (it fills the image) is left out. Pixels whose truth is 255 are cut from both
/// masks, so that a mask may end anywhere in VOC's void border.
/// Source: Csurka et al., <i>What is a good evaluation measure for semantic segmentation?</i>, BMVC 2013, after Martin,
/// Fowlkes and Malik, PAMI 2004.
/// </remarks>
[Registered("boundary F: how sharply outlines are met, mean over the classes", Order = 20)]
internal sealed class BoundaryF : Measure
{
    /// <summary>The mean over classes of the mean over images.</summary>
    public const string Mean = "boundary F";

    /// <summary>θ as a share of the image's diagonal.</summary>
    public const double DiagonalShare = 0.0075;

    private readonly double[] _sum = new double[LabelMap.Ignore];
    private readonly int[] _images = new int[LabelMap.Ignore];

    /// <summary>Scores the classes that are present in one image.</summary>
    /// <param name="image">A predicted 255 counts as background.</param>
    public override void Add(ScoredImage image)
    {
        var present = new bool[LabelMap.Ignore + 1];
        foreach (byte label in image.Truth.Values) present[label] = true;
        for (int label = 1; label < LabelMap.Ignore; label++)
        {
            if (!present[label] || ScoreClass(image.Truth, image.Prediction, (byte)label) is not { } f) continue;
            _sum[label] += f;
            _images[label]++;
        }
    }

    /// <summary>The mean over classes of the mean over images; null while no boundary was added.</summary>
    public override IReadOnlyList<MeasureValue> Values() =>
    [
        new(Mean, Enumerable.Range(1, LabelMap.Ignore - 1)
            .Where(label => _images[label] > 0)
            .Select(label => (double?)_sum[label] / _images[label])
            .Average()),
    ];

    /// <summary>F of one class of one image; null if the class has no true boundary.</summary>
    private static double? ScoreClass(LabelMap truth, LabelMap prediction, byte label)
    {
        List<int> expected = Boundary(truth, truth, label);
        if (expected.Count == 0) return null;
        List<int> found = Boundary(prediction, truth, label);
        if (found.Count == 0) return 0;
        double tolerance = Math.Max(1, DiagonalShare * Math.Sqrt((double)truth.Width * truth.Width + (double)truth.Height * truth.Height));
        double precision = ShareNear(found, expected, truth.Width, truth.Height, tolerance);
        double recall = ShareNear(expected, found, truth.Width, truth.Height, tolerance);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>Indices of the pixels that have the label, are not cut by the truth's 255, and touch one that does not.</summary>
    private static List<int> Boundary(LabelMap mask, LabelMap truth, byte label)
    {
        int width = mask.Width, height = mask.Height;
        byte[] values = mask.Values, cut = truth.Values;
        bool Inside(int i) => values[i] == label && cut[i] != LabelMap.Ignore;
        var boundary = new List<int>();
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                if (!Inside(i)) continue;
                bool edge = (x > 0 && !Inside(i - 1)) || (x < width - 1 && !Inside(i + 1)) ||
                    (y > 0 && !Inside(i - width)) || (y < height - 1 && !Inside(i + width));
                if (edge) boundary.Add(i);
            }
        }
        return boundary;
    }

    /// <summary>Share of the pixels that lie within the tolerance of a target: the targets are dilated by a disc.</summary>
    private static double ShareNear(List<int> pixels, List<int> targets, int width, int height, double tolerance)
    {
        int radius = (int)tolerance;
        var near = new bool[width * height];
        foreach (int target in targets)
        {
            int x = target % width, y = target / width;
            for (int dy = -Math.Min(radius, y); dy <= Math.Min(radius, height - 1 - y); dy++)
            {
                int half = (int)Math.Sqrt(tolerance * tolerance - dy * dy);
                int left = Math.Max(0, x - half), right = Math.Min(width - 1, x + half);
                near.AsSpan((y + dy) * width + left, right - left + 1).Fill(true);
            }
        }
        return (double)pixels.Count(i => near[i]) / pixels.Count;
    }
}
