using Wsss.Data;
using Wsss.Refinement;

namespace Wsss.Tests.Refinement;

public sealed class TransitionMatrixTests
{
    [Fact]
    public void Radius_5_has_the_34_pairs_of_the_published_code()
    {
        IReadOnlyList<PairPath> pairs = PairPaths.Within(5);
        Assert.Equal(34, pairs.Count);
        Assert.Equal(pairs.Count, pairs.Select(pair => (pair.Dy, pair.Dx)).Distinct().Count());
        Assert.All(pairs, pair => Assert.Contains((0, 0), pair.Path));
        Assert.All(pairs, pair => Assert.Contains((pair.Dy, pair.Dx), pair.Path));
        Assert.Equal([(0, 0), (0, 1), (0, 2)], pairs.Single(pair => (pair.Dy, pair.Dx) == (0, 2)).Path);
        // |1·x − 2·y| < √5 inside the box of 2 × 3 pixels: all six.
        Assert.Equal(6, pairs.Single(pair => (pair.Dy, pair.Dx) == (1, 2)).Path.Count);
        // On the diagonal |x − y|·2 < 2√2: those where x and y differ by at most 1.
        Assert.Equal(7, pairs.Single(pair => (pair.Dy, pair.Dx) == (2, 2)).Path.Count);
    }

    [Fact]
    public void A_pixel_one_whole_pixel_beside_the_line_is_not_on_the_way()
    {
        // The shortest line with such pixels beside it: |3·x − 4·y| < 5.
        IReadOnlyList<(int, int)> path = PairPaths.Within(6).Single(pair => (pair.Dy, pair.Dx) == (3, 4)).Path;
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (2, 4), (3, 3), (3, 4)], path);
    }

    [Fact]
    public void One_step_of_three_pixels_by_hand()
    {
        // Radius 2 on one row: neighbours at distance 1. a₀₁ = 1 − ½, a₁₂ = 1 − ½ (the middle is half a boundary), β 1.
        TransitionMatrix walk = TransitionMatrix.FromBoundary([0, 0.5f, 0], 3, 1, radius: 2, beta: 1);
        float[] x = walk.Walk([1, 0, 0], 1, steps: 1);
        // x₀ = 1·1 / 1.5, x₁ = ½·1 / 2, x₂ = 0.
        Assert.Equal([1 / 1.5f, 0.25f, 0], x, Close);
    }

    [Fact]
    public void A_closed_boundary_keeps_scores_apart()
    {
        float[] boundary = new float[9 * 9], map = new float[9 * 9];
        for (int y = 0; y < 9; y++) boundary[y * 9 + 4] = 1;
        map[0] = 1;
        float[] x = TransitionMatrix.FromBoundary(boundary, 9, 9).Walk(map, 1, 64);
        for (int i = 0; i < x.Length; i++)
        {
            if (i % 9 < 4) Assert.True(x[i] > 0.01);
            else Assert.Equal(0, x[i]);
        }
    }

    [Fact]
    public void A_constant_map_stays_and_the_largest_never_grows()
    {
        float[] boundary = Random(20 * 15, 1), map = Random(20 * 15, 2);
        TransitionMatrix walk = TransitionMatrix.FromBoundary(boundary, 20, 15);
        // The same sum of 69 terms rounds the same way 256 times over.
        Assert.All(walk.Walk([.. Enumerable.Repeat(0.7f, 300)], 1, 256), value => Assert.Equal(0.7f, value, 5e-4f));
        Assert.True(walk.Walk(map, 1, 16).Max() <= map.Max() + 1e-6f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(21)]
    [InlineData(30)]
    public void The_sparse_walk_equals_the_dense_power(int count)
    {
        const int Width = 13, Height = 11, Radius = 5;
        const double Beta = 10;
        float[] boundary = Random(Width * Height, 3), maps = Random(count * Width * Height, 4);
        for (int i = 0; i < boundary.Length; i++) boundary[i] *= 0.3f;
        float[] sparse = TransitionMatrix.FromBoundary(boundary, Width, Height, Radius, Beta).Walk(maps, count, 256);

        double[,] dense = Dense(boundary, Width, Height, Radius, Beta);
        for (int i = 0; i < 8; i++) dense = Product(dense, dense);
        for (int k = 0; k < count; k++)
        {
            for (int j = 0; j < Width * Height; j++)
            {
                double expected = 0;
                for (int i = 0; i < Width * Height; i++) expected += maps[k * Width * Height + i] * dense[i, j];
                Assert.Equal(expected, sparse[k * Width * Height + j], 1e-4);
            }
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        TransitionMatrix walk = TransitionMatrix.FromBoundary(Random(300, 5), 20, 15);
        float[] maps = Random(600, 6);
        Assert.Equal(walk.Walk(maps, 2, 20, threads: 1), walk.Walk(maps, 2, 20, threads: 3));
    }

    [Fact]
    public void No_step_and_no_map_give_back_what_came()
    {
        TransitionMatrix walk = TransitionMatrix.FromBoundary(new float[12], 4, 3);
        float[] map = Random(12, 7);
        Assert.Equal(map, walk.Walk(map, 1, 0));
        Assert.Empty(walk.Walk([], 0, 5));
    }

    [Fact]
    public void Wrong_input_is_an_error()
    {
        Assert.Throws<ArgumentException>(() => TransitionMatrix.FromBoundary(new float[5], 2, 3));
        Assert.Throws<ArgumentException>(() => TransitionMatrix.FromBoundary([0, float.NaN], 2, 1));
        Assert.Throws<ArgumentException>(() => TransitionMatrix.FromBoundary([0, 1.5f], 2, 1));
        Assert.Throws<RecipeException>(() => TransitionMatrix.FromBoundary([0, 1], 2, 1, radius: 1));
        Assert.Throws<RecipeException>(() => TransitionMatrix.FromBoundary([0, 1], 2, 1, beta: 0));
        Assert.Throws<ArgumentException>(() => TransitionMatrix.FromBoundary(new float[6], 2, 3).Walk(new float[7], 1, 1));
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6f;

    private static float[] Random(int count, int seed)
    {
        var random = SeededRandom.For(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
    }

    // Straight from the formulas, without the library's pairs.
    private static double[,] Dense(float[] boundary, int width, int height, int radius, double beta)
    {
        int n = width * height;
        var a = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                int dy = j / width - i / width,
                    dx = j % width - i % width,
                    squared = dy * dy + dx * dx;
                if (squared >= radius * radius)
                    continue;
                double highest = 0;
                for (int y = Math.Min(0, dy); y <= Math.Max(0, dy); y++)
                    for (int x = Math.Min(0, dx); x <= Math.Max(0, dx); x++)
                        if (squared > 0 && Math.Abs(dy * x - dx * y) < Math.Sqrt(squared))
                            highest = Math.Max(highest, boundary[i + y * width + x]);
                a[i, j] = Math.Pow(1 - highest, beta);
            }
        }
        for (int j = 0; j < n; j++)
        {
            double sum = 0;
            for (int i = 0; i < n; i++)
                sum += a[i, j];
            for (int i = 0; i < n; i++)
                a[i, j] /= sum;
        }
        return a;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        var c = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                for (int j = 0; j < n; j++) c[i, j] += a[i, k] * b[k, j];
        return c;
    }
}
