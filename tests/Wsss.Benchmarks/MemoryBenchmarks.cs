using System.Globalization;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>What a training step takes of the memory against what <see cref="StepMemory"/> counts, by which --max-memory plans.</summary>
internal static class MemoryBenchmarks
{
    private const int Classes = 6;

    /// <summary>One by one, each in a process of its own: what a process has freed it may use again unseen.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } = !OperatingSystem.IsLinux() ? [] :
    [
        ("step-memory-mobilenet-4", () => Step("mobilenet_v2", 4, 225)),
        ("step-memory-mobilenet-16", () => Step("mobilenet_v2", 16, 225)),
        ("step-memory-mobilenet-321", () => Step("mobilenet_v2", 8, 321)),
        ("step-memory-resnet18", () => Step("resnet18", 8, 225)),
        ("step-memory-resnet50", () => Step("resnet50", 4, 225)),
        ("step-memory-resnet50-16", () => Step("resnet50", 16, 225)),
        ("step-memory-resnet101", () => Step("resnet101", 4, 225)),
        ("step-memory-deit", () => Step("deit_tiny", 8, 224)),
        ("step-memory-menagerie", () => Step("menagerie_net", 32, 64)),
        ("step-memory-segmenter", () => SegmenterStep(8, 225, classes: 20)),
        ("step-memory-boundary", () => Step("mobilenet_v2", 8, 225, new BoundaryLoss())),
        ("step-memory-equivariance", () => Step("mobilenet_v2", 8, 225, new Equivariance())),
        ("step-memory-puzzle", () => Step("mobilenet_v2", 8, 225, new PuzzleCam())),
        ("step-memory-dilation", () => Step("mobilenet_v2", 8, 225, new MultiDilation())),
    ];

    private static Measurement Step(string backbone, int images, int size, Technique? technique = null)
    {
        var recipe = Networks.Recipe(backbone, images) with { Augmentation = Augmentation.Resize(size) };
        recipe = recipe with { Backbone = recipe.Backbone with { OutputStride = Backbones.Find(backbone).TrainingStride } };
        if (technique is not null) recipe = recipe.With(technique);
        string[] ids = [.. Enumerable.Range(0, images).Select(i => $"{i}")], names = [.. Enumerable.Range(0, Classes).Select(c => $"{c}")];
        double before = Start();
        using var batch = new Batch(ids, rand(images, 3, size, size), zeros(images, Classes));
        using var stepper = new Stepper(recipe, names);
        stepper.Steps(batch, 2);
        string what = technique is null ? backbone : $"{backbone} with {technique.Name}";
        return AgainstCounted($"{what}, {images} crops of {size}", before, () => stepper.Memory(batch).For(images));
    }

    private static Measurement SegmenterStep(int images, int size, int classes)
    {
        double before = Start();
        using var crops = rand(images, 3, size, size);
        using var masks = zeros(images, size, size, dtype: int64);
        using var network = new DeepLab(Backbones.Create("mobilenet_v2", 16), classes, new DeepLabOptions());
        using var optimizer = new OptimizerSpec().Create(network.Backbone, network);
        Tensor Loss() => nn.functional.cross_entropy(network.call(crops), masks);
        for (int step = 0; step < 2; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Loss().backward();
            optimizer.step();
        }
        return AgainstCounted($"DeepLab on mobilenet_v2, {classes} classes, {images} crops of {size}", before,
            () => StepMemory.Of(network, new SegmenterRecipe(), () => Loss(), images).For(images));
    }

    private static double Start()
    {
        using (rand(1)) { } // libtorch is loaded
        double before = Megabytes("VmRSS:");
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak starts anew
        return before;
    }

    private static Measurement AgainstCounted(string name, double before, Func<long> count)
    {
        double taken = Megabytes("VmHWM:") - before, counted = count() / 1e6, ratio = taken / counted;
        return new Measurement($"memory of a step, {name}", "as counted", ratio, ratio, ratio, counted, "MB") { Target = 1 };
    }

    private static double Megabytes(string line)
    {
        string found = File.ReadLines("/proc/self/status").First(text => text.StartsWith(line, StringComparison.Ordinal));
        return double.Parse(found.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1e3;
    }
}
