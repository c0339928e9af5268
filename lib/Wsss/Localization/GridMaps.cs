using System.Runtime.InteropServices;
using Wsss.Data;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>How a network's grids become maps of an image.</summary>
public static class GridMaps
{
    internal const double Smallest = 1e-30;

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
            return FromPixels(width, height, [(id, classes, sized)])[0];
        }

        /// <summary>The same of maps at the image's pixels, of several images of one size; a device's are copied at once.</summary>
        /// <param name="width">Width in pixels.</param>
        /// <param name="height">Height in pixels.</param>
        /// <param name="images">Name, classes and their maps [K, H, W], null where there is no class.</param>
        internal static IReadOnlyList<LocalizationMaps> FromPixels(
            int width, int height, IReadOnlyList<(string Id, IReadOnlyList<int> Classes, Tensor? Maps)> images)
        {
            Tensor[] present = [.. images.Select(image => image.Maps).OfType<Tensor>()];
            if (present.Length == 0) return [.. images.Select(image => new LocalizationMaps(image.Id, width, height, [], []))];
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            Tensor all = present.Length == 1 ? present[0] : cat(present);                                      // [ΣK, H, W]
            Tensor normalized = (all / all.amax([1, 2], keepdim: true).clamp_min(Smallest)).cpu().contiguous();
            int next = 0;
            return [.. images.Select(image =>
            {
                int count = image.Classes.Count * height * width;
                float[] values = MemoryMarshal.Cast<byte, float>(normalized.bytes).Slice(next, count).ToArray();
                next += count;
                return new LocalizationMaps(image.Id, width, height, image.Classes, values);
            })];
        }
    }
}
