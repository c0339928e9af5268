using Wsss.Data;

namespace Wsss.Figures;

/// <summary>Smaller copies to look at: never larger than what they are made of, with its proportions.</summary>
internal static class Thumbnails
{
    /// <summary>A smaller photograph, filtered.</summary>
    /// <param name="image">The photograph; given back itself where it is small enough.</param>
    /// <param name="longestSide">Most pixels of its longer side, at least 1.</param>
    public static RgbImage Of(RgbImage image, int longestSide)
    {
        var (width, height) = Resampler.Fit(image.Width, image.Height, longestSide);
        return Resampler.Resize(image, width, height);
    }

    /// <summary>A smaller class mask: each pixel has the label of the nearest one.</summary>
    /// <param name="mask">The mask; given back itself where it is small enough.</param>
    /// <param name="longestSide">Most pixels of its longer side, at least 1.</param>
    public static LabelMap Of(LabelMap mask, int longestSide)
    {
        var (width, height) = Resampler.Fit(mask.Width, mask.Height, longestSide);
        return Resampler.Nearest(mask, width, height);
    }

    /// <summary>
    /// Smaller maps in 8 bits, 255 for 1, filtered: a map that keeps its size is off by at most 1/510, a smaller one by twice that.
    /// </summary>
    /// <param name="maps">The maps of one image, in 0…1.</param>
    /// <param name="longestSide">Most pixels of their longer side, at least 1.</param>
    /// <returns>One for each of <see cref="LocalizationMaps.Classes"/>.</returns>
    public static IReadOnlyList<LabelMap> Of(LocalizationMaps maps, int longestSide)
    {
        var (width, height) = Resampler.Fit(maps.Width, maps.Height, longestSide);
        var planes = new LabelMap[maps.Classes.Count];
        for (int k = 0; k < planes.Length; k++)
        {
            ReadOnlySpan<float> map = maps.Map(k);
            var bytes = new byte[map.Length];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Math.Clamp(map[i], 0, 1) * 255 + 0.5f);
            planes[k] = Resampler.Resize(new LabelMap(maps.Width, maps.Height, bytes), width, height);
        }
        return planes;
    }
}
