using Wsss.Data;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Regions;

/// <summary>
/// Superpixels of Felzenszwalb &amp; Huttenlocher (<i>Efficient Graph-Based Image Segmentation</i>, IJCV 2004): pixels and their eight
/// neighbours are a graph, and two parts are joined where what lies between them is no more than what lies within each.
/// </summary>
/// <remarks>
/// The image is smoothed by a Gaussian of deviation σ. The weight of an edge is the distance of the two colours (RGB, 0…255). Edges are
/// looked at from the lightest to the heaviest; one joins the parts C and C' at its ends where its weight is at most
/// min(Int(C) + k/|C|, Int(C') + k/|C'|), with Int the heaviest edge that was joined within. Last, parts below the smallest size join
/// the neighbour across their lightest edge.
/// <para>Matches the paper's code: three channels together, borders repeated by the smoothing, equal weights in the order of pixels.</para>
/// </remarks>
[Registered("superpixels that follow edges and differ in size (Felzenszwalb & Huttenlocher)", Name = "felzenszwalb", Order = 2)]
public sealed record Felzenszwalb : RegionSource
{
    /// <summary>k, once for each size: the higher, the larger; regions of all sizes overlap and share a level.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [50, 150];

    /// <summary>σ: deviation of the smoothing in pixels, 0 for none.</summary>
    public double Sigma { get; init; } = 0.8;

    /// <summary>The fewest pixels of a region, at least 1.</summary>
    public int Smallest { get; init; } = 20;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Scales.Count == 0 || !Scales.All(scale => scale > 0 && double.IsFinite(scale)))
            throw new RecipeException($"Felzenszwalb: expected scales above 0, found [{string.Join(", ", Scales)}].");
        if (!(Sigma is >= 0 and <= 100)) throw new RecipeException($"Felzenszwalb: expected a sigma in 0…100, found {Sigma}.");
        if (Smallest < 1) throw new RecipeException($"Felzenszwalb: expected a smallest size of at least 1, found {Smallest}.");
    }

    /// <inheritdoc/>
    public override RegionFinder Open(Device device) => new((_, image) =>
    {
        var edges = Edges(image);
        return [.. Scales.SelectMany(scale => Labelled(Labels(edges, image.Width * image.Height, scale)))];
    });

    /// <summary>The superpixels of one size.</summary>
    /// <param name="image">The image.</param>
    /// <param name="scale">k, above 0.</param>
    /// <returns>[H, W]: pixels of one number are one superpixel.</returns>
    public int[] Labels(RgbImage image, double scale) => Labels(Edges(image), image.Width * image.Height, scale);

    // From the lightest to the heaviest.
    private (int From, int To, float Weight)[] Edges(RgbImage image)
    {
        var (width, height) = (image.Width, image.Height);
        float[] colours = Smooth(image);                                                         // [H, W, 3]
        var edges = new List<(int From, int To, float Weight)>(4 * width * height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = y * width + x;
                if (x + 1 < width) Add(i, i + 1);
                if (y + 1 == height) continue;
                Add(i, i + width);
                if (x + 1 < width) Add(i, i + width + 1);
                if (x > 0) Add(i, i + width - 1);
            }
        }
        (int From, int To, float Weight)[] sorted = [.. edges];
        // Not Array.Sort by weight alone, which does not keep the order of equal ones.
        ulong[] keys = [.. sorted.Select((edge, n) => (ulong)BitConverter.SingleToUInt32Bits(edge.Weight) << 32 | (uint)n)];
        Array.Sort(keys, sorted);
        return sorted;

        void Add(int i, int j)
        {
            double sum = 0;
            for (int c = 0; c < 3; c++) sum += Math.Pow(colours[3 * i + c] - colours[3 * j + c], 2);
            edges.Add((i, j, (float)Math.Sqrt(sum)));
        }
    }

    private int[] Labels((int From, int To, float Weight)[] edges, int pixels, double scale)
    {
        int[] parents = [.. Enumerable.Range(0, pixels)], sizes = new int[pixels];
        Array.Fill(sizes, 1);
        double[] limits = new double[pixels];                                                    // Int(C) + k/|C| of each root
        Array.Fill(limits, scale);
        foreach (var (from, to, weight) in edges)
        {
            int a = Root(from), b = Root(to);
            if (a == b || weight > limits[a] || weight > limits[b]) continue;
            int joined = Join(a, b);
            limits[joined] = weight + scale / sizes[joined];
        }
        foreach (var (from, to, _) in edges)
        {
            int a = Root(from), b = Root(to);
            if (a != b && (sizes[a] < Smallest || sizes[b] < Smallest)) Join(a, b);
        }
        return [.. Enumerable.Range(0, pixels).Select(Root)];

        int Root(int i)
        {
            while (parents[i] != i) i = parents[i] = parents[parents[i]];
            return i;
        }

        int Join(int a, int b)
        {
            if (sizes[a] < sizes[b]) (a, b) = (b, a);
            parents[b] = a;
            sizes[a] += sizes[b];
            return a;
        }
    }

    private float[] Smooth(RgbImage image)
    {
        const double Reach = 4;
        float[] colours = [.. image.Pixels.Select(value => (float)value)];
        int radius = (int)Math.Ceiling(Reach * Sigma);
        if (radius == 0) return colours;
        double[] kernel = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(d => Math.Exp(-0.5 * d * d / (Sigma * Sigma)))];
        double sum = kernel.Sum();
        for (int i = 0; i < kernel.Length; i++) kernel[i] /= sum;
        return Along(Along(colours, across: true), across: false);

        float[] Along(float[] from, bool across)
        {
            var to = new float[from.Length];
            int length = across ? image.Width : image.Height, step = across ? 3 : 3 * image.Width;
            for (int i = 0; i < to.Length; i++)
            {
                int at = i / step % length, first = i - at * step;
                double value = 0;
                for (int d = -radius; d <= radius; d++)
                    value += kernel[d + radius] * from[first + Math.Clamp(at + d, 0, length - 1) * step];
                to[i] = (float)value;
            }
            return to;
        }
    }
}
