namespace Wsss.Data;

/// <summary>
/// The one rule that turns maps into labels: a pixel takes the class with the largest score if that score is at least
/// the threshold, and is background otherwise. Equivalent to an argmax over the maps and a constant background score t
/// in which ties go to the foreground.
/// </summary>
/// <remarks>
/// Scores and thresholds are both float32, so that 0.7 in a map and 0.7 as a threshold are the same number. Between
/// equal maps the lower class index wins; NaN is never foreground.
/// </remarks>
public static class ThresholdRule
{
    /// <summary>The thresholds that curves and searches look at: 0.01, 0.02, … 0.99.</summary>
    public static IReadOnlyList<float> Grid { get; } = [.. Enumerable.Range(1, 99).Select(i => (float)(i / 100.0))];

    /// <summary>Whether a score is foreground at a threshold: score ≥ threshold.</summary>
    /// <param name="score">A map's value, 0…1.</param>
    /// <param name="threshold">The background score t, 0…1.</param>
    public static bool IsForeground(float score, float threshold) => score >= threshold;

    /// <summary>The largest map at each pixel.</summary>
    /// <param name="maps">The maps of one image.</param>
    /// <param name="score">Receives the largest value per pixel, [H·W]; −∞ where there is no map or only NaN.</param>
    /// <param name="label">Receives its label per pixel, class + 1, [H·W]; 0 where there is no map or only NaN.</param>
    /// <exception cref="ArgumentException">A span has another length than H·W, or a class does not fit into a label.</exception>
    public static void Strongest(LocalizationMaps maps, Span<float> score, Span<byte> label)
    {
        int pixels = maps.Width * maps.Height;
        if (score.Length != pixels || label.Length != pixels)
            throw new ArgumentException(
                $"Expected spans of {pixels} pixels for the maps of '{maps.Id}', found {score.Length} and {label.Length}."
            );
        score.Fill(float.NegativeInfinity);
        label.Clear();
        for (int k = 0; k < maps.Classes.Count; k++)
        {
            int value = maps.Classes[k] + 1;
            if (value is < 1 or >= LabelMap.Ignore)
                throw new ArgumentException(
                    $"Expected classes 0…{LabelMap.Ignore - 2} in the maps of '{maps.Id}', found {maps.Classes[k]}."
                );
            ReadOnlySpan<float> map = maps.Map(k);
            for (int i = 0; i < map.Length; i++)
            {
                if (!(map[i] > score[i]))
                    continue;
                score[i] = map[i];
                label[i] = (byte)value;
            }
        }
    }

    /// <summary>Applies the rule to every pixel.</summary>
    /// <param name="maps">The maps of the classes that may appear.</param>
    /// <param name="threshold">The background score t, 0…1.</param>
    /// <param name="ignoreBand">
    /// b in 0…1: scores from t·(1 − b) on and below t + b·(1 − t) are too near to the threshold to say, and become
    /// <see cref="LabelMap.Ignore"/>. 0: every pixel is labelled.
    /// </param>
    /// <returns>A class mask of the maps' size: 0 background, c + 1 for class c.</returns>
    /// <exception cref="ArgumentException">A class does not fit into a label.</exception>
    public static LabelMap Apply(LocalizationMaps maps, float threshold, double ignoreBand = 0)
    {
        float sure = (float)(threshold + ignoreBand * (1 - threshold)), background = (float)(threshold - ignoreBand * threshold);
        var score = new float[maps.Width * maps.Height];
        var label = new byte[score.Length];
        Strongest(maps, score, label);
        for (int i = 0; i < label.Length; i++)
            if (!IsForeground(score[i], sure)) label[i] = IsForeground(score[i], background) ? LabelMap.Ignore : (byte)0;
        return new LabelMap(maps.Width, maps.Height, label);
    }
}
