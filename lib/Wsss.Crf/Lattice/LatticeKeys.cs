using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wsss.Crf.Lattice;

/// <summary>
/// For each pixel the simplex of the permutohedral lattice that its feature vector lies in: packed keys of its d + 1 vertices,
/// and its barycentric coordinates there (Adams, Baek &amp; Davis 2010, section 3).
/// </summary>
/// <remarks>
/// A vertex has a remainder r: its d + 1 integer coordinates are all ≡ r modulo d + 1, and they sum to 0. Written as
/// (d + 1)·v_i + r, the first d numbers v_i say all. Each has the bits that its range needs, side by side in 64 bits, so that
/// a step from vertex to vertex is one addition. A simplex has one vertex of each remainder.
/// </remarks>
internal sealed unsafe class LatticeKeys
{
    /// <summary>The most dimensions that a feature vector has here.</summary>
    public const int MostDimensions = 5;

    private const int Lanes = 8;

    private readonly PixelFeatures _features;
    private readonly float[] _scale;
    private readonly int[] _smallest;
    private readonly ulong[] _unit;

    /// <summary>Lays out the keys.</summary>
    /// <exception cref="WsssException">A σ is so small for this image that its lattice has more places than 64 bits can name.</exception>
    public LatticeKeys(PixelFeatures features)
    {
        _features = features;
        int d = features.Dimensions;
        // (d + 1)·√(2/3) is the standard deviation, in the lattice's unit, of splatting, blurring and slicing together (page 6).
        _scale = [.. Enumerable.Range(0, d).Select(i => (float)((d + 1) * Math.Sqrt(2.0 / 3) / Math.Sqrt((i + 1) * (i + 2))))];
        _smallest = new int[d];
        _unit = new ulong[d + 1]; // the last coordinate is not stored, its unit stays 0
        int shift = 0;
        for (int i = 0; i < d; i++)
        {
            // Coordinate i is Σ_{j ≥ i} f_j s_j − i f_{i−1} s_{i−1} with features from 0 up.
            double high = Enumerable.Range(i, d - i).Sum(j => features.Largest(j) * _scale[j]);
            double low = i == 0 ? 0 : -i * features.Largest(i - 1) * _scale[i - 1];
            // Rounding and the vertices of the simplex go up to 2 beyond, their neighbours 1 more.
            const int Margin = 4;
            double first = Math.Floor(low / (d + 1)) - Margin,
                last = Math.Ceiling(high / (d + 1)) + Margin;
            int bits = last - first < int.MaxValue ? BitOperations.Log2((uint)(last - first)) + 1 : 64;
            if (shift + bits > 64)
            {
                throw new WsssException(
                    $"Expected a CRF kernel that fits an image of {features.Width}×{features.Height} pixels, found σ_xy {features.SigmaXy}"
                        + (features.HasColours ? $", σ_rgb {features.SigmaRgb}" : "")
                        + ": too narrow for a lattice. Widen the kernel or leave it out."
                );
            }
            _smallest[i] = (int)first;
            _unit[i] = 1UL << shift;
            shift += bits;
        }
    }

    /// <summary>[d] what features are multiplied by before they are elevated.</summary>
    public ReadOnlySpan<float> Scale => _scale;

    /// <summary>[d] the smallest v_i that a key can hold.</summary>
    public ReadOnlySpan<int> Smallest => _smallest;

    /// <summary>[d + 1] what a key grows by where v_i grows by 1; 0 for the last, which no key holds.</summary>
    public ReadOnlySpan<ulong> Unit => _unit;

    /// <summary>What leads from a vertex of a remainder to its neighbour along an axis, whose remainder is one less (of 0: d).</summary>
    public ulong Step(int axis, int remainder)
    {
        // All coordinates − 1, that of the axis + d.
        if (remainder > 0) return _unit[axis];
        ulong step = _unit[axis];
        foreach (ulong unit in _unit) step -= unit;
        return step;
    }

    /// <summary>Computes the pixels from <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    /// <param name="from">First pixel.</param>
    /// <param name="to">End of the pixels.</param>
    /// <param name="keys">[d + 1, H·W] receives the keys of the vertices of remainder 0…d.</param>
    /// <param name="weights">[H·W, d + 1] receives the barycentric coordinates; they sum to 1.</param>
    public void Compute(int from, int to, ulong* keys, float* weights)
    {
        int d = _features.Dimensions;
        var features = stackalloc float[MostDimensions * Lanes];
        var position = stackalloc Vector256<float>[MostDimensions + 1];
        var rounded = stackalloc Vector256<float>[MostDimensions + 1];
        var rank = stackalloc Vector256<float>[MostDimensions + 1];
        var barycentric = stackalloc Vector256<float>[MostDimensions + 1];
        for (int first = from; first < to; first += Lanes)
        {
            int count = Math.Min(Lanes, to - first);
            _features.Fill(first, count, features, Lanes);
            Elevate(features, position, d);
            Round(position, rounded, rank, d);
            Interpolate(position, rounded, barycentric, d);
            for (int lane = 0; lane < count; lane++)
            {
                int pixel = first + lane;
                Pack((float*)rounded + lane, (float*)rank + lane, keys + pixel, d);
                for (int r = 0; r <= d; r++) weights[(nint)pixel * (d + 1) + r] = barycentric[r][lane];
            }
        }
    }

    // The feature vector on the hyperplane where coordinates sum to 0 (page 5).
    private void Elevate(float* features, Vector256<float>* position, int d)
    {
        var sum = Vector256<float>.Zero;
        for (int j = d; j > 0; j--)
        {
            var scaled = Vector256.Load(features + (j - 1) * Lanes) * _scale[j - 1];
            position[j] = sum - scaled * j;
            sum += scaled;
        }
        position[0] = sum;
    }

    // The nearest vertex of remainder 0, divided by d + 1, and the rank of each coordinate's distance from it, largest first.
    private static void Round(Vector256<float>* position, Vector256<float>* rounded, Vector256<float>* rank, int d)
    {
        var one = Vector256.Create(1f);
        var vertices = Vector256.Create((float)(d + 1));
        var sum = Vector256<float>.Zero;
        for (int i = 0; i <= d; i++)
        {
            rounded[i] = Vector256.Floor(position[i] * (1f / (d + 1)) + Vector256.Create(0.5f));
            sum += rounded[i];
            rank[i] = Vector256<float>.Zero;
        }
        for (int i = 0; i < d; i++)
        {
            var distance = position[i] - rounded[i] * vertices;
            for (int j = i + 1; j <= d; j++)
            {
                var behind = Vector256.LessThan(distance, position[j] - rounded[j] * vertices) & one;
                rank[i] += behind;
                rank[j] += one - behind;
            }
        }
        // Rounding may leave the hyperplane: the coordinates that were rounded furthest go back.
        for (int i = 0; i <= d; i++)
        {
            rank[i] += sum;
            var change =
                (Vector256.LessThan(rank[i], Vector256<float>.Zero) & one) - (Vector256.GreaterThanOrEqual(rank[i], vertices) & one);
            rank[i] += change * vertices;
            rounded[i] += change;
        }
    }

    // Barycentric coordinates are differences between sorted distances (page 10).
    private static void Interpolate(Vector256<float>* position, Vector256<float>* rounded, Vector256<float>* barycentric, int d)
    {
        var sorted = stackalloc Vector256<float>[MostDimensions + 1];
        for (int i = 0; i <= d; i++) sorted[i] = position[i] * (1f / (d + 1)) - rounded[i];
        for (int i = 0; i < d; i++)
        {
            for (int j = i + 1; j <= d; j++)
            {
                var (a, b) = (sorted[i], sorted[j]);
                sorted[i] = Vector256.Max(a, b);
                sorted[j] = Vector256.Min(a, b);
            }
        }
        barycentric[0] = Vector256.Create(1f) + sorted[d] - sorted[0];
        for (int r = 1; r <= d; r++) barycentric[r] = sorted[d - r] - sorted[d - r + 1];
    }

    // Vertex r of the simplex has d + 1 subtracted from the coordinates whose rank is above d − r.
    private void Pack(float* rounded, float* rank, ulong* keys, int d)
    {
        var unitOfRank = stackalloc ulong[MostDimensions + 1];
        ulong key = 0;
        for (int i = 0; i <= d; i++)
        {
            unitOfRank[(int)rank[i * Lanes]] = _unit[i];
            if (i < d) key += (ulong)((int)rounded[i * Lanes] - _smallest[i]) * _unit[i];
        }
        keys[0] = key;
        for (int r = 1; r <= d; r++)
        {
            key -= unitOfRank[d - r + 1];
            keys[(nint)r * _features.Pixels] = key;
        }
    }
}
