using Wsss.Data;
using Wsss.Expansion;
using Wsss.Menagerie;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>Training steps with a technique against the plain step: a batch of drawn scenes, forward, backward, optimiser.</summary>
internal static class StepBenchmarks
{
    private const int BatchSize = 32;

    /// <summary>Each technique as published; equivariance also with a larger second image, and with its correlation module.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        ("step-boundary", () => Against("boundary loss", new BoundaryLoss()) with { Target = 1.5 }),
        ("step-saliency", () => Against("saliency fusion", new SaliencyFusion())),
        ("step-equivariance", () => Against("equivariance, scale .3", new Equivariance()) with { Target = 1.2 }),
        ("step-equivariance-large", () => Against("equivariance, scale .75", new Equivariance { Scale = 0.75 })),
        ("step-equivariance-pcm", () => Against("equivariance + PCM, scale .3", new Equivariance { EcrWeight = 1 }) with { Target = 1.6 }),
        ("step-random-erasing", () => Against("random erasing", new RandomErasing())),
        ("step-feature-erasing", () => Against("feature erasing", new FeatureErasing())),
        ("step-multi-dilation", () => Against("multi-dilation", new MultiDilation())),
        ("step-mixup", () => Against("mixup", new Mixup())),
        ("step-puzzle", () => Against("Puzzle-CAM", new PuzzleCam())),
    ];

    private static Measurement Against(string name, Technique technique)
    {
        var scenes = new DrawnScenes("train", BatchSize, new DrawnSceneOptions());
        var loader = new Loader(
            scenes,
            new LoaderOptions { BatchSize = BatchSize, Augmentation = Augmentation.Resize(scenes.Options.Size) },
            CPU
        );
        using var drawn = loader.Epoch(0).Single();
        using var saliency = rand(BatchSize, scenes.Options.Size, scenes.Options.Size);
        var batch = drawn with { Planes = new Dictionary<string, Tensor> { [SaliencyFolderSource.Plane] = saliency } };

        using var plain = new Stepper(new Recipe(), scenes.ClassNames);
        using var other = new Stepper(new Recipe().With(technique), scenes.ClassNames);
        return Measurement.Of(
            $"training step with {name}, {BatchSize} scenes",
            () => other.Step(batch),
            "the plain step",
            () => plain.Step(batch)
        );
    }
}
