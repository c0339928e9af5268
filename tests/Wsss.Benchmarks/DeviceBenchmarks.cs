using System.Diagnostics;
using System.Globalization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Storage;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>What reading, copying and waiting add to a GPU's arithmetic, and what the GPU saves (docs/guide/devices.md).</summary>
internal static class DeviceBenchmarks
{
    /// <summary>Threads that decode and prepare images beside a GPU.</summary>
    public const int Workers = 8;

    private const int Classes = 20, BatchSize = 16;
    private const string Backbone = "resnet50";

    /// <summary>Name and run of each; none where no GPU answers.</summary>
    public static IReadOnlyList<(string Name, Func<Measurement> Run)> All { get; } =
        TorchRuntime.ResolveDevice("auto") is { type: DeviceType.CUDA } device ? For(device) : [];

    private static (string Name, Func<Measurement> Run)[] For(Device device) =>
    [
        // A device keeps memory that was freed, so that bfloat16's smaller peak comes first.
        ("gpu-memory", () => Memory(device)),
        ("gpu-maps", () => Maps(device, 64, [1], flip: false)),
        ("gpu-multi-scale", () => Maps(device, 16, [1, 0.5, 1.5, 2], flip: true)),
        ("gpu-training", () => Training(device, Precision.Float32)),
        ("gpu-training-bfloat16", () => Training(device, Precision.BFloat16)),
        ("gpu-crf-21", () => CrfBenchmarks.OnTensors(21, device, threads: 2) with { Target = .1 }),
        ("gpu-crf-2", () => CrfBenchmarks.OnTensors(2, device, threads: 2) with { Target = .1 }),
        ("gpu-crf-iteration-21", () => CrfBenchmarks.OneIteration(21, device)),
        ("gpu-crf-iteration-2", () => CrfBenchmarks.OneIteration(2, device)),
        ("gpu-bfloat16-step", () => BFloat16Steps(device)),
        ("gpu-photograph-maps", () => ScaleBenchmarks.PhotographMaps(device, images: 64)),
        ("gpu-photograph-segment", () => ScaleBenchmarks.PhotographSegment(device, images: 64)),
    ];

    private static Measurement Maps(Device device, int images, IReadOnlyList<double> scales, bool flip)
    {
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = Networks.Classifier(Backbone, 16, Classes, device);
        Tensor Input(double scale) => rand(1, 3, (long)(scale * Photograph.Height), (long)(scale * Photograph.Width)).to(device);
        Tensor[] inputs = [.. scales.Select(Input)];
        var run = new RunContext { Device = device, Store = new ArtifactStore(Path.GetTempPath()), Workers = Workers };
        var inference = new MapInference { Scales = scales, Flip = flip };
        return Measurement.Of(
            $"maps of {images} JPEG files of {Photograph.Width}×{Photograph.Height}, ResNet-50, {scales.Count} scale(s)", () =>
            {
                foreach (var _ in inference.Run(network, photographs, run)) { }
            },
            "as many bare forwards, one by one", () =>
            {
                using var noGradients = no_grad();
                for (int i = 0; i < images * (flip ? 2 : 1); i++)
                {
                    foreach (var input in inputs)
                    {
                        using var scope = NewDisposeScope();
                        network.call(input, null);
                    }
                }
                cuda.synchronize();
            }) with
        { Target = 1 / .9 };
    }

    private static Measurement Training(Device device, Precision precision)
    {
        const int batches = 12;
        using var photographs = new Photograph.Folder(BatchSize * batches, Classes);
        var recipe = Recipe(precision);
        var loader = new Loader(photographs,
            new LoaderOptions { BatchSize = BatchSize, Augmentation = recipe.Augmentation, Shuffle = true, Workers = Workers }, device);
        using var ready = loader.Epoch(0).First();
        using var stepper = new Stepper(recipe, photographs.ClassNames, device);
        return Measurement.Of(
            $"an epoch of {BatchSize * batches} photographs, ResNet-50, crops of {recipe.Augmentation.Size}, {precision}", () =>
            {
                foreach (Batch batch in loader.Epoch(0))
                {
                    using (batch) stepper.Step(batch);
                }
                cuda.synchronize();
            },
            "its forward, backward and optimiser steps alone", () => Steps(stepper, ready, batches)) with
        { Target = 1 / .85 };
    }

    private static Measurement BFloat16Steps(Device device)
    {
        const int steps = 10;
        using var batch = RandomBatch(device);
        using var wide = new Stepper(Recipe(Precision.Float32), ClassNames, device);
        using var half = new Stepper(Recipe(Precision.BFloat16), ClassNames, device);
        return Measurement.Of(
            $"{steps} training steps, ResNet-50, {BatchSize} crops, bfloat16", () => Steps(half, batch, steps),
            "in float32", () => Steps(wide, batch, steps));
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
            Steps(stepper, batch, 3);
            return MegabytesInUse();
        }
    }

    private static string[] ClassNames { get; } = [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")];

    private static Recipe Recipe(Precision precision) => new()
    {
        Backbone = new() { Name = Backbone, OutputStride = 16, Weights = null, Precision = precision },
        BatchSize = BatchSize,
    };

    private static Batch RandomBatch(Device device)
    {
        int size = Recipe(Precision.Float32).Augmentation.Size;
        string[] ids = [.. Enumerable.Range(0, BatchSize).Select(i => $"{i}")];
        return new Batch(ids, rand(BatchSize, 3, size, size).to(device), zeros(BatchSize, Classes).to(device));
    }

    private static void Steps(Stepper stepper, Batch batch, int count)
    {
        for (int i = 0; i < count; i++) stepper.Step(batch);
        cuda.synchronize();
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
