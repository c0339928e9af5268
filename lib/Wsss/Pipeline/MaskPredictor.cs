using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Segmentation;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Pipeline;

/// <summary>Makes masks of photographs with a model's networks, which it owns.</summary>
internal abstract class MaskPredictor : IDisposable
{
    /// <summary>Loads what a model predicts with.</summary>
    /// <exception cref="WsssException">A file of the model is missing or broken.</exception>
    public static MaskPredictor Open(ModelFolder model, RunContext run) =>
        model.HasSegmenter ? new ByNetwork(model, run) : new ByMaps(model, run);

    /// <summary>Looks at an image; several threads may do so at once.</summary>
    /// <param name="id">The image's name.</param>
    /// <param name="image">The image.</param>
    /// <param name="labels">
    /// The classes that it shows, and no other is predicted; null where nobody knows: then a segmentation network tells them apart itself,
    /// and without one they are those that the classifier sees.
    /// </param>
    /// <returns>Makes the mask of what was seen, for one thread at a time.</returns>
    public abstract Func<LabelMap> Look(string id, RgbImage image, IReadOnlyList<int>? labels);

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class ByNetwork : MaskPredictor
    {
        private readonly TrainedSegmenter _trained;
        private readonly ImageSegmenter _segmenter;

        public ByNetwork(ModelFolder model, RunContext run)
        {
            _trained = model.LoadSegmenter(run);
            try
            {
                _segmenter = model.Inference!.Open(_trained.Network, run.Device);
            }
            catch
            {
                _trained.Dispose();
                throw;
            }
        }

        public override Func<LabelMap> Look(string id, RgbImage image, IReadOnlyList<int>? labels)
        {
            var mask = _segmenter.Segment(image, id, labels);
            return () => mask;
        }

        public override void Dispose()
        {
            _segmenter.Dispose();
            _trained.Dispose();
        }
    }

    private sealed class ByMaps : MaskPredictor
    {
        private readonly ModelDescription _model;
        private readonly RunContext _run;
        private readonly TrainedClassifier _classifier;
        private readonly List<MapRefiner> _refiners = [];

        public ByMaps(ModelFolder model, RunContext run)
        {
            (_model, _run, _classifier) = (model.Description, run, model.LoadClassifier(run));
            try
            {
                var context = new RefinementContext(null, new NoImages(model.ClassNames), run) { Network = _classifier.Network };
                foreach (var step in model.Refinements) _refiners.Add(step.Open(context));
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public override Func<LabelMap> Look(string id, RgbImage image, IReadOnlyList<int>? labels)
        {
            var sample = new Sample(id, image, labels ?? Seen(id, image));
            // Rounded where a study rounds them, as the threshold was chosen for such maps.
            var maps = _model.Maps.Extract(_classifier.Network, [sample], _run.Device)[0].AsStored();
            return () => ThresholdRule.Apply(
                _refiners.Aggregate(maps, (before, refiner) => refiner.Refine(image, before).AsStored()), _model.Threshold);
        }

        public override void Dispose()
        {
            foreach (var refiner in _refiners) refiner.Dispose();
            _classifier.Dispose();
        }

        private int[] Seen(string id, RgbImage image)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var logits = _classifier.Network.call(Loader.ImageTensor(image, _run.Device), null).Logits;         // [1, C]
            float[] scores = ClassScores.Of(logits, oneClassPerImage: false, [id]);
            return [.. Enumerable.Range(0, scores.Length).Where(c => scores[c] >= MultiLabelMetrics.DecisionThreshold)];
        }
    }

    /// <summary>A training split that nobody looks at: refinements that do are not kept in a model without segmentation network.</summary>
    private sealed class NoImages(IReadOnlyList<string> classNames) : ISampleSource
    {
        public string Name => "no images";

        public IReadOnlyList<string> ClassNames => classNames;

        public int Count => 0;

        public string Fingerprint => "none";

        public string Id(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public IReadOnlyList<int> Labels(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public Sample Load(int index) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}
