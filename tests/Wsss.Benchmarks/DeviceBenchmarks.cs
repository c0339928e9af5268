using System.Diagnostics;
using System.Globalization;
using Wsss.Data;
using Wsss.Models;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>What reading, copying and waiting add to a GPU's arithmetic, and what the GPU saves (docs/guide/devices.md).</summary>
internal static class DeviceBenchmarks
{
    /// <summary>Threads that decode and prepare images beside a GPU.</summary>
    public static int Workers { get; } = Math.Max(1, Environment.ProcessorCount - 2);

    private const int Classes = 20, BatchSize = 16;
    private const string Backbone = "resnet50";

    /// <summary>Name and run of each; none where no GPU answers.</summary>
    public static IReadOnlyList<(string Name, Func<Measurement> Run)> All { get; } =
        TorchRuntime.ResolveDevice("auto") is { type: DeviceType.CUDA } device ? For(device) : [];

    private static (string Name, Func<Measurement> Run)[] For(Device device) =>
    [
        // A device keeps memory that was freed, so that bfloat16's smaller peak comes first.
        ("gpu-memory", () => Memory(device)),
        ("gpu-maps", () => PipelineBenchmarks.Maps(device, 64, [1], flip: false, Workers)),
        ("gpu-maps-together", () => PipelineBenchmarks.Maps(device, 64, [1], flip: false, Workers, together: 16) with { Target = null }),
        ("gpu-multi-scale", () => PipelineBenchmarks.Maps(device, 16, [1, 0.5, 1.5, 2], flip: true, Workers)),
        ("gpu-training", () => Training(device, Precision.Float32)),
        ("gpu-training-64", () => Training(device, Precision.Float32, batchSize: 64, batches: 4)),
        ("gpu-training-bfloat16", () => Training(device, Precision.BFloat16)),
        ("gpu-crf-21", () => CrfBenchmarks.OnTensors(21, device, threads: 2) with { Target = .1 }),
        ("gpu-crf-2", () => CrfBenchmarks.OnTensors(2, device, threads: 2) with { Target = .1 }),
        ("gpu-crf-there-and-back-21", () => CrfBenchmarks.ThereAndBack(21, device, threads: 2)),
        ("gpu-crf-there-and-back-2", () => CrfBenchmarks.ThereAndBack(2, device, threads: 2)),
        ("gpu-crf-iteration-21", () => CrfBenchmarks.OneIteration(21, device)),
        ("gpu-crf-iteration-2", () => CrfBenchmarks.OneIteration(2, device)),
        ("gpu-bfloat16-step", () => BFloat16Steps(device)),
        ("gpu-photograph-maps", () => ScaleBenchmarks.PhotographMaps(device, images: 64)),
        ("gpu-photograph-segment", () => ScaleBenchmarks.PhotographSegment(device, images: 64)),
    ];

    private static Measurement Training(Device device, Precision precision, int batchSize = BatchSize, int batches = 12) =>
        PipelineBenchmarks.Epoch(device, Backbone, batchSize, batches, Workers, precision) with { Target = 1 / .85 };

    private static Measurement BFloat16Steps(Device device)
    {
        const int steps = 10;
        using var batch = RandomBatch(device);
        using var wide = new Stepper(Recipe(Precision.Float32), ClassNames, device);
        using var half = new Stepper(Recipe(Precision.BFloat16), ClassNames, device);
        return Measurement.Of(
            $"{steps} training steps, ResNet-50, {BatchSize} crops, bfloat16", () => half.Steps(batch, steps),
            "in float32", () => wide.Steps(batch, steps));
    }

    private static Measurement Memory(Device device)
    {
        using var batch = RandomBatch(device);
        double before = MegabytesInUse();
        double half = PeakOf(Precision.BFloat16) - before, wide = PeakOf(Precision.Float32) - before;
        double ratio = half / wide;
        return new Measurement(
            $"memory of training, ResNet-50, {BatchSize} crops of {Recipe(Precision.Float32).Augmentation.Size}, bfloat16",
            "in float32", ratio, ratio, ratio, wide, "MB");

        double PeakOf(Precision precision)
        {
            using var stepper = new Stepper(Recipe(precision), ClassNames, device);
            stepper.Steps(batch, 3);
            return MegabytesInUse();
        }
    }

    private static string[] ClassNames { get; } = [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")];

    private static Recipe Recipe(Precision precision) => Networks.Recipe(Backbone, BatchSize, precision);

    private static Batch RandomBatch(Device device)
    {
        int size = Recipe(Precision.Float32).Augmentation.Size;
        string[] ids = [.. Enumerable.Range(0, BatchSize).Select(i => $"{i}")];
        return new Batch(ids, rand(BatchSize, 3, size, size).to(device), zeros(BatchSize, Classes).to(device));
    }

    // TorchSharp has no figures of a device's memory; what this process does not free shows in the driver's.
    private static double MegabytesInUse()
    {
        using var process = Process.Start(new ProcessStartInfo("nvidia-smi", "--query-gpu=memory.used --format=csv,noheader,nounits")
        {
            RedirectStandardOutput = true,
        })!;
        string answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("nvidia-smi gave no figure");
        process.WaitForExit();
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }
}
