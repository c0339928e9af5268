namespace Wsss.Figures;

/// <summary>Inferno, a perceptually uniform colour map: lightness rises evenly from black over red to light yellow.</summary>
/// <remarks>
/// Polynomial of degree 6 by Matt Zucker (shadertoy.com/view/WlfXRN, CC0) fitted to matplotlib's map (van der Walt and
/// Smith, CC0); at the quarters of the range it differs from the table by
/// at most 6 of 255.
/// </remarks>
internal static class ColorMap
{
    // Coefficients of t⁰ … t⁶ for R, G, B.
    private static readonly double[][] Coefficients =
    [
        [0.0002189403691192265, 0.001651004631001012, -0.01948089843709184],
        [0.1065134194856116, 0.5639564367884091, 3.932712388889277],
        [11.60249308247187, -3.972853965665698, -15.9423941062914],
        [-41.70399613139459, 17.43639888205313, 44.35414519872813],
        [77.162935699427, -33.40235894210092, -81.80730925738993],
        [-71.31942824499214, 32.62606426397723, 73.20951985803202],
        [25.13112622477341, -12.24266895238567, -23.07032500287172],
    ];

    private static readonly byte[] Table = [.. Enumerable.Range(0, 256).SelectMany(i => Evaluate(i / 255.0))];

    /// <summary>The colour of a value.</summary>
    /// <param name="value">0…1; values outside are clamped, NaN is 0.</param>
    public static (byte R, byte G, byte B) Color(float value)
    {
        int i = value > 0 ? (int)(Math.Min(value, 1) * 255 + 0.5f) : 0;
        return (Table[3 * i], Table[3 * i + 1], Table[3 * i + 2]);
    }

    private static IEnumerable<byte> Evaluate(double t)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            double sum = 0;
            for (int power = Coefficients.Length - 1; power >= 0; power--) sum = sum * t + Coefficients[power][channel];
            yield return (byte)Math.Round(255 * Math.Clamp(sum, 0, 1));
        }
    }
}
