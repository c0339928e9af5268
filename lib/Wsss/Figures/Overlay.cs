using Wsss.Data;

namespace Wsss.Figures;

/// <summary>Makes pictures of maps and masks, alone or over their image; one pixel per pixel.</summary>
/// <remarks>Maps are coloured by <see cref="ColorMap"/>, masks by PASCAL VOC's palette.</remarks>
public static class Overlay
{
    /// <summary>How much of a map's colour covers the image.</summary>
    public const float HeatOpacity = 0.6f;

    /// <summary>How much of a class's colour covers the image inside its outline.</summary>
    public const float MaskOpacity = 0.5f;

    /// <summary>One map of an image, in colour.</summary>
    /// <param name="maps">The image's maps, 0…1.</param>
    /// <param name="k">Which of <see cref="LocalizationMaps.Classes"/>.</param>
    public static RgbImage Heat(LocalizationMaps maps, int k)
    {
        ReadOnlySpan<float> map = maps.Map(k);
        var pixels = new byte[3 * map.Length];
        for (int i = 0; i < map.Length; i++) Set(pixels, i, ColorMap.Color(map[i]));
        return new RgbImage(maps.Width, maps.Height, pixels);
    }

    /// <summary>One map over its image: bright where the map is high, dark where it is low.</summary>
    /// <param name="image">The image.</param>
    /// <param name="maps">Its maps, 0…1, of the same size.</param>
    /// <param name="k">Which of <see cref="LocalizationMaps.Classes"/>.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static RgbImage Heat(RgbImage image, LocalizationMaps maps, int k)
    {
        RequireSize(image, maps.Width, maps.Height);
        return Blend(image, Heat(maps, k), _ => HeatOpacity);
    }

    /// <summary>A mask in its classes' colours; background is black.</summary>
    /// <param name="mask">0 background, c + 1 for class c, 255 ignore.</param>
    public static RgbImage Mask(LabelMap mask)
    {
        var pixels = new byte[3 * mask.Values.Length];
        for (int i = 0; i < mask.Values.Length; i++) Set(pixels, i, VocPalette.Color(mask.Values[i]));
        return new RgbImage(mask.Width, mask.Height, pixels);
    }

    /// <summary>A mask over its image: tinted inside, with an opaque outline; background stays as it is.</summary>
    /// <param name="image">The image.</param>
    /// <param name="mask">Its mask, of the same size.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static RgbImage Mask(RgbImage image, LabelMap mask)
    {
        RequireSize(image, mask.Width, mask.Height);
        int thickness = 1 + Math.Max(mask.Width, mask.Height) / 256; // still to be seen when a large picture is reduced
        return Blend(image, Mask(mask), i => mask.Values[i] == 0 ? 0 : IsOutline(mask, i, thickness) ? 1 : MaskOpacity);
    }

    private static bool IsOutline(LabelMap mask, int i, int thickness)
    {
        byte[] values = mask.Values;
        int x = i % mask.Width, y = i / mask.Width, row = mask.Width;
        for (int d = 1; d <= thickness; d++)
        {
            if ((x >= d && values[i - d] != values[i]) || (x < mask.Width - d && values[i + d] != values[i]) ||
                (y >= d && values[i - d * row] != values[i]) || (y < mask.Height - d && values[i + d * row] != values[i])) return true;
        }
        return false;
    }

    private static RgbImage Blend(RgbImage image, RgbImage cover, Func<int, float> opacity)
    {
        var pixels = new byte[image.Pixels.Length];
        for (int i = 0; i < pixels.Length / 3; i++)
        {
            float alpha = opacity(i);
            for (int j = 3 * i; j < 3 * i + 3; j++)
                pixels[j] = (byte)(image.Pixels[j] + alpha * (cover.Pixels[j] - image.Pixels[j]) + 0.5f);
        }
        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static void Set(byte[] pixels, int i, (byte R, byte G, byte B) color) =>
        (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = color;

    private static void RequireSize(RgbImage image, int width, int height)
    {
        if (width != image.Width || height != image.Height)
            throw new ArgumentException($"Expected an overlay of the image's size {image.Width}×{image.Height}, found {width}×{height}.");
    }
}
