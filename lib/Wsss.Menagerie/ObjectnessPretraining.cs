using System.Diagnostics;
using Wsss.Data;
using Wsss.Models;
using Wsss.Saliency;
using Wsss.Training;

namespace Wsss.Menagerie;

/// <summary>What training the objectness network gave.</summary>
/// <param name="File">Its weights.</param>
/// <param name="OtherObjects">How well it covers the objects of held-out scenes of the kind it was trained on.</param>
/// <param name="TargetObjects">How well it covers those of the target classes' scenes, which it never saw.</param>
/// <param name="History">What training reported.</param>
/// <param name="Provenance">What the file was made with.</param>
internal sealed record ObjectnessResult(
    string File, ObjectnessScore OtherObjects, ObjectnessScore TargetObjects, TrainingHistory History, Provenance Provenance);

/// <summary>
/// Trains the objectness network that this project ships, on Menagerie's <i>other</i> objects from the shipped backbone,
/// which has not seen the target classes either.
/// </summary>
internal static class ObjectnessPretraining
{
    /// <summary>Trains, or takes the network from the store, and writes the file.</summary>
    /// <param name="file">The safetensors file to write.</param>
    /// <param name="scale">How many scenes are drawn.</param>
    /// <param name="seed">Seed of scenes, weights, order and augmentation.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static ObjectnessResult Run(string file, SceneScale scale, int seed, RunContext run)
    {
        var clock = Stopwatch.StartNew();
        var (count, epochs) = scale switch
        {
            SceneScale.Smoke => (64, 1),
            SceneScale.Quick => (1_600, 6),
            _ => (4_000, 4),
        };
        int held = Math.Min(200, count / 4);
        var train = Others("train", count, seed);
        var recipe = new ObjectnessRecipe
        {
            Epochs = epochs,
            BatchSize = 32,
            Seed = seed,
            Augmentation = new Augmentation { Size = train.Options.Size, MinScale = 0.5 },
            Optimizer = new OptimizerSpec { LearningRate = 1e-3, HeadFactor = 4 },
        };
        var (network, history) = ObjectnessTrainer.Train(recipe, train, Others("validation", held, seed), run);
        using var owned = network;
        var others = ObjectnessTrainer.Evaluate(network, Others("test", held, seed), run);
        var targets = ObjectnessTrainer.Evaluate(network, new DrawnScenes("test", held, new DrawnSceneOptions { Seed = seed }), run);
        NetworkWeights.Save(network, file, new Dictionary<string, string>
        {
            ["network"] = nameof(ObjectnessNetwork),
            ["backbone"] = recipe.Backbone.Name,
            ["trained_on"] = $"{count} drawn scenes of {string.Join(", ", train.ClassNames)}",
            // Nothing that changes from run to run: the same seed gives the same file, and so the same maps.
            ["seed"] = seed.ToString(),
            ["data"] = train.Fingerprint,
        });
        return new ObjectnessResult(file, others, targets, history, Provenance.Of(run, seed, train.Fingerprint, clock.Elapsed));
    }

    private static DrawnScenes Others(string split, int count, int seed) =>
        new(split, count, new DrawnSceneOptions { Subjects = SceneSubjects.Others, Seed = seed });
}
