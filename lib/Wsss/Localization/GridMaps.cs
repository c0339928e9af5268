using Wsss.Data;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>How a network's grids become maps of an image.</summary>
public static class GridMaps
{
    private const double Smallest = 1e-30;

    extension(LocalizationMaps)
    {
        /// <summary>
        /// Brings maps to the image's pixels (bilinear) and divides each class's by its maximum. Gradients have no scale of
        /// their own: on early layers they are tiny, and no less evidence for it; only a map without any evidence stays 0.
        /// </summary>
        /// <param name="id">The image's name.</param>
        /// <param name="width">Width in pixels (the image's).</param>
        /// <param name="height">Height in pixels (the image's).</param>
        /// <param name="classes">The K zero-based class indices, ascending.</param>
        /// <param name="maps">[K, h, w] float32, not negative; stays the caller's.</param>
        /// <param name="cells">
        /// Where their cells lie in the image: for a network's maps what <see cref="MapExtractor.Cells"/> or <see cref="Backbone.Cells"/>
        /// says. Null where they divide the image evenly, as the pixels of the image in another size do.
        /// </param>
        public static LocalizationMaps FromTensor(
            string id, int width, int height, IReadOnlyList<int> classes, Tensor maps, CellGeometry? cells = null)
        {
            if (classes.Count == 0) return new LocalizationMaps(id, width, height, [], []);
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            CellGeometry places = cells ?? CellGeometry.Even(maps.shape[1], maps.shape[2], height, width);
            Tensor sized = CellSampling.AtPixels(maps.unsqueeze(0).clone(), places, height, width).squeeze(0);
            Tensor normalized = sized / sized.amax([1, 2], keepdim: true).clamp_min(Smallest);                 // [K, H, W]
            return new LocalizationMaps(id, width, height, classes, normalized.cpu().contiguous().data<float>().ToArray());
        }
    }
}
