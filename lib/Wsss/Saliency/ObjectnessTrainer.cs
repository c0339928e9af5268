using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;
using Wsss.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Saliency;

/// <summary>How the objectness network is trained; immutable.</summary>
internal sealed record ObjectnessRecipe : NetworkRecipe
{
    internal override string Kind => "objectness";
}

/// <summary>How well objectness above ½ covers the objects of held-out scenes.</summary>
/// <param name="IoU">Intersection over union of object pixels, 0…1.</param>
/// <param name="Precision">Share of the pixels said to be objects that are, 0…1.</param>
/// <param name="Recall">Share of the objects' pixels that are found, 0…1.</param>
internal sealed record ObjectnessScore(double IoU, double Precision, double Recall);

/// <summary>
/// Trains the objectness network from drawn scenes of other objects than the target classes, as the field trains saliency
/// networks on data sets of their own: it learns what an object is, and none of the classes' names or shapes.
/// </summary>
internal static class ObjectnessTrainer
{
    /// <summary>Trains by the recipe, or loads what it gave before.</summary>
    /// <param name="recipe">How to train.</param>
    /// <param name="train">Scenes with <see cref="IMaskedSource.Truth"/>.</param>
    /// <param name="validation">Held-out scenes of the same kind; each epoch's IoU is reported on them.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The network in evaluation mode, which the caller disposes, and what training reported.</returns>
    /// <exception cref="DataSetException">A sample has no truth about its objects.</exception>
    public static (ObjectnessNetwork Network, TrainingHistory History) Train(
        ObjectnessRecipe recipe, IMaskedSource train, IMaskedSource validation, RunContext run)
    {
        recipe.Validate();
        var (network, _, history, _) = StoredTraining.TrainOrLoad(
            () => new ObjectnessNetwork(recipe.Backbone.Create()), (network, _) => new Task(network, validation), recipe,
            new TargetSource(new ObjectMasks(train)), run);
        return (network, history);
    }

    /// <summary>Scores the network's maps at ½.</summary>
    /// <param name="network">In evaluation mode.</param>
    /// <param name="scenes">Scenes with <see cref="IMaskedSource.Truth"/>.</param>
    /// <param name="run">Device, progress, cancellation.</param>
    public static ObjectnessScore Evaluate(ObjectnessNetwork network, IMaskedSource scenes, RunContext run)
    {
        using var noGradients = no_grad();
        var objects = new ObjectMasks(scenes);
        long both = 0, said = 0, there = 0;
        for (int i = 0; i < scenes.Count; i++)
        {
            using var scope = NewDisposeScope();
            run.Report($"objectness of {scenes.Name}", i + 1, scenes.Count);
            var found = network.call(Loader.ImageTensor(scenes.Load(i).Image, run.Device)).gt(0).flatten();
            var truth = tensor(objects.Mask(i).Values).SentTo(run.Device).gt(0);
            both += (found & truth).sum().item<long>();
            said += found.sum().item<long>();
            there += truth.sum().item<long>();
        }
        return new ObjectnessScore(Share(both, said + there - both), Share(both, said), Share(both, there));

        static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
    }

    private sealed class Task(ObjectnessNetwork network, IMaskedSource validation) : TrainingTask
    {
        public override string Stage => "train objectness network";

        public override nn.Module Network => network;

        public override Backbone Backbone => network.Backbone;

        public override string ValidationFingerprint => validation.Fingerprint;

        public override IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step)
        {
            var logits = network.call(batch.Images).squeeze(1);                                   // [N, H, W]
            return [("cross-entropy", F.binary_cross_entropy_with_logits(logits, batch.Planes[TargetSource.Plane].to(float32)))];
        }

        public override IReadOnlyDictionary<string, double> Validate(RunContext run) =>
            new Dictionary<string, double> { ["IoU"] = Evaluate(network, validation, run with { Progress = null }).IoU };
    }

    /// <summary>Scenes whose mask says where any object is, and whose labels say nothing.</summary>
    private sealed class ObjectMasks(IMaskedSource scenes) : IMaskedSource
    {
        public string Name => $"{scenes.Name} (objectness)";

        public IReadOnlyList<string> ClassNames { get; } = ["object"];

        public int Count => scenes.Count;

        public string Fingerprint { get; } = ArtifactStore.Key("objectness/1", scenes.Fingerprint);

        public string Id(int index) => scenes.Id(index);

        public IReadOnlyList<int> Labels(int index) => [];

        public Sample Load(int index)
        {
            var scene = scenes.Load(index);
            return new Sample(scene.Id, scene.Image, []);
        }

        // Whether there is a truth is known when it is read, and its absence has an error of its own.
        public bool HasMask(int index) => true;

        public LabelMap Mask(int index) => scenes.Truth(index)?.Objectness ?? throw new DataSetException(
            $"Expected the truth about the objects of '{scenes.Id(index)}', found none. Only drawn scenes have it.");

        public SceneTruth? Truth(int index) => scenes.Truth(index);
    }
}
