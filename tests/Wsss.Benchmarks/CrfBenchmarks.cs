using Wsss.Crf;
using Wsss.Data;
using Wsss.Models;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>
/// The dense CRF at the size of a photograph, 10 iterations with both kernels at their defaults, lattice included.
/// </summary>
/// <remarks>
/// The image is twelve drawn scenes side by side: its bilateral lattice has 0.66 vertices per pixel, where those of PASCAL VOC's
/// photographs have 0.5 in the median, 0.7 at the upper quartile and up to 1.8.
/// </remarks>
internal static class CrfBenchmarks
{
    private const int Width = Photograph.Width, Height = Photograph.Height;

    /// <summary>Name and run of each.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        ("crf-21", () => AgainstForward(21)),
        ("crf-2", () => AgainstForward(2)),
        ("crf-threads", () => Compare("dense CRF, 21 labels, two threads", new Problem(21, 1, 2), "one thread", new Problem(21, 1, 1))),
        ("crf-threads-2", () => Compare("dense CRF, 2 labels, two threads", new Problem(2, 1, 2), "one thread", new Problem(2, 1, 1))),
        ("crf-tensors", () => OnTensors(21, CPU, threads: 1) with { Target = 3 }),
        ("crf-tensors-2", () => OnTensors(2, CPU, threads: 1) with { Target = 3 }),
        ("crf-labels", () => Compare("dense CRF, 41 labels", new Problem(41, 1, 1), "21 labels", new Problem(21, 1, 1))),
        ("crf-labels-5", () => Compare("dense CRF, 5 labels", new Problem(5, 1, 1), "21 labels", new Problem(21, 1, 1))),
        ("crf-pixels", () => Compare("dense CRF, 21 labels, 1000×750", new Problem(21, 2, 1), "500×375", new Problem(21, 1, 1))),
    ];

    private static Measurement AgainstForward(int labels)
    {
        using var network = Backbones.Create("resnet50", 32);
        network.eval();
        using var input = rand(1, 3, 224, 224);
        var problem = new Problem(labels, 1, 1);
        return Measurement.Of(
            $"dense CRF, {labels} labels, {Width}×{Height}",
            problem.Solve,
            "a bare forward of ResNet-50, 1×3×224×224",
            () =>
            {
                using var scope = NewDisposeScope();
                using var noGradients = no_grad();
                network.call(input);
            }
        );
    }

    /// <summary>The form on tensors, for energies that are there and marginals that stay, against that on arrays.</summary>
    public static Measurement OnTensors(int labels, Device device, int threads)
    {
        var problem = new Problem(labels, 1, threads);
        using var onTensors = new LatticeTensorCrf(new CrfOptions(), device);
        using var energies = problem.Energies(device);
        return Measurement.Of(
            $"dense CRF on tensors, {labels} labels, {Width}×{Height}, {device.type}", () => problem.Solve(onTensors, energies),
            $"on arrays, {threads} thread(s)", problem.Solve);
    }

    /// <summary>What a refinement on a GPU has, from arrays to arrays.</summary>
    public static Measurement ThereAndBack(int labels, Device device, int threads)
    {
        var problem = new Problem(labels, 1, threads);
        using var crf = new DeviceCrf(new CrfOptions(), device);
        return Measurement.Of(
            $"dense CRF there and back, {labels} labels, {Width}×{Height}, {device.type}", () => problem.Solve(crf),
            $"on arrays, {threads} thread(s)", problem.Solve);
    }

    /// <summary>One iteration of the form on tensors against all ten: what is left is building the lattice.</summary>
    public static Measurement OneIteration(int labels, Device device)
    {
        var problem = new Problem(labels, 1, threads: 1);
        using var one = new LatticeTensorCrf(new CrfOptions { Iterations = 1 }, device);
        using var all = new LatticeTensorCrf(new CrfOptions(), device);
        using var energies = problem.Energies(device);
        return Measurement.Of(
            $"dense CRF on tensors, {labels} labels, {Width}×{Height}, {device.type}, one iteration",
            () => problem.Solve(one, energies), "all iterations", () => problem.Solve(all, energies));
    }

    private static Measurement Compare(string name, Problem problem, string reference, Problem referenceProblem) =>
        Measurement.Of(name, problem.Solve, reference, referenceProblem.Solve);

    /// <summary>An image and soft label maps: a blob for each label, on a mosaic of so many times the image.</summary>
    private sealed class Problem
    {
        private readonly DenseCrf _crf;
        private readonly RgbImage _image;
        private readonly float[] _unary;
        private readonly int _labels;

        public Problem(int labels, int times, int threads)
        {
            (int width, int height) = (times * Width, times * Height);
            (_crf, _image, _labels) = (new DenseCrf(new CrfOptions(), threads), Photograph.Drawn(width, height), labels);
            var random = SeededRandom.For(labels);
            float[] probabilities = new float[labels * width * height];
            for (int label = 0; label < labels; label++)
            {
                double left = random.NextDouble(0, width), top = random.NextDouble(0, height);
                for (int i = 0; i < width * height; i++)
                {
                    double distance = Math.Pow(i % width - left, 2) + Math.Pow(i / width - top, 2);
                    probabilities[label * width * height + i] = (float)(Math.Exp(-distance / 8000) + 0.02 + 0.02 * random.NextDouble());
                }
            }
            _unary = CrfUnary.FromProbabilities(probabilities);
        }

        /// <summary>[labels, H·W] on a device; the caller's.</summary>
        public Tensor Energies(Device device) => tensor(_unary, [_labels, _image.PixelCount]).to(device);

        public void Solve() => _crf.Infer(_image.Width, _image.Height, _image.Pixels, _unary, _labels);

        public void Solve(DeviceCrf crf) => crf.Infer(_image, _unary, _labels);

        public void Solve(LatticeTensorCrf crf, Tensor energies)
        {
            crf.Infer(_image, energies).Dispose();
            Networks.Wait(energies.device);
        }
    }
}
