namespace Wsss.Crf;

/// <summary>Unary energies of a CRF: U = −log p, one row of H·W per label.</summary>
public static class CrfUnary
{
    /// <summary>The label of pixels of which nothing is known.</summary>
    public const byte Unknown = 255;

    /// <summary>What smaller probabilities are taken for, so that every energy is finite.</summary>
    public const float SmallestProbability = 1e-5f;

    /// <summary>U = −log clip(p, 1e-5, 1).</summary>
    /// <param name="probabilities">[C, H·W]; rows of a pixel need not sum to 1, as a factor per pixel does not change the CRF.</param>
    /// <returns>[C, H·W]. NaN stays NaN and is refused by the CRF.</returns>
    public static float[] FromProbabilities(ReadOnlySpan<float> probabilities)
    {
        float[] unary = new float[probabilities.Length];
        for (int i = 0; i < unary.Length; i++) unary[i] = -MathF.Log(Math.Clamp(probabilities[i], SmallestProbability, 1));
        return unary;
    }

    /// <summary>
    /// A label map that is trusted with a probability: −log confidence for the pixel's label, −log((1 − confidence)/(C − 1)) for
    /// each other one, and −log(1/C) for all labels where the map says <see cref="Unknown"/>.
    /// </summary>
    /// <param name="map">[H·W] labels 0…C − 1, or <see cref="Unknown"/>.</param>
    /// <param name="labels">Number C of labels, 1…255.</param>
    /// <param name="confidence">Probability that a label is right, in 0…1 exclusive; IRN takes 0.7.</param>
    /// <returns>[C, H·W].</returns>
    /// <exception cref="ArgumentException">A label is not below C, or the confidence lies outside its range.</exception>
    public static float[] FromLabels(ReadOnlySpan<byte> map, int labels, double confidence)
    {
        if (labels is < 1 or > Unknown)
            throw new ArgumentException($"Expected 1…{Unknown} labels, found {labels}.");
        if (!(confidence is > 0 and < 1))
            throw new ArgumentException($"Expected a confidence between 0 and 1, found {confidence}.");
        int pixels = map.Length;
        float right = (float)-Math.Log(confidence),
            wrong = (float)-Math.Log((1 - confidence) / Math.Max(1, labels - 1));
        float unknown = (float)Math.Log(labels);
        float[] unary = new float[labels * pixels];
        unary.AsSpan().Fill(wrong);
        for (int i = 0; i < pixels; i++)
        {
            int label = map[i];
            if (label == Unknown)
            {
                for (int c = 0; c < labels; c++)
                    unary[c * pixels + i] = unknown;
            }
            else if (label < labels)
            {
                unary[label * pixels + i] = right;
            }
            else
            {
                throw new ArgumentException(
                    $"Expected labels 0…{labels - 1} or {Unknown}, found {label} at pixel {i} (from 0, row by row)."
                );
            }
        }
        return unary;
    }
}
