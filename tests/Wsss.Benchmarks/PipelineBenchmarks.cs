using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Storage;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>What reading, cutting, copying and counting add to the arithmetic, over folders of photographs.</summary>
internal static class PipelineBenchmarks
{
    private const int Classes = 20, PeerImagesPerSecond = 69, ValidationImages = 1449;

    /// <summary>Name and run of each.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        ("epoch", Epoch),
        ("folder-maps", FolderMaps),
        ("folder-crf", FolderCrf),
        ("loader-rate", LoaderRate),
        ("evaluation", Evaluation),
        ("source-memory", SourceMemory),
    ];

    // One thread for arithmetic, one that prepares images, as on two cores.
    private static Measurement Epoch()
    {
        const int batchSize = 8, batches = 3;
        using var photographs = new Photograph.Folder(batchSize * batches, Classes);
        var recipe = new Recipe { Backbone = new() { Name = "mobilenet_v2", OutputStride = 16, Weights = null }, BatchSize = batchSize };
        var loader = new Loader(photographs,
            new LoaderOptions { BatchSize = batchSize, Augmentation = recipe.Augmentation, Shuffle = true, Workers = 1 }, CPU);
        using var ready = loader.Epoch(0).First();
        using var stepper = new Stepper(recipe, photographs.ClassNames);
        return Measurement.Of(
            $"an epoch of {batchSize * batches} photographs, MobileNetV2, crops of {recipe.Augmentation.Size}, 1 worker", () =>
            {
                foreach (Batch batch in loader.Epoch(0))
                {
                    using (batch) stepper.Step(batch);
                }
            },
            "its forward, backward and optimiser steps alone", () =>
            {
                for (int i = 0; i < batches; i++) stepper.Step(ready);
            }) with
        { Target = 1 / .9 };
    }

    private static Measurement FolderMaps()
    {
        const int images = 4;
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = Networks.Classifier("resnet50", 16, Classes);
        using var input = rand(1, 3, Photograph.Height, Photograph.Width);
        string store = Directory.CreateTempSubdirectory("wsss-benchmark-").FullName;
        try
        {
            var run = new RunContext { Device = CPU, Store = new ArtifactStore(store), Workers = 1 };
            var inference = new MapInference { Flip = false };
            return Measurement.Of(
                $"maps of {images} JPEG files of {Photograph.Width}×{Photograph.Height}, ResNet-50", () =>
                {
                    foreach (var _ in inference.Run(network, photographs, run)) { }
                },
                "as many bare forwards", () =>
                {
                    for (int i = 0; i < images; i++)
                    {
                        using var scope = NewDisposeScope();
                        using var noGradients = no_grad();
                        network.call(input, null);
                    }
                }) with
            { Target = 1 / .9 };
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
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
