using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wsss.Refinement;

/// <summary>
/// The random walk of PSA (Ahn &amp; Kwak, CVPR 2018) and IRN (Ahn et al., CVPR 2019) on a grid of pixels, as a sparse
/// matrix: a pixel exchanges its scores with those closer than a radius, weighted by how little boundary lies between.
/// </summary>
/// <remarks>
/// a_ij = 1 − max of the boundary on the path from i to j, a_ii = 1 (IRN, equation 6); T_ij = a_ij^β / Σ_k a_kj^β. One step is
/// x ← x T: each pixel takes the weighted mean of its neighbours. The published code squares T as a dense matrix eight times;
/// here the maps take the 2⁸ steps one by one through the 69 weights of each pixel, which gives the same and is hundreds of
/// times cheaper. Independent of the number of threads.
/// </remarks>
internal sealed class TransitionMatrix
{
    private readonly int _margin;
    private readonly int[] _offsets;   // of the neighbours in the padded grid, itself first
    private readonly float[] _weights; // [height · width, neighbours]: column j of T, 0 where a neighbour lies outside

    private TransitionMatrix(int width, int height, int margin, int[] offsets, float[] weights) =>
        (Width, Height, _margin, _offsets, _weights) = (width, height, margin, offsets, weights);

    /// <summary>Columns of the grid.</summary>
    public int Width { get; }

    /// <summary>Rows of the grid.</summary>
    public int Height { get; }

    /// <summary>Builds the matrix from a boundary map.</summary>
    /// <param name="boundary">[H, W] row by row: how likely a pixel is a boundary, 0…1.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="radius">Pixels closer than this exchange scores; IRN takes 5 at stride 4.</param>
    /// <param name="beta">Exponent β: the higher, the less passes a weak boundary; IRN takes 10.</param>
    /// <exception cref="ArgumentException">Another number of values, or one outside 0…1.</exception>
    /// <exception cref="RecipeException">A radius below 2, or β not above 0.</exception>
    public static TransitionMatrix FromBoundary(ReadOnlySpan<float> boundary, int width, int height, int radius = 5, double beta = 10)
    {
        if (width < 1 || height < 1 || boundary.Length != (long)width * height)
            throw new ArgumentException($"Expected {width}·{height} boundary values, found {boundary.Length}.");
        foreach (float value in boundary)
            if (!(value is >= 0 and <= 1)) throw new ArgumentException($"Expected boundary values in 0…1, found {value}.");
        if (!(beta > 0)) throw new RecipeException($"Expected β above 0, found {beta}.");
        var pairs = PairPaths.Within(radius);
        int margin = radius - 1, padded = width + 2 * margin, neighbours = 2 * pairs.Count + 1;
        var offsets = new int[neighbours];
        var weights = new float[width * height * neighbours];
        for (int i = 0; i < width * height; i++) weights[i * neighbours] = 1;
        for (int p = 0; p < pairs.Count; p++)
        {
            var (dy, dx, path) = pairs[p];
            int there = 2 * p + 1, back = there + 1;
            offsets[there] = dy * padded + dx;
            offsets[back] = -offsets[there];
            int[] steps = [.. path.Select(step => step.Dy * width + step.Dx)];
            for (int y = 0; y < height - dy; y++)
            {
                for (int x = Math.Max(0, -dx); x < width - Math.Max(0, dx); x++)
                {
                    int i = y * width + x, j = i + dy * width + dx;
                    float highest = 0;
                    foreach (int step in steps) highest = Math.Max(highest, boundary[i + step]);
                    float affinity = (float)Math.Pow(1 - highest, beta);
                    weights[i * neighbours + there] = affinity;
                    weights[j * neighbours + back] = affinity;
                }
            }
        }
        for (int j = 0; j < width * height; j++)
        {
            var column = weights.AsSpan(j * neighbours, neighbours);
            double sum = 0; // an error of one float32 rounding would grow over hundreds of steps
            foreach (float weight in column) sum += weight;
            foreach (ref float weight in column) weight = (float)(weight / sum);
        }
        return new TransitionMatrix(width, height, margin, offsets, weights);
    }

    /// <summary>Takes the maps through a number of steps: x ← x Tⁿ.</summary>
    /// <param name="maps">[K, H, W]: the scores of each class.</param>
    /// <param name="count">Number K of maps.</param>
    /// <param name="steps">Steps n; IRN takes 2⁸.</param>
    /// <param name="threads">Threads that share the rows; 0 for all cores.</param>
    /// <returns>[K, H, W].</returns>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public float[] Walk(ReadOnlySpan<float> maps, int count, int steps, int threads = 0)
    {
        int pixels = Width * Height;
        if (maps.Length != (long)count * pixels)
            throw new ArgumentException($"Expected {count}·{Height}·{Width} map values, found {maps.Length}.");
        var result = new float[maps.Length];
        // Maps beside each other, so that one weight serves a whole vector of them; three vectors stay in registers.
        int lanes = Vector<float>.Count, most = 3 * lanes;
        for (int first = 0; first < count; first += most)
        {
            int used = Math.Min(most, count - first), vectors = (used + lanes - 1) / lanes;
            Chunk(maps.Slice(first * pixels, used * pixels), result.AsSpan(first * pixels, used * pixels), used, vectors, steps, threads);
        }
        return result;
    }

    private void Chunk(ReadOnlySpan<float> maps, Span<float> result, int used, int vectors, int steps, int threads)
    {
        int stride = vectors * Vector<float>.Count, padded = Width + 2 * _margin;
        // Outside the grid all scores and weights are 0.
        var current = new float[padded * (Height + 2 * _margin) * stride];
        var next = new float[current.Length];
        for (int k = 0; k < used; k++)
            for (int y = 0; y < Height; y++)
                for (int x = 0; x < Width; x++)
                    current[Cell(y, x) * stride + k] = maps[(k * Height + y) * Width + x];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };
        int bands = Math.Min(Height, options.MaxDegreeOfParallelism);
        for (int step = 0; step < steps; step++)
        {
            var (from, to) = (current, next);
            if (bands == 1)
            {
                Rows(from, to, 0, Height, vectors);
            }
            else
            {
                Parallel.For(0, bands, options, band => Rows(from, to, band * Height / bands, (band + 1) * Height / bands, vectors));
            }
            (current, next) = (next, current);
        }
        for (int k = 0; k < used; k++)
            for (int y = 0; y < Height; y++)
                for (int x = 0; x < Width; x++)
                    result[(k * Height + y) * Width + x] = current[Cell(y, x) * stride + k];

        int Cell(int y, int x) => (y + _margin) * padded + x + _margin;
    }

    private void Rows(float[] from, float[] to, int firstRow, int endRow, int vectors)
    {
        int padded = Width + 2 * _margin, neighbours = _offsets.Length;
        ref Vector<float> source = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, Vector<float>>(from.AsSpan()));
        var target = MemoryMarshal.Cast<float, Vector<float>>(to.AsSpan());
        for (int y = firstRow; y < endRow; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int cell = (y + _margin) * padded + x + _margin;
                var weights = _weights.AsSpan((y * Width + x) * neighbours, neighbours);
                Vector<float> a = default, b = default, c = default;
                // One loop per width: a branch inside would cost as much as the arithmetic.
                switch (vectors)
                {
                    case 1:
                        for (int n = 0; n < neighbours; n++) a += weights[n] * Read(ref source, cell + _offsets[n]);
                        break;
                    case 2:
                        for (int n = 0; n < neighbours; n++)
                        {
                            int at = 2 * (cell + _offsets[n]);
                            a += weights[n] * Read(ref source, at);
                            b += weights[n] * Read(ref source, at + 1);
                        }
                        break;
                    default:
                        for (int n = 0; n < neighbours; n++)
                        {
                            int at = 3 * (cell + _offsets[n]);
                            a += weights[n] * Read(ref source, at);
                            b += weights[n] * Read(ref source, at + 1);
                            c += weights[n] * Read(ref source, at + 2);
                        }
                        break;
                }
                target[vectors * cell] = a;
                if (vectors > 1) target[vectors * cell + 1] = b;
                if (vectors > 2) target[vectors * cell + 2] = c;
            }
        }
    }

    // The margin keeps every index inside; the check would cost a third of the time.
    private static Vector<float> Read(ref Vector<float> source, int index) => Unsafe.Add(ref source, index);
}
