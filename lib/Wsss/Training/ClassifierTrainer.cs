using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Training;

/// <summary>
/// Trains a multi-label classifier from image-level labels, or takes it from the store when the same recipe was trained on
/// the same data before. The loss is the binary cross-entropy of each branch's logits, averaged, plus the techniques' terms.
/// </summary>
public static class ClassifierTrainer
{
    /// <summary>Trains by the recipe, or loads what it gave before.</summary>
    /// <param name="recipe">How to train.</param>
    /// <param name="data">Trains on its training split's labels and reports mAP and F1 on its validation split.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The classifier in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="RecipeException">The recipe cannot be, or the loss diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static TrainedClassifier Train(Recipe recipe, LabelledSplits data, RunContext run)
    {
        recipe.Validate();
        if (recipe.Techniques.FirstOrDefault(technique => !technique.ChangesOneTraining) is { } wrapper)
        {
            throw new RecipeException(
                $"Expected techniques that change the training of one classifier, found {wrapper.Name}, which wraps whole trainings. "
                    + "Make maps of the recipe instead of training it alone, or leave the technique out."
            );
        }
        var train = recipe.View(data.Train, run);
        var (network, trained, history, folder) = StoredTraining.TrainOrLoad(
            () => recipe.CreateClassifier(data.Train.ClassNames),
            (network, fitted) => new ClassifierTask(network, fitted, data.Validation),
            recipe,
            train,
            run
        );
        return new TrainedClassifier(network, trained, history, folder);
    }

    /// <summary>mAP, F1, precision and recall on a split, images resized to the size that the classifier was trained with.</summary>
    /// <param name="classifier">The classifier; with a bound on memory its crops may be smaller than those that were asked for.</param>
    /// <param name="source">Samples to predict.</param>
    /// <param name="run">Device and workers.</param>
    public static MultiLabelScore Evaluate(TrainedClassifier classifier, ISampleSource source, RunContext run) =>
        Evaluate(classifier.Network, source, classifier.Recipe.Augmentation.Size, run);

    /// <summary>mAP, F1, precision and recall on a split, images resized to one size.</summary>
    /// <param name="network">The classifier in evaluation mode.</param>
    /// <param name="source">Samples to predict.</param>
    /// <param name="size">Side of the network's input in pixels.</param>
    /// <param name="run">Device and workers.</param>
    public static MultiLabelScore Evaluate(Classifier network, ISampleSource source, int size, RunContext run)
    {
        using var noGradients = no_grad();
        int classes = source.ClassNames.Count;
        var loader = new Loader(source, new LoaderOptions
        {
            BatchSize = 32,
            Augmentation = Augmentation.Resize(size),
            Workers = run.Workers,
        }, run.Device);
        var probabilities = new List<float>(source.Count * classes);
        foreach (var batch in loader.Epoch(0))
        {
            using var scope = NewDisposeScope();
            using (batch)
            {
                using var output = network.call(batch.Images, null);
                probabilities.AddRange(ClassScores.Of(output.Logits, oneClassPerImage: false, batch.Ids));    // [N, C]
                run.Report($"classify {source.Name}", probabilities.Count / classes, source.Count);
            }
        }
        var labels = Enumerable.Range(0, source.Count).Select(source.Labels).ToArray();
        return MultiLabelMetrics.Compute(probabilities.ToArray(), labels, classes);
    }

    /// <summary>Multi-label classification loss: the mean over branches of BCE(σ(logits), labels), each a mean over [N, C].</summary>
    /// <param name="branches">Logits [N, C] of each branch.</param>
    /// <param name="labels">[N, C] in 0…1.</param>
    public static Tensor ClassificationLoss(IReadOnlyList<Tensor> branches, Tensor labels)
    {
        Tensor sum = F.binary_cross_entropy_with_logits(branches[0], labels);
        for (int i = 1; i < branches.Count; i++) sum = sum + F.binary_cross_entropy_with_logits(branches[i], labels);
        return sum / branches.Count;
    }

    /// <summary>The named terms of the loss on one batch, after the techniques' batch transforms.</summary>
    internal static IReadOnlyList<(string Name, Tensor Loss)> Losses(Recipe recipe, Classifier network, Batch batch, StepContext step)
    {
        foreach (var transform in recipe.Techniques.OfType<IBatchTransform>())
            batch = transform.Transform(batch, step);
        var output = network.call(batch.Images, batch.Labels);
        var context = new LossContext(network, batch, output, step);
        return
        [
            ("classification", ClassificationLoss(output.Head.Branches, batch.Labels)),
            .. recipe
                .Techniques.Where(technique => technique is ILossTerm)
                .SelectMany(technique =>
                    ((ILossTerm)technique).Losses(context).Select(term => ($"{technique.Name}: {term.Name}", term.Loss))
                ),
        ];
    }

    private sealed class ClassifierTask(Classifier network, Recipe recipe, ISampleSource validation) : TrainingTask
    {
        public override string Stage => "train classifier";

        public override nn.Module Network => network;

        public override Backbone Backbone => network.Backbone;

        public override string ValidationFingerprint => validation.Fingerprint;

        public override IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step) =>
            ClassifierTrainer.Losses(recipe, network, batch, step);

        public override IReadOnlyDictionary<string, double> Validate(RunContext run)
        {
            var score = Evaluate(network, validation, recipe.Augmentation.Size, run with { Progress = null });
            return new Dictionary<string, double> { ["mAP"] = score.MeanAveragePrecision, ["F1"] = score.F1 };
        }
    }
}
