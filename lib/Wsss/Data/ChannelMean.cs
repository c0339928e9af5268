namespace Wsss.Data;

/// <summary>The mean colour of a data set, which erasing methods paint over what they hide.</summary>
internal static class ChannelMean
{
    private const int MaxSamples = 256;

    /// <summary>Mean over the images' means, of at most 256 evenly spaced samples.</summary>
    /// <param name="source">At least one sample.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <returns>[3]: red, green and blue as the network sees them (<see cref="Normalization"/>).</returns>
    /// <exception cref="DataSetException">The source is empty.</exception>
    public static float[] Of(ISampleSource source, CancellationToken cancellation = default)
    {
        if (source.Count == 0)
            throw new DataSetException($"Expected samples to average, found none in '{source.Name}'. Choose another split.");
        int count = Math.Min(source.Count, MaxSamples);
        double[] mean = new double[3]; // of v in 0…255
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] pixels = source.Load((int)((long)i * source.Count / count)).Image.Pixels;
            for (int channel = 0; channel < 3; channel++)
            {
                long sum = 0;
                for (int at = channel; at < pixels.Length; at += 3)
                    sum += pixels[at];
                mean[channel] += sum / (pixels.Length / 3.0) / count;
            }
        }
        return [.. mean.Select((value, channel) => ((float)value / 255 - Normalization.Mean[channel]) / Normalization.Std[channel])];
    }
}
