using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// Any network as a <see cref="Classifier"/> that <see cref="Explainer"/>, <see cref="MapInference"/> and the extractors take. It is given
/// as two functions, one up to the features that the maps are of and one from there to the scores; they may call any module.
/// </summary>
/// <remarks>
/// Such a classifier has one layer, <c>features</c>, and no class activation maps of its own: extractors that read gradients, such as
/// <see cref="GradCam"/>, and <see cref="EigenCam"/> explain it. The modules stay the caller's, who puts them into evaluation mode and on
/// the device.
/// </remarks>
/// <example><code>
/// using var network = ModuleClassifier.Of(x => trunk.call(x), a => head.call(a.mean([2, 3])), ["cat", "dog"], stride: 32);
/// var explainer = new Explainer { Maps = new MapInference { Extractor = new GradCam() } };
/// foreach (var explanation in explainer.Explain(network, photographs, [0], CPU)) Show(explanation.Maps);
/// </code></example>
public static class ModuleClassifier
{
    /// <summary>Joins the functions.</summary>
    /// <param name="features">
    /// [N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/> → [N, K, h, w], for images of any size.
    /// </param>
    /// <param name="scores">[N, K, h, w] → [N, C], one score per class, differentiable.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="stride">Image pixels from one cell of the features to the next.</param>
    /// <param name="offset">
    /// Pixel of the first cell's middle: 0 for convolutions with odd kernels, padded alike on both sides; (stride − 1) / 2 for patches.
    /// </param>
    /// <returns>The caller owns it; disposing it leaves the modules alone.</returns>
    /// <exception cref="RecipeException">No class, or a stride below 1. Later: a function gives another shape than it should.</exception>
    public static Classifier Of(
        Func<Tensor, Tensor> features, Func<Tensor, Tensor> scores, IReadOnlyList<string> classNames, int stride, double offset = 0)
    {
        if (classNames.Count == 0 || stride < 1)
            throw new RecipeException($"Expected at least one class and a stride of at least 1, found {classNames.Count} and {stride}.");
        TorchRuntime.EnsureLoaded();
        var axis = new CellAxis(offset, stride);
        var trunk = new Features(features, new CellGeometry(axis, axis), stride);
        return new Classifier(trunk, new Scores(scores, classNames.Count), classNames);
    }

    private static string Words(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private sealed class Features(Func<Tensor, Tensor> features, CellGeometry cells, int stride) : Backbone("network")
    {
        private int _channels;

        public override IReadOnlyList<string> Layers { get; } = ["features"];

        public override IReadOnlyList<string> StageEnds => Layers;

        public override IReadOnlyList<int> StageChannels => [Channels];

        /// <summary>As the last image had; 0 before the first one.</summary>
        public override int Channels => _channels;

        public override int OutputStride => stride;

        public override CellGeometry CellsOf(int layer, long height, long width) => cells;

        protected override Activation RunLayer(int index, Activation x)
        {
            Tensor grid = features(x.Grid);
            if (grid.Dimensions != 4 || grid.shape[0] != x.Grid.shape[0])
            {
                throw new RecipeException(
                    $"Expected features [{x.Grid.shape[0]}, K, h, w] of images {Words(x.Grid)}, found {Words(grid)}.");
            }
            _channels = (int)grid.shape[1];
            return ReferenceEquals(grid, x.Grid) ? x : new Activation(grid);
        }
    }

    private sealed class Scores(Func<Tensor, Tensor> scores, int classes) : ClassifierHead("scores")
    {
        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            Tensor logits = scores(features.Grid);
            long count = features.Grid.shape[0];
            if (!logits.shape.SequenceEqual([count, classes]))
                throw new RecipeException($"Expected scores [{count}, {classes}] of the named classes, found {Words(logits)}.");
            return new HeadOutput(features.Grid.new_empty([count, classes, 0, 0]), logits, [logits]);
        }
    }
}
