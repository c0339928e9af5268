using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>What reading, cutting, copying and counting add to the arithmetic, over folders of photographs.</summary>
internal static class PipelineBenchmarks
{
    private const int Classes = 20, PeerImagesPerSecond = 69, ValidationImages = 1449;

    /// <summary>Name and run of each.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        ("epoch", () => Epoch(CPU, "mobilenet_v2", batchSize: 8, batches: 3, workers: 1) with { Target = 1 / .9 }),
        ("folder-maps", () => Maps(CPU, images: 4, [1], flip: false, workers: 1)),
        ("folder-crf", FolderCrf),
        ("loader-rate", LoaderRate),
        ("evaluation", Evaluation),
        ("source-memory", SourceMemory),
    ];

    /// <summary>An epoch over JPEG files against its steps alone.</summary>
    public static Measurement Epoch(
        Device device, string backbone, int batchSize, int batches, int workers, Precision precision = Precision.Float32)
    {
        using var photographs = new Photograph.Folder(batchSize * batches, Classes);
        var recipe = Networks.Recipe(backbone, batchSize, precision);
        var loader = new Loader(photographs,
            new LoaderOptions { BatchSize = batchSize, Augmentation = recipe.Augmentation, Shuffle = true, Workers = workers }, device);
        using var ready = loader.Epoch(0).First();
        using var stepper = new Stepper(recipe, photographs.ClassNames, device);
        return Measurement.Of(
            $"an epoch of {batchSize * batches} photographs, {backbone}, {batchSize} crops of {recipe.Augmentation.Size}, {precision}",
            () =>
            {
                foreach (Batch batch in loader.Epoch(0))
                {
                    using (batch) stepper.Step(batch);
                }
                Networks.Wait(device);
            },
            "its forward, backward and optimiser steps alone", () => stepper.Steps(ready, batches));
    }

    /// <summary>Maps of JPEG files by ResNet-50 against its forward passes alone, of so many images each.</summary>
    public static Measurement Maps(
        Device device, int images, IReadOnlyList<double> scales, bool flip, int workers, int together = 1)
    {
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = Networks.Classifier("resnet50", 16, Classes, device);
        Tensor Input(double scale) =>
            rand(together, 3, (long)(scale * Photograph.Height), (long)(scale * Photograph.Width)).to(device);
        Tensor[] inputs = [.. scales.Select(Input)];
        var run = new RunContext { Device = device, Store = new ArtifactStore(Path.GetTempPath()), Workers = workers };
        var inference = new MapInference { Scales = scales, Flip = flip };
        return Measurement.Of(
            $"maps of {images} JPEG files of {Photograph.Width}×{Photograph.Height}, ResNet-50, {scales.Count} scale(s)", () =>
            {
                foreach (var _ in inference.Run(network, photographs, run)) { }
            },
            $"as many bare forward passes, {together} at once", () =>
            {
                using var noGradients = no_grad();
                for (int i = 0; i < images * (flip ? 2 : 1); i += together)
                {
                    foreach (var input in inputs)
                    {
                        using var scope = NewDisposeScope();
                        network.call(input, null);
                    }
                }
                Networks.Wait(device);
            }) with
        { Target = 1 / .9 };
    }

    private static Measurement FolderCrf()
    {
        const int images = 24;
        TorchRuntime.KeepFreedMemory(); // as every run does
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = Networks.Classifier("mobilenet_v2", 16, Classes);
        var inference = new MapInference { Scales = [0.5, 1, 1.5] };
        var run = new RunContext { Device = CPU, Store = new ArtifactStore(Path.GetTempPath()), Workers = 1 };
        void Work(int threads)
        {
            TorchRuntime.UseThreads(threads);
            using var crf = new CrfRefinement().Open(CPU);
            foreach (var _ in crf.Run(inference.Run(network, photographs, run))) { }
        }
        var measured = Measurement.Of($"maps at three scales, mirrored too, and CRF of {images} JPEG files, MobileNetV2, two threads",
            () => Work(2), "one thread", () => Work(1));
        TorchRuntime.UseThreads(1);
        return measured with { Target = 1 / 1.8 };
    }

    // IRN's loader, which decodes, resizes to a long side of 320–640, flips and crops 512, gives 69 images a second on one thread.
    private static Measurement LoaderRate()
    {
        const int images = 64;
        using var photographs = new Photograph.Folder(images, Classes);
        var loader = new Loader(photographs,
            new LoaderOptions { BatchSize = 16, Augmentation = new Augmentation { Size = 512 }, Workers = 0 }, CPU);
        return Measurement.OfTime(
            $"loading {images} JPEG files of {Photograph.Width}×{Photograph.Height}, crops of 512, one thread", () =>
            {
                foreach (Batch batch in loader.Epoch(0)) batch.Dispose();
            },
            $"{2 * PeerImagesPerSecond} images a second, twice IRN's loader", 1000.0 * images / (2 * PeerImagesPerSecond));
    }

    private static Measurement Evaluation()
    {
        var random = SeededRandom.For(1);
        var masks = Enumerable.Range(0, 8).Select(_ => Blocks(random)).ToArray();
        return Measurement.OfTime(
            $"mIoU of {ValidationImages} masks of {Photograph.Width}×{Photograph.Height}, {Classes + 1} labels", () =>
            {
                var matrix = new ConfusionMatrix(Classes + 1);
                for (int i = 0; i < ValidationImages; i++) matrix.Add(masks[i % masks.Length], masks[(i + 1) % masks.Length]);
            },
            "a second", 1000);
    }

    private static Measurement SourceMemory()
    {
        const int few = 1_000, many = 100_000;
        double before = PeakOver(few), after = PeakOver(many);
        double ratio = after / before;
        return new Measurement($"resident memory after an epoch over {many:N0} small images", $"after one over {few:N0}",
            ratio, ratio, ratio, before, "MB")
        { Target = 1.1 };

        static double PeakOver(int images)
        {
            var loader = new Loader(new RepeatedImage(images), new LoaderOptions { BatchSize = 100, Workers = 1 }, CPU);
            foreach (Batch batch in loader.Epoch(0)) batch.Dispose();
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64 / 1e6;
        }
    }

    private static LabelMap Blocks(SeededRandom random)
    {
        const int side = 25;
        byte[] values = new byte[Photograph.Width * Photograph.Height];
        byte[] labels = [.. Enumerable.Range(0, values.Length / (side * side)).Select(_ => (byte)random.Next(Classes + 1))];
        int columns = Photograph.Width / side;
        for (int i = 0; i < values.Length; i++)
            values[i] = labels[i / Photograph.Width / side * columns + i % Photograph.Width / side];
        return new LabelMap(Photograph.Width, Photograph.Height, values);
    }
}
