using System.Diagnostics;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>What decides the backbone weights that this project ships.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The file to write.</summary>
    public required string File { get; init; }

    /// <summary>How many scenes are drawn.</summary>
    public MenagerieScale Scale { get; init; } = MenagerieScale.Full;

    /// <summary>Seed of scenes, weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Passes over the scenes; null for about eight minutes on two cores (smoke: seconds).</summary>
    public int? Epochs { get; init; }
}

/// <summary>What pre-training gave.</summary>
/// <param name="File">The backbone's weights.</param>
/// <param name="Test">The classifier that it was trained as, on held-out scenes of the same objects.</param>
/// <param name="History">What training reported.</param>
/// <param name="Provenance">What the file was made with; also in its metadata.</param>
public sealed record PretrainingResult(string File, MultiLabelScore Test, TrainingHistory History, Provenance Provenance);

/// <summary>
/// Trains the small backbone from random weights on Menagerie's <i>other</i> objects, as the field trains on ImageNet: no
/// target class is among them. What it learns is then the start of every recipe on drawn scenes.
/// </summary>
public static class Pretraining
{
    private const string Backbone = "menagerie_net";

    /// <summary>Trains (or takes the training from the store) and writes the backbone's weights, atomically.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static PretrainingResult Run(PretrainingOptions options, RunContext run)
    {
        var clock = Stopwatch.StartNew();
        var data = Menagerie.Others(options.Scale, options.Seed);
        using var classifier = ClassifierTrainer.Train(RecipeOf(options), data, run);
        var test = ClassifierTrainer.Evaluate(classifier.Network, data.Test, classifier.Recipe.Augmentation.Size, run);
        var provenance = Provenance.Of(run, options.Seed, data.Train.Fingerprint, clock.Elapsed);
        Weights.Save(classifier.Network.Backbone, options.File, new Dictionary<string, string>
        {
            ["backbone"] = Backbone,
            ["trained_on"] = $"{data.Train.Count} drawn scenes of {string.Join(", ", data.Train.ClassNames)}",
            ["recipe"] = WsssJson.Write(classifier.Recipe),
            ["provenance"] = WsssJson.Write(provenance),
        });
        return new PretrainingResult(options.File, test, classifier.History, provenance);
    }

    private static Recipe RecipeOf(PretrainingOptions options) => new()
    {
        Backbone = new BackboneSpec { Name = Backbone, Weights = null },
        Epochs = options.Epochs ?? options.Scale switch
        {
            MenagerieScale.Smoke => 2,
            MenagerieScale.Quick => 20,
            _ => 6,
        },
        BatchSize = 32,
        Seed = options.Seed,
        // The larger scenes of the full scale are seen at the size of the others: twice as many steps in the same time.
        Augmentation = new Augmentation { Size = Menagerie.SizeOf(MenagerieScale.Quick), MinScale = 0.5 },
        Optimizer = new OptimizerSpec { LearningRate = 2e-3, HeadFactor = 1 },
    };
}
