using Wsss.Data;

namespace Wsss.Regions;

/// <summary>CIE L*a*b* of sRGB pixels under D65, in which distances are about those that people see (IEC 61966-2-1, CIE 15).</summary>
internal static class LabColour
{
    private const double Threshold = 216.0 / 24389, Slope = 24389.0 / 27;

    private static readonly double[] Linear = [.. Enumerable.Range(0, 256).Select(value => ToLinear(value / 255.0))];

    /// <summary>The colours of an image.</summary>
    /// <returns>[H, W, 3]: L in 0…100, a and b about −100…100.</returns>
    public static float[] Of(RgbImage image)
    {
        var lab = new float[image.Pixels.Length];
        for (int i = 0; i < lab.Length; i += 3)
        {
            double r = Linear[image.Pixels[i]], g = Linear[image.Pixels[i + 1]], b = Linear[image.Pixels[i + 2]];
            double x = Curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
            double y = Curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
            double z = Curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
            (lab[i], lab[i + 1], lab[i + 2]) = ((float)(116 * y - 16), (float)(500 * (x - y)), (float)(200 * (y - z)));
        }
        return lab;
    }

    private static double ToLinear(double value) => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static double Curve(double value) => value > Threshold ? Math.Cbrt(value) : (Slope * value + 16) / 116;
}
