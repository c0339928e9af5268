using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Training;

namespace Wsss.Menagerie;

/// <summary>What decides the backbone weights that this project ships.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>The file to write.</summary>
    public required string File { get; init; }

    /// <summary>The backbone to train, one of <see cref="Backbones.Shipped"/>.</summary>
    public string Backbone { get; init; } = new BackboneSpec().Name;

    /// <summary>How many scenes are drawn.</summary>
    public SceneScale Scale { get; init; } = SceneScale.Full;

    /// <summary>Seed of scenes, weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What pre-training gave.</summary>
/// <param name="File">The backbone's weights.</param>
/// <param name="Test">The classifier of the second stage on held-out scenes of the same objects.</param>
/// <param name="ObjectHistory">What training on object crops reported.</param>
/// <param name="SceneHistory">What training on scenes reported.</param>
/// <param name="Provenance">What the file was made with.</param>
internal sealed record PretrainingResult(
    string File, MultiLabelScore Test, TrainingHistory ObjectHistory, TrainingHistory SceneHistory, Provenance Provenance);

/// <summary>
/// Trains a small backbone from random weights on Menagerie's <i>other</i> objects, as the field trains on ImageNet: no
/// target class is among them. What it learns is then the start of every recipe on drawn scenes.
/// </summary>
/// <remarks>
/// Two stages. First one object at a time, cut out and seen at 64 pixels, as the pictures of ImageNet show one object: from
/// random weights, whole scenes teach almost nothing in the same time (mAP .17 after 750 steps, against .78 after 560 steps
/// on crops). Then whole scenes with several labels, at the size that recipes use.
/// </remarks>
internal static class Pretraining
{
    private const int CropSize = 64;

    /// <summary>Trains (or takes the training from the store) and writes the backbone's weights, atomically.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static PretrainingResult Run(PretrainingOptions options, RunContext run)
    {
        var clock = Stopwatch.StartNew();
        if (Backbones.Find(options.Backbone) is not { Shipped: { } shipped, Name: var backbone })
        {
            throw new RecipeException(
                $"Expected one of the backbones for drawn scenes ({string.Join(", ", Backbones.Shipped.Select(design => design.Name))}), "
                    + $"found '{options.Backbone}'. Larger ones take their weights from ImageNet."
            );
        }
        var (crops, cropEpochs, scenes, sceneEpochs) = options.Scale switch
        {
            SceneScale.Smoke => (128, 1, 64, 1),
            SceneScale.Quick => (3_000, 6, 1_600, 2),
            _ => (8_000, shipped.CropEpochs, 4_000, 4),
        };
        var spec = new BackboneSpec { Name = backbone, Weights = null };
        int held = Math.Min(200, crops / 4);
        LabelledSplits Draw(int count, Func<IMaskedSource, ISampleSource> view) =>
            new(
                view(Others("train", count, options.Seed)),
                view(Others("validation", held, options.Seed)),
                view(Others("test", held, options.Seed))
            );

        using var objects = ClassifierTrainer.Train(
            RecipeOf(spec, options.Seed, CropSize, minScale: 0.6, cropEpochs, learningRate: 2e-3),
            Draw(crops, source => new ObjectCrops(source)),
            run
        );
        var data = Draw(scenes, source => source);
        using var classifier = ClassifierTrainer.Train(
            RecipeOf(
                spec with
                {
                    Weights = objects.WeightsPath,
                },
                options.Seed,
                new DrawnSceneOptions().Size,
                minScale: 0.7,
                sceneEpochs,
                learningRate: 1e-3
            ),
            data,
            run
        );

        var test = ClassifierTrainer.Evaluate(classifier.Network, data.Test, classifier.Recipe.Augmentation.Size, run);
        var provenance = Provenance.Of(run, options.Seed, data.Train.Fingerprint, clock.Elapsed);
        NetworkWeights.Save(
            classifier.Network.Backbone,
            options.File,
            new Dictionary<string, string>
            {
                ["backbone"] = classifier.Recipe.Backbone.Name,
                ["trained_on"] = $"{crops} crops and {scenes} drawn scenes of {string.Join(", ", data.Train.ClassNames)}",
                // Nothing that changes from run to run: the same seed gives the same file, and so the same recipe keys.
                ["seed"] = options.Seed.ToString(),
                ["data"] = data.Train.Fingerprint,
            }
        );
        return new PretrainingResult(options.File, test, objects.History, classifier.History, provenance);
    }

    private static DrawnScenes Others(string split, int count, int seed) =>
        new(split, count, new DrawnSceneOptions { Subjects = SceneSubjects.Others, Seed = seed });

    private static Recipe RecipeOf(BackboneSpec backbone, int seed, int size, double minScale, int epochs, double learningRate) => new()
    {
        Backbone = backbone,
        Epochs = epochs,
        BatchSize = 32,
        Seed = seed,
        Augmentation = new Augmentation { Size = size, MinScale = minScale },
        Optimizer = new OptimizerSpec { LearningRate = learningRate, HeadFactor = 4 },
    };
}
