using Wsss.Crf;

namespace Wsss.Tests.Crf;

public sealed class ExactCrfTests
{
    [Fact]
    public void Equals_the_formula_written_out()
    {
        var options = new CrfOptions
        {
            Iterations = 3,
            Gaussian = new() { Sigma = 1.5, Weight = 2 },
            Bilateral = new() { SigmaXy = 4, SigmaRgb = 60, Weight = 3 },
            Compatibility = [[0, 1, 2], [1, 0, 0.5f], [2, 0.5f, 0.25f]],
        };
        CrfScene scene = CrfScene.Random(5, 4, 3);
        Assert.Equal(WrittenOut(scene, options), scene.Exact(options), (a, b) => Math.Abs(a - b) < 1e-5);
        CrfOptions potts = options with { Compatibility = null };
        Assert.Equal(WrittenOut(scene, potts), scene.Exact(potts), (a, b) => Math.Abs(a - b) < 1e-5);
        CrfOptions smoothness = potts with { Bilateral = null };
        Assert.Equal(WrittenOut(scene, smoothness), scene.Exact(smoothness), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Marginals_sum_to_1_and_without_iterations_they_are_the_softmax_of_the_energies()
    {
        CrfScene scene = CrfScene.Random(7, 5, 4);
        foreach (int iterations in new[] { 0, 10 })
        {
            float[] q = scene.Exact(new CrfOptions { Iterations = iterations });
            for (int i = 0; i < scene.Pixels; i++) Assert.Equal(1, Enumerable.Range(0, 4).Sum(label => q[label * scene.Pixels + i]), 1e-5);
            if (iterations == 0) Assert.Equal(scene.Dense(new CrfOptions { Iterations = 0 }), q, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var crf = new ExactCrf(new());
        Assert.Contains("found 60", Assert.Throws<ArgumentException>(() => crf.Infer(4, 4, new byte[60], new float[32], 2)).Message);
        Assert.Contains("found 32", Assert.Throws<ArgumentException>(() => crf.Infer(5, 4, new byte[60], new float[32], 2)).Message);
        Assert.Throws<ArgumentException>(() => crf.Infer(1, 1, new byte[3], [0, float.NaN], 2));
        var two = new ExactCrf(
            new()
            {
                Compatibility =
                [
                    [0, 1],
                    [1, 0],
                ],
            }
        );
        Assert.Throws<ArgumentException>(() => two.Infer(1, 1, new byte[3], new float[3], 3));
        Assert.Throws<RecipeException>(() => new ExactCrf(new() { Gaussian = null, Bilateral = null }));
        const int Pixels = 375 * 500;
        Assert.Contains(
            "DenseCrf",
            Assert.Throws<WsssException>(() => crf.Infer(500, 375, new byte[3 * Pixels], new float[2 * Pixels], 2)).Message
        );
    }

    // The update of CrfOptions' documentation in loops and float64.
    private static float[] WrittenOut(CrfScene scene, CrfOptions options)
    {
        (int pixels, int labels, int width) = (scene.Pixels, scene.Labels, scene.Image.Width);
        double Square(double x) => x * x;
        double Places(int i, int j) => Square(i % width - j % width) + Square(i / width - j / width);
        double Colours(int i, int j) =>
            Enumerable.Range(0, 3).Sum(c => Square(scene.Image.Pixels[3 * i + c] - scene.Image.Pixels[3 * j + c]));
        List<(double Weight, Func<int, int, double> K)> kernels = [];
        if (options.Gaussian is { } g)
            kernels.Add((g.Weight, (i, j) => Math.Exp(-Places(i, j) / (2 * g.Sigma * g.Sigma))));
        if (options.Bilateral is { } b)
            kernels.Add(
                (b.Weight, (i, j) => Math.Exp(-Places(i, j) / (2 * b.SigmaXy * b.SigmaXy) - Colours(i, j) / (2 * b.SigmaRgb * b.SigmaRgb)))
            );
        double[,] affinity = new double[pixels, pixels];
        foreach (var (weight, k) in kernels)
        {
            double[] norm = [.. Enumerable.Range(0, pixels).Select(i => 1 / Math.Sqrt(Enumerable.Range(0, pixels).Sum(j => k(i, j))))];
            for (int i = 0; i < pixels; i++)
                for (int j = 0; j < pixels; j++)
                    affinity[i, j] += weight * norm[i] * k(i, j) * norm[j];
        }
        double Penalty(int a, int c) =>
            options.Compatibility is { } matrix ? matrix[a][c]
            : a == c ? 0
            : 1;

        double[,] q = new double[labels, pixels];
        for (int iteration = 0; iteration <= options.Iterations; iteration++)
        {
            double[,] next = new double[labels, pixels];
            for (int i = 0; i < pixels; i++)
            {
                double[] powers = new double[labels];
                for (int a = 0; a < labels; a++)
                {
                    double energy = scene.Unary[a * pixels + i];
                    for (int c = 0; c < labels && iteration > 0; c++)
                        for (int j = 0; j < pixels; j++)
                            energy += Penalty(a, c) * affinity[i, j] * q[c, j];
                    powers[a] = Math.Exp(-energy);
                }
                for (int a = 0; a < labels; a++)
                    next[a, i] = powers[a] / powers.Sum();
            }
            q = next;
        }
        return [.. q.Cast<double>().Select(value => (float)value)];
    }
}
