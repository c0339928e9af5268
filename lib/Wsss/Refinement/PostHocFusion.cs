using Wsss.Data;

namespace Wsss.Refinement;

/// <summary>
/// Saliency joined with finished maps, without any training: what SaliencyFusion (Sharpening) has to beat. M_c is the map of
/// a class and S the saliency of the image, both in 0…1.
/// </summary>
internal static class PostHocFusion
{
    private const float Full = byte.MaxValue;

    /// <summary>M_c · S: only what is salient remains.</summary>
    /// <param name="maps">The maps of one image.</param>
    /// <param name="saliency">Its saliency, of the maps' size, 255 for 1.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static LocalizationMaps Product(LocalizationMaps maps, LabelMap saliency) => Fuse(maps, saliency, (m, s) => m * s);

    /// <summary>(M_c + S) / 2.</summary>
    /// <inheritdoc cref="Product"/>
    public static LocalizationMaps Average(LocalizationMaps maps, LabelMap saliency) => Fuse(maps, saliency, (m, s) => (m + s) / 2);

    /// <summary>
    /// M_c / (M_c + 1 − S), the class against a background of 1 − S: at threshold ½ a pixel takes the strongest class if that is at
    /// least 1 − S; threshold t multiplies the background with t / (1 − t). 0 where the class has no evidence.
    /// </summary>
    /// <inheritdoc cref="Product"/>
    public static LocalizationMaps AgainstBackground(LocalizationMaps maps, LabelMap saliency) =>
        Fuse(maps, saliency, (m, s) => m > 0 ? m / (m + (1 - s)) : 0);

    /// <summary>
    /// max(M_c, S) for the class that is stronger than all others at a pixel; the others keep M_c, as saliency alone names no class.
    /// </summary>
    /// <inheritdoc cref="Product"/>
    public static LocalizationMaps Max(LocalizationMaps maps, LabelMap saliency)
    {
        LocalizationMaps fused = Fuse(maps, saliency, (m, _) => m);
        int pixels = maps.Width * maps.Height;
        for (int i = 0; i < pixels; i++)
        {
            int strongest = -1;
            float most = float.NegativeInfinity;
            for (int at = i; at < fused.Values.Length; at += pixels)
            {
                if (fused.Values[at] > most) (strongest, most) = (at, fused.Values[at]);
                else if (fused.Values[at] == most) strongest = -1;
            }
            if (strongest >= 0) fused.Values[strongest] = Math.Max(most, saliency.Values[i] / Full);
        }
        return fused;
    }

    private static LocalizationMaps Fuse(LocalizationMaps maps, LabelMap saliency, Func<float, float, float> rule)
    {
        if ((saliency.Width, saliency.Height) != (maps.Width, maps.Height))
        {
            throw new ArgumentException(
                $"Expected a saliency map of {maps.Width}×{maps.Height} pixels, as the maps of '{maps.Id}', found "
                    + $"{saliency.Width}×{saliency.Height}."
            );
        }
        var values = new float[maps.Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = rule(maps.Values[i], saliency.Values[i % saliency.Values.Length] / Full);
        return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, values);
    }
}
