using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Data;

/// <summary>The sizes, relative to its own, in which an image is shown to a network.</summary>
internal static class InputScales
{
    /// <summary>The largest scale: beyond it, memory runs out before anything is gained.</summary>
    public const double Largest = 8;

    /// <summary>Whether a scale is above 0 and at most <see cref="Largest"/>.</summary>
    public static bool IsValid(double scale) => scale is > 0 and <= Largest;

    /// <summary>Checks scales.</summary>
    /// <exception cref="RecipeException">There is none, or one is not valid.</exception>
    public static void Check(IReadOnlyList<double> scales)
    {
        if (scales.Count == 0 || !scales.All(IsValid))
            throw new RecipeException(
                $"Expected at least one scale, each above 0 and at most {Largest}; found [{string.Join(", ", scales)}]."
            );
    }

    /// <summary>
    /// Images in another size, each side rounded to at least one pixel; bilinear, edge to edge: pixel x of a side of n pixels lies at
    /// (x + ½) · n'/n − ½ of the other's n'.
    /// </summary>
    /// <param name="images">[N, 3, H, W]; stays the caller's.</param>
    /// <param name="scale">A valid scale.</param>
    /// <returns>[N, 3, scale·H, scale·W]; at scale 1 <paramref name="images"/> itself.</returns>
    public static Tensor Resize(Tensor images, double scale)
    {
        if (scale == 1) return images;
        long Scaled(long side) => Math.Max(1, (long)Math.Round(side * scale));
        long[] size = [Scaled(images.shape[2]), Scaled(images.shape[3])];
        return F.interpolate(images, size, mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
