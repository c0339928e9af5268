using System.Numerics;

namespace Wsss.Crf;

/// <summary>Checks what callers give to a CRF.</summary>
internal static class CrfInput
{
    /// <summary>Checks an image and its unary energies.</summary>
    /// <param name="width">Width W in pixels.</param>
    /// <param name="height">Height H in pixels.</param>
    /// <param name="rgb">[H, W, 3].</param>
    /// <param name="unary">[C, H·W].</param>
    /// <param name="labels">Number C of labels.</param>
    /// <exception cref="ArgumentException">A size does not fit, or an energy is NaN or infinite.</exception>
    public static void Check(int width, int height, ReadOnlySpan<byte> rgb, ReadOnlySpan<float> unary, int labels)
    {
        if (width < 1 || height < 1 || rgb.Length != 3L * width * height)
            throw new ArgumentException($"Expected an image of {width}×{height} pixels as 3·{width}·{height} bytes, found {rgb.Length}.");
        if (unary.Length != (long)labels * width * height)
            throw new ArgumentException($"Expected {labels}·{height}·{width} unary energies [labels, height·width], found {unary.Length}.");
        RequireFinite(unary, width * height, width);
    }

    private static void RequireFinite(ReadOnlySpan<float> unary, int pixels, int width)
    {
        // x − x is 0 for finite numbers alone.
        int vectors = unary.Length / Vector<float>.Count * Vector<float>.Count;
        var sums = Vector<float>.Zero;
        for (int i = 0; i < vectors; i += Vector<float>.Count)
        {
            var values = new Vector<float>(unary[i..]);
            sums += values - values;
        }
        float sum = Vector.Sum(sums);
        foreach (float value in unary[vectors..])
            sum += value - value;
        if (sum == 0)
            return;
        int at = 0;
        while (float.IsFinite(unary[at]))
            at++;
        throw new ArgumentException(
            $"Expected finite unary energies, found {unary[at]} for label {at / pixels} at x {at % pixels % width}, y "
                + $"{at % pixels / width}. "
                + "Clip probabilities before their logarithm, as CrfUnary.FromProbabilities does."
        );
    }
}
