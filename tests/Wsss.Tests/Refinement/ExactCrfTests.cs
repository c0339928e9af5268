using Wsss.Refinement;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class ExactCrfTests
{
    // 3 GB and some seconds, as the photograph has 19,200 pixels; the iterations before the tenth are in it.
    [Fact]
    public void Equals_the_numpy_array()
    {
        using Tensor expected = ParityFiles.Npy("crf_q_exact_iter10");
        Assert.Equal(expected.data<float>().ToArray(), CrfScene.Parity().Exact(), (a, b) => Math.Abs(a - b) < 1e-3);
    }

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_is_its_images_one_by_one(bool bilateral)
    {
        using var scope = NewDisposeScope();
        var crf = new ExactCrf(bilateral ? new CrfOptions() : new CrfOptions { Bilateral = null });
        Tensor unary = rand(3, 4, 7, 9) * 3, images = rand(3, 3, 7, 9) * 255;
        Tensor[] single = [.. Enumerable.Range(0, 3).Select(i => crf.Infer(unary[i..(i + 1)], images[i..(i + 1)]))];
        Tensor batch = crf.Infer(unary, images);
        Assert.Equal([3, 4, 7, 9], batch.shape);
        Assert.True(allclose(cat(single), batch, 1e-4, 1e-5));
        Assert.True(allclose(ones(3, 7, 9), batch.sum(1), 1e-5, 1e-5));
    }

    [Fact]
    public void No_gradient_flows_through_it()
    {
        using var scope = NewDisposeScope();
        Tensor unary = rand(1, 2, 5, 5).requires_grad_();
        Assert.False(new ExactCrf(new()).Infer(unary, rand(1, 3, 5, 5) * 255).requires_grad);
    }

    [Fact]
    public void No_tensor_survives_but_the_result()
    {
        using Tensor unary = rand(2, 3, 6, 5), images = rand(2, 3, 6, 5);
        var crf = new ExactCrf(new() { Compatibility = [[0, 1, 1], [1, 0, 1], [1, 1, 0]] });
        long before = Toys.LiveTensors;
        using (crf.Infer(unary, images)) Assert.Equal(before + 1, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
        using (Tensor broken = unary / 0) Assert.Throws<ArgumentException>(() => crf.Infer(broken, images));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        using var scope = NewDisposeScope();
        var crf = new ExactCrf(new());
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), rand(1, 3, 5, 4)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), rand(2, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(2, 4, 5), rand(3, 4, 5)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), zeros(1, 3, 4, 5, uint8)));
        Assert.Throws<ArgumentException>(() => crf.Infer(tensor(float.NaN).expand(1, 2, 4, 5), rand(1, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => new ExactCrf(new() { Compatibility = [[0, 1], [1, 0]] }).Infer(rand(1, 3, 4, 5), rand(1, 3, 4, 5)));
        Assert.Throws<RecipeException>(() => new ExactCrf(new() { Gaussian = null, Bilateral = null }));
        string message = Assert.Throws<WsssException>(() => crf.Infer(zeros(1, 2, 375, 500), zeros(1, 3, 375, 500))).Message;
        Assert.Contains("DenseCrf", message);
    }

    // The update of CrfOptions' documentation in loops and float64.
    private static float[] WrittenOut(CrfScene scene, CrfOptions options)
    {
        (int pixels, int labels, int width) = (scene.Pixels, scene.Labels, scene.Image.Width);
        double Square(double x) => x * x;
        double Places(int i, int j) => Square(i % width - j % width) + Square(i / width - j / width);
        double Colours(int i, int j) => Enumerable.Range(0, 3).Sum(c => Square(scene.Image.Pixels[3 * i + c] - scene.Image.Pixels[3 * j + c]));
        List<(double Weight, Func<int, int, double> K)> kernels = [];
        if (options.Gaussian is { } g) kernels.Add((g.Weight, (i, j) => Math.Exp(-Places(i, j) / (2 * g.Sigma * g.Sigma))));
        if (options.Bilateral is { } b)
            kernels.Add((b.Weight, (i, j) => Math.Exp(-Places(i, j) / (2 * b.SigmaXy * b.SigmaXy) - Colours(i, j) / (2 * b.SigmaRgb * b.SigmaRgb))));
        double[,] affinity = new double[pixels, pixels];
        foreach (var (weight, k) in kernels)
        {
            double[] norm = [.. Enumerable.Range(0, pixels).Select(i => 1 / Math.Sqrt(Enumerable.Range(0, pixels).Sum(j => k(i, j))))];
            for (int i = 0; i < pixels; i++)
                for (int j = 0; j < pixels; j++) affinity[i, j] += weight * norm[i] * k(i, j) * norm[j];
        }
        double Penalty(int a, int c) => options.Compatibility is { } matrix ? matrix[a][c] : a == c ? 0 : 1;

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
                        for (int j = 0; j < pixels; j++) energy += Penalty(a, c) * affinity[i, j] * q[c, j];
                    powers[a] = Math.Exp(-energy);
                }
                for (int a = 0; a < labels; a++) next[a, i] = powers[a] / powers.Sum();
            }
            q = next;
        }
        return [.. q.Cast<double>().Select(value => (float)value)];
    }
}
