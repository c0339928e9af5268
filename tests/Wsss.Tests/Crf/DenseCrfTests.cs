using TorchSharp;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Tests.Models;

namespace Wsss.Tests.Crf;

public sealed class DenseCrfTests
{
    private static readonly CrfOptions _narrow = new() { Bilateral = new() { SigmaXy = 8, SigmaRgb = 20 } };

    [Theory]
    [InlineData("crf_q_iter1", 1, true)]
    [InlineData("crf_q_iter10", 10, true)]
    [InlineData("crf_q_gaussian_only_iter5", 5, false)]
    public void Agrees_with_the_reference_lattice(string expected, int iterations, bool bilateral)
    {
        CrfScene scene = CrfScene.Parity();
        var options = new CrfOptions { Iterations = iterations };
        (double difference, double same) = scene.Compare(
            scene.Dense(bilateral ? options : options with { Bilateral = null }),
            Expected(expected)
        );
        // Far within 0.002 and 99.7 %: the lattice is the same one.
        Assert.InRange(difference, 0, 1e-5);
        Assert.InRange(same, 0.9999, 1);
    }

    [Theory]
    [InlineData("iter1")]
    [InlineData("iter10")]
    public void Is_as_near_to_the_exact_kernel_as_the_reference(string iterations)
    {
        CrfScene scene = CrfScene.Parity();
        float[] exact = Expected($"crf_q_exact_{iterations}");
        var reference = scene.Compare(Expected($"crf_q_{iterations}"), exact);
        var own = scene.Compare(scene.Dense(new CrfOptions { Iterations = iterations == "iter1" ? 1 : 10 }), exact);
        Assert.InRange(own.Difference, 0, reference.Difference + 1e-5);
        Assert.InRange(own.SameLabels, reference.SameLabels - 1e-4, 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(21)]
    public void Is_near_the_exact_kernel_for_any_number_of_labels(int labels)
    {
        CrfScene scene = CrfScene.Random(37, 29, labels);
        float[] dense = scene.Dense(_narrow), exact = scene.Exact(_narrow);
        (double difference, double same) = scene.Compare(dense, exact);
        Assert.InRange(difference, 0, 0.1 / labels);
        Assert.InRange(same, 0.95, 1);
        // The CRF does something.
        Assert.True(scene.Compare(scene.Dense(_narrow with { Iterations = 0 }), exact).SameLabels < 0.85);
        AssertSumsTo1(scene, dense);
    }

    [Fact]
    public void One_pixel_spreads_as_wide_as_the_kernel()
    {
        const int Side = 49, Middle = Side / 2, Pixels = Side * Side;
        const double Sigma = 4, Energy = 3;
        // Nothing is known but the pixel in the middle: after one iteration the others' log odds are its row of the kernel.
        float[] unary = new float[2 * Pixels];
        unary[Pixels + Middle * Side + Middle] = (float)Energy;
        var scene = new CrfScene(Toys.Noise(Side, Side), unary, 2);
        CrfOptions options = new() { Iterations = 1, Bilateral = null, Gaussian = new() { Sigma = Sigma, Weight = 30 } };
        Assert.Equal(Sigma, Width(scene.Exact(options)), 0.02);
        Assert.Equal(Sigma, Width(scene.Dense(options)), 0.1);

        static double Width(float[] q)
        {
            double mass = 0, moment = 0;
            for (int i = 0; i < Pixels; i++)
            {
                int x = i % Side - Middle, y = i / Side - Middle;
                double message = Math.Log(q[i] / q[Pixels + i]) - (x == 0 && y == 0 ? Energy : 0);
                mass += message;
                moment += (x * x + y * y) * message;
            }
            return Math.Sqrt(moment / mass / 2);
        }
    }

    [Fact]
    public void Without_iterations_it_is_the_softmax_of_the_energies()
    {
        CrfScene scene = CrfScene.Random(5, 3, 11);
        float[] q = scene.Dense(new CrfOptions { Iterations = 0 });
        for (int i = 0; i < scene.Pixels; i++)
        {
            double sum = Enumerable.Range(0, 11).Sum(label => Math.Exp(-scene.Unary[label * scene.Pixels + i]));
            for (int label = 0; label < 11; label++)
                Assert.Equal(Math.Exp(-scene.Unary[label * scene.Pixels + i]) / sum, q[label * scene.Pixels + i], 1e-6);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Permuted_labels_have_permuted_marginals(int labels)
    {
        CrfScene scene = CrfScene.Random(40, 30, labels);
        int[] from = [.. Enumerable.Range(0, labels).Select(label => (label + 1) % labels)];
        CrfScene permuted = scene with { Unary = Permute(scene.Unary) };
        float[] Permute(float[] rows) => [.. from.SelectMany(label => rows.AsSpan(label * scene.Pixels, scene.Pixels).ToArray())];
        Assert.Equal(Permute(scene.Dense(_narrow)), permuted.Dense(_narrow), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(21)]
    public void The_number_of_threads_does_not_show(int labels)
    {
        CrfScene scene = CrfScene.Random(150, 90, labels);
        float[] one = scene.Dense(threads: 1);
        Assert.Equal(one, scene.Dense(threads: 2));
        Assert.Equal(one, scene.Dense(threads: 5));
    }

    [Fact]
    public void Borders_follow_the_image()
    {
        // Black to the left of column 12, white to the right; the energies say so with errors, and put the border at column 9.
        const int Width = 24, Height = 16, Border = 12;
        byte[] pixels = [.. Enumerable.Range(0, 3 * Width * Height).Select(i => (byte)(i / 3 % Width < Border ? 0 : 255))];
        var random = SeededRandom.For(3);
        byte[] noisy = [.. Enumerable.Range(0, Width * Height).Select(i => (byte)((i % Width < 9) != random.Chance(0.15) ? 0 : 1))];
        float[] unary = CrfUnary.FromLabels(noisy, 2, 0.7);
        var scene = new CrfScene(new RgbImage(Width, Height, pixels), unary, 2);
        int[] expected = [.. Enumerable.Range(0, Width * Height).Select(i => i % Width < Border ? 0 : 1)];
        Assert.Equal(expected, scene.Best(scene.Dense()));
        Assert.Equal(expected, scene.Best(scene.Exact()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void On_a_constant_image_equal_energies_stay_equal(byte grey)
    {
        var image = new RgbImage(31, 17, [.. Enumerable.Repeat(grey, 3 * 31 * 17)]);
        var scene = new CrfScene(
            image,
            [.. Enumerable.Repeat(1f, 31 * 17), .. Enumerable.Repeat(2f, 31 * 17), .. Enumerable.Repeat(2f, 31 * 17)],
            3
        );
        float[] q = scene.Dense(new CrfOptions { Iterations = 2 }),
            exact = scene.Exact(new CrfOptions { Iterations = 2 });
        Assert.Equal(exact, q, (a, b) => Math.Abs(a - b) < 0.01);
        Assert.Equal(q[(31 * 17)..(2 * 31 * 17)], q[(2 * 31 * 17)..], (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(40, 1)]
    [InlineData(9, 1)]
    public void Thin_images_work(int width, int height)
    {
        foreach (int labels in new[] { 2, 6 })
        {
            CrfScene scene = CrfScene.Random(width, height, labels);
            float[] q = scene.Dense(_narrow);
            AssertSumsTo1(scene, q);
            Assert.InRange(scene.Compare(q, scene.Exact(_narrow)).Difference, 0, 0.06);
        }
    }

    [Fact]
    public void One_label_is_certain() => Assert.All(CrfScene.Random(6, 5, 1).Dense(), q => Assert.Equal(1, q));

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void A_compatibility_of_Potts_is_Potts(int labels)
    {
        CrfScene scene = CrfScene.Random(40, 30, labels);
        float[] potts = scene.Dense(_narrow),
            matrix = scene.Dense(_narrow with { Compatibility = Matrix(labels, (a, b) => a == b ? 0 : 1) });
        Assert.Equal(potts, matrix, (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void A_compatibility_acts_as_with_the_exact_kernel(int labels)
    {
        CrfScene scene = CrfScene.Random(37, 29, labels);
        // Beside themselves, too, labels have penalties, the last one the highest.
        float Penalty(int a, int b) => a == b ? 0.3f * a / labels : 0.2f * Math.Abs(a - b);
        CrfOptions options = _narrow with { Iterations = 3, Compatibility = Matrix(labels, Penalty) };
        float[] dense = scene.Dense(options);
        Assert.InRange(scene.Compare(dense, scene.Exact(options)).Difference, 0, 0.1 / labels);
        Assert.True(scene.Compare(dense, scene.Dense(_narrow with { Iterations = 3 })).Difference > 0.2 / labels);
        AssertSumsTo1(scene, dense);
    }

    [Fact]
    public void Huge_energies_forbid_a_label_and_leave_the_others_exact()
    {
        // Whichever label is forbidden, the first, one between or the last, the others must not lose digits.
        for (int forbidden = 0; forbidden < 3; forbidden++)
        {
            CrfScene scene = CrfScene.Random(20, 20, 3);
            CrfScene without = scene with
            {
                Labels = 2,
                Unary =
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Where(label => label != forbidden)
                        .SelectMany(label => scene.Unary.AsSpan(label * 400, 400).ToArray()),
                ],
            };
            scene.Unary.AsSpan(forbidden * 400, 400).Fill(1e9f);
            float[] q = scene.Dense(_narrow);
            Assert.All(q[(forbidden * 400)..((forbidden + 1) * 400)], value => Assert.Equal(0, value));
            float[] others =
            [
                .. Enumerable.Range(0, 3).Where(label => label != forbidden).SelectMany(label => q.AsSpan(label * 400, 400).ToArray()),
            ];
            Assert.Equal(without.Dense(_narrow), others, (a, b) => Math.Abs(a - b) < 1e-3);
        }
    }

    [Fact]
    public void One_object_serves_images_of_any_size_and_any_labels()
    {
        var crf = new DenseCrf(_narrow);
        (int Width, int Height, int Labels)[] shapes =
        [
            (40, 30, 3),
            (20, 30, 3),
            (20, 30, 12),
            (30, 20, 12),
            (64, 50, 2),
            (20, 30, 2),
            (1, 1, 4),
            (40, 30, 3),
        ];
        foreach (var (shape, i) in shapes.Select((shape, i) => (shape, i)))
        {
            CrfScene scene = CrfScene.Random(shape.Width, shape.Height, shape.Labels, i);
            Assert.Equal(scene.Dense(_narrow), scene.Infer(crf));
        }
    }

    [Fact]
    public void Iterations_allocate_nothing()
    {
        const int more = 19, smallestObject = 24;
        CrfScene scene = CrfScene.Random(60, 40, 12);
        long Allocated(int iterations)
        {
            var crf = new DenseCrf(new CrfOptions { Iterations = iterations }, threads: 1);
            scene.Infer(crf);
            // What the runtime allocates on this thread now and then is not in each; what an iteration takes, it takes each time.
            return Enumerable
                .Range(0, 5)
                .Min(_ =>
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    scene.Infer(crf);
                    return GC.GetAllocatedBytesForCurrentThread() - before;
                });
        }
        long few = Allocated(1), many = Allocated(1 + more);
        Assert.True(many - few < more * smallestObject, $"{few} bytes with 1 iteration, {many} with {1 + more}");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Energies_that_are_no_numbers_are_named(float value)
    {
        CrfScene scene = CrfScene.Random(7, 5, 3);
        scene.Unary[2 * 35 + 10] = value;
        string message = Assert.Throws<ArgumentException>(() => scene.Dense()).Message;
        Assert.Contains("label 2 at x 3, y 1", message);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_errors()
    {
        CrfScene scene = CrfScene.Random(7, 5, 3);
        Assert.Contains("found 105", Assert.Throws<ArgumentException>(() => (scene with { Labels = 2 }).Dense()).Message);
        Assert.Throws<ArgumentException>(() => (scene with { Labels = 0, Unary = [] }).Dense());
        var crf = new DenseCrf(new());
        Assert.Contains("found 105", Assert.Throws<ArgumentException>(() => crf.Infer(6, 5, scene.Image.Pixels, scene.Unary, 3)).Message);
        Assert.Throws<ArgumentException>(() => crf.Infer(0, 5, [], [], 3));
        CrfOptions two = new() { Compatibility = Matrix(2, (_, _) => 1) };
        Assert.Contains("found 3", Assert.Throws<ArgumentException>(() => scene.Dense(two)).Message);
        Assert.Throws<ArgumentException>(() => new DenseCrf(new(), threads: 0));
        Assert.Throws<RecipeException>(() => new DenseCrf(new() { Iterations = -1 }));
    }

    [Fact]
    public void A_kernel_too_narrow_for_a_lattice_is_an_error_and_a_narrow_one_smooths_nothing()
    {
        CrfScene scene = CrfScene.Random(30, 30, 3);
        CrfOptions Narrow(double sigma) => new() { Gaussian = null, Bilateral = new() { SigmaXy = sigma, SigmaRgb = sigma, Weight = 0.1 } };
        Assert.Contains("too narrow", Assert.Throws<WsssException>(() => scene.Dense(Narrow(1e-3))).Message);
        Assert.InRange(scene.Compare(scene.Dense(Narrow(0.05)), scene.Exact(Narrow(0.05))).Difference, 0, 1e-3);
    }

    private static float[] Expected(string name)
    {
        using torch.Tensor array = ParityFiles.Npy(name);
        return array.data<float>().ToArray();
    }

    private static float[][] Matrix(int labels, Func<int, int, float> penalty) =>
        [.. Enumerable.Range(0, labels).Select(a => Enumerable.Range(0, labels).Select(b => penalty(a, b)).ToArray())];

    private static void AssertSumsTo1(CrfScene scene, float[] q)
    {
        Assert.All(q, value => Assert.InRange(value, 0, 1));
        for (int i = 0; i < scene.Pixels; i++)
            Assert.Equal(1, Enumerable.Range(0, scene.Labels).Sum(label => q[label * scene.Pixels + i]), 1e-5);
    }
}
