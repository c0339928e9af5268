using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Segmentation;

/// <summary>
/// Trains a segmentation network on the targets of a source (pseudo masks, or drawn ones for the ceiling) by pixel-wise
/// cross-entropy that skips label 255, or takes it from the store when the same was trained before.
/// </summary>
public static class SegmenterTrainer
{
    /// <summary>Trains by the recipe, or loads what it gave before.</summary>
    /// <param name="recipe">How to train.</param>
    /// <param name="train">Images and the masks to learn from.</param>
    /// <param name="validation">
    /// What each epoch is reported on: mIoU on the images that have masks; where none has, F1 of the classes that predicted masks show
    /// against the labels. With patience it says when training ends and which epoch's weights are kept; else nothing is chosen by it.
    /// </param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The network in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="RecipeException">The recipe cannot be, or the loss diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static TrainedSegmenter Train(SegmenterRecipe recipe, TargetSource train, IMaskedSource validation, RunContext run)
    {
        recipe.Validate();
        int classes = train.ClassNames.Count;
        var (network, trained, history, folder) = StoredTraining.TrainOrLoad(
            () => Create(recipe, classes), (network, _) => new SegmenterTask(network, train.Name, validation), recipe, train, run);
        return new TrainedSegmenter(network, train.ClassNames, trained, history, folder);
    }

    private static DeepLab Create(SegmenterRecipe recipe, int classes)
    {
        var backbone = recipe.Backbone.Create(classes);
        try
        {
            return new DeepLab(backbone, classes, recipe.Head);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <summary>The mean over known pixels of −log softmax(logits) at their labels; 0 where no pixel is known.</summary>
    /// <param name="logits">Float [N, C + 1, H, W].</param>
    /// <param name="labels">Int64 [N, H, W], <see cref="LabelMap.Ignore"/> where not known.</param>
    internal static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        var sum = F.cross_entropy(logits, labels, ignore_index: LabelMap.Ignore, reduction: nn.Reduction.Sum);
        return sum / labels.ne(LabelMap.Ignore).sum().clamp_min(1).to(sum.dtype);
    }

    internal sealed class SegmenterTask(DeepLab network, string trainName, IMaskedSource validation) : TrainingTask
    {
        private const int SmallestShare = 200;

        public override string Stage => $"train segmentation network on {trainName}";

        public override nn.Module Network => network;

        public override Backbone Backbone => network.Backbone;

        public override string ValidationFingerprint => (validation.WithMasks() ?? validation).Fingerprint;

        public override IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step)
        {
            var logits = network.call(batch.Images);                                              // [N, C + 1, H, W]
            return [("cross-entropy", CrossEntropy(logits, batch.Planes[TargetSource.Plane]))];
        }

        /// <summary>Of the known pixels, over which the loss is a mean.</summary>
        public override double ShareOf(Batch part, Batch whole)
        {
            long known = Known(whole);
            return known == 0 ? base.ShareOf(part, whole) : (double)Known(part) / known;

            static long Known(Batch batch)
            {
                using var scope = NewDisposeScope();
                return batch.Planes[TargetSource.Plane].ne(LabelMap.Ignore).sum().item<long>();
            }
        }

        public override IReadOnlyDictionary<string, double> Validate(RunContext run)
        {
            var inference = new SegmentationInference { Flip = false };
            var silent = run with { Progress = null };
            if (validation.WithMasks() is not { } masked)
                return new Dictionary<string, double>
                {
                    ["label F1"] = LabelF1(inference.Run(network, validation, silent)),
                };
            var confusion = new ConfusionMatrix(masked.ClassNames.Count + 1);
            if (run.Device.type == DeviceType.CPU)
            {
                foreach (var (sample, mask) in inference.Run(network, masked, silent))
                    confusion.Add(masked.Mask(masked.IndexOf(sample.Id)), mask);
            }
            else
            {
                using var segmenter = inference.Open(network, run.Device);
                foreach (var sample in Prefetch.Samples(masked, run))
                {
                    run.Cancellation.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    var truth = masked.Mask(masked.IndexOf(sample.Id));
                    // Counted where the prediction is.
                    var onDevice = tensor(truth.Values, [1, truth.Height, truth.Width]).SentTo(run.Device);
                    confusion.Add(onDevice, segmenter.Labels(sample.Image, sample.Id));
                }
            }
            return new Dictionary<string, double> { ["mIoU"] = confusion.MeanIoU };
        }

        /// <summary>F1 of the classes that masks show; a class is shown from 1/200 of the image on.</summary>
        private double LabelF1(IEnumerable<(Sample Sample, LabelMap Mask)> predictions)
        {
            int classes = validation.ClassNames.Count;
            List<float> shown = []; // [N, C]
            List<IReadOnlyList<int>> labels = [];
            foreach (var (sample, mask) in predictions)
            {
                var pixels = mask.Values.CountBy(value => value).ToDictionary();
                shown.AddRange(
                    Enumerable
                        .Range(1, classes)
                        .Select(label => SmallestShare * pixels.GetValueOrDefault((byte)label) >= mask.Values.Length ? 1f : 0)
                );
                labels.Add(sample.Labels);
            }
            return MultiLabelMetrics.Compute(shown.ToArray(), labels, classes).F1;
        }
    }
}
