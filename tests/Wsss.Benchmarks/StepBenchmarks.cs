using Wsss.Data;
using Wsss.Expansion;
using Wsss.Menagerie;
using Wsss.Regions;
using Wsss.Registry;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>Training steps with a technique against the plain step: a batch, forward, backward, optimiser.</summary>
internal static class StepBenchmarks
{
    /// <summary>
    /// On drawn scenes each technique as published, equivariance also with a larger second image and with its correlation module; on
    /// photographs, by MobileNetV2, with the options that are suggested for these.
    /// </summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        ("step-boundary", () => OnScenes("boundary loss", new BoundaryLoss()) with { Target = 1.5 }),
        ("step-saliency", () => OnScenes("saliency fusion", new SaliencyFusion())),
        ("step-equivariance", () => OnScenes("equivariance, scale .3", new Equivariance()) with { Target = 1.2 }),
        ("step-equivariance-large", () => OnScenes("equivariance, scale .75", new Equivariance { Scale = 0.75 })),
        ("step-equivariance-pcm", () => OnScenes("equivariance + PCM, scale .3", new Equivariance { EcrWeight = 1 }) with { Target = 1.6 }),
        ("step-random-erasing", () => OnScenes("random erasing", new RandomErasing())),
        ("step-feature-erasing", () => OnScenes("feature erasing", new FeatureErasing())),
        ("step-multi-dilation", () => OnScenes("multi-dilation", new MultiDilation())),
        ("step-mixup", () => OnScenes("mixup", new Mixup())),
        ("step-puzzle", () => OnScenes("Puzzle-CAM", new PuzzleCam())),
        .. from member in Family.Of<Technique>().Members
           let technique = (Technique)(member.Suggested(DataKind.Photographs) ?? member.Published)
           where technique.ChangesOneTraining
           select ($"photo-step-{member.Name}", new Func<Measurement>(() => OnPhotographs(technique))),
    ];

    private static Measurement OnScenes(string name, Technique technique)
    {
        const int batchSize = 32;
        var scenes = new DrawnScenes("train", batchSize, new DrawnSceneOptions());
        return Against($"{name}, {batchSize} scenes", technique, new Recipe(), scenes, Augmentation.Resize(scenes.Options.Size));
    }

    private static Measurement OnPhotographs(Technique technique)
    {
        const int batchSize = 16, classes = 6;
        using var photographs = new Photograph.Folder(batchSize, classes);
        var recipe = Networks.Recipe("mobilenet_v2", batchSize);
        return Against(
            $"{technique.Name}, {batchSize} photographs, MobileNetV2, crops of {recipe.Augmentation.Size}", technique, recipe, photographs,
            recipe.Augmentation);
    }

    private static Measurement Against(string name, Technique technique, Recipe recipe, ISampleSource images, Augmentation augmentation)
    {
        int size = augmentation.Size;
        var loader = new Loader(images, new LoaderOptions { BatchSize = images.Count, Augmentation = augmentation }, CPU);
        using var loaded = loader.Epoch(0).Single();
        using var saliency = rand(images.Count, size, size);
        using var regions = Quarters(size).expand(images.Count, -1, -1).contiguous();
        var batch = loaded with
        {
            Planes = new Dictionary<string, Tensor> { [SaliencyFolderSource.Plane] = saliency, [RegionPlaneSource.Plane] = regions },
        };

        using var plain = new Stepper(recipe, images.ClassNames);
        using var other = new Stepper(recipe.With(technique), images.ClassNames);
        return Measurement.Of($"training step with {name}", () => other.Step(batch), "the plain step", () => plain.Step(batch));
    }

    // [1, size, size] int64: sixteen regions, numbered from 1.
    private static Tensor Quarters(int size)
    {
        using var scope = NewDisposeScope();
        var quarter = (arange(size, int64) * 4 / size).floor().to(int64);
        return (quarter.unsqueeze(0) + 4 * quarter.unsqueeze(1) + 1).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
