using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>The localization maps of one image: for each class asked for, how much each pixel belongs to it.</summary>
/// <remarks>Managed memory: produced by any extractor, accepted by any refinement, thresholded by pseudo masks.</remarks>
public sealed class LocalizationMaps
{
    private const double Smallest = 1e-30;

    /// <summary>Wraps values without copying them.</summary>
    /// <param name="id">The image's name.</param>
    /// <param name="width">Width in pixels (the image's).</param>
    /// <param name="height">Height in pixels (the image's).</param>
    /// <param name="classes">The K zero-based class indices that have a map, ascending.</param>
    /// <param name="values">K·height·width values in 0…1: [K, H, W], row by row.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public LocalizationMaps(string id, int width, int height, IReadOnlyList<int> classes, float[] values)
    {
        if (values.Length != (long)classes.Count * width * height)
            throw new ArgumentException($"Expected {classes.Count}·{height}·{width} values for the maps of '{id}', found {values.Length}.");
        (Id, Width, Height, Classes, Values) = (id, width, height, classes, values);
    }

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

    /// <summary>The maps as <see cref="MapFolder"/> keeps them: each value moved to the nearest multiple of 1/65,535.</summary>
    internal LocalizationMaps AsStored() => new(Id, Width, Height, Classes, [.. ToStored().Select(number => number / (float)ushort.MaxValue)]);

    /// <summary>Each value times 65,535, rounded.</summary>
    internal ushort[] ToStored()
    {
        var numbers = new ushort[Values.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = (ushort)(Math.Clamp(Values[i], 0, 1) * ushort.MaxValue + 0.5f);
        return numbers;
    }

    /// <summary>The image's name.</summary>
    public string Id { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The zero-based class indices that have a map, ascending.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>[K, H, W] in 0…1.</summary>
    public float[] Values { get; }

    /// <summary>The map of the k-th class of <see cref="Classes"/>, [H, W] row by row.</summary>
    public ReadOnlySpan<float> Map(int k) => Values.AsSpan(k * Width * Height, Width * Height);
}
