using Wsss.Data;
using Wsss.Localization;
using Wsss.Training;

namespace Wsss.Segmentation.Thresholds;

/// <summary>What a threshold can be chosen from without masks: some images of a split, small, with their maps.</summary>
public sealed class ThresholdEvidence
{
    // More images change the choice by less than a step of the grid, and finer ones cost more than they tell.
    private const int MostImages = 60, LongestSide = 224;

    private readonly ISampleSource _chosen;

    private ThresholdEvidence(MapSource source, ISampleSource chosen, RunContext run)
    {
        (Source, _chosen, Run) = (source, chosen, run);
        Images = [.. source.Read(chosen).Select(Shrink)];
    }

    /// <summary>Images that have labels, and their maps, both averaged down to a longest side of at most 224 pixels.</summary>
    public IReadOnlyList<(Sample Sample, LocalizationMaps Maps)> Images { get; }

    /// <summary>Where the maps come from.</summary>
    public MapSource Source { get; }

    /// <summary>Device, workers, cancellation.</summary>
    public RunContext Run { get; }

    /// <summary>Takes up to 60 images of a split, evenly spread over it.</summary>
    /// <param name="maps">Stays the caller's.</param>
    /// <param name="source">Images and labels, such as the training split.</param>
    /// <param name="run">Device, workers, progress, cancellation.</param>
    /// <exception cref="DataSetException">No image has a label.</exception>
    public static ThresholdEvidence Of(MapSource maps, ISampleSource source, RunContext run)
    {
        int[] chosen = source.Spread(MostImages);
        if (chosen.Length == 0)
            throw new DataSetException($"Expected images with labels to choose a threshold on, found none in {source.Name}.");
        return new ThresholdEvidence(maps, new Subset(source, chosen), run);
    }

    /// <summary>The maps of the same images, in their order, if the classifiers' were read in another way; refined as these.</summary>
    /// <param name="rule">Who asks, for the message.</param>
    /// <param name="inference">How the classifiers' maps are read.</param>
    /// <exception cref="RecipeException">Nobody knows the classifier.</exception>
    internal IEnumerable<LocalizationMaps> SeenBy(MaskFreeRule rule, MapInference inference)
    {
        ClassifierFor(rule);
        return Source.ReadOtherwise(_chosen, inference).Select(item => Shrink(item).Maps);
    }

    /// <summary>Both averaged over squares of as many pixels as make the longest side small enough.</summary>
    private static (Sample Sample, LocalizationMaps Maps) Shrink((Sample Sample, LocalizationMaps Maps) item)
    {
        var (sample, maps) = item;
        int side = (Math.Max(maps.Width, maps.Height) + LongestSide - 1) / LongestSide;
        if (side <= 1)
            return item;
        int width = Math.Max(1, maps.Width / side),
            height = Math.Max(1, maps.Height / side);
        var pixels = new byte[3 * width * height];
        var values = new float[maps.Classes.Count * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    int from = channel;
                    pixels[3 * (y * width + x) + channel] = (byte)(
                        Mean(x, y, (row, column) => sample.Image.Pixels[3 * (row * maps.Width + column) + from]) + 0.5f
                    );
                }
                for (int k = 0; k < maps.Classes.Count; k++)
                {
                    int start = k * maps.Width * maps.Height;
                    values[(k * height + y) * width + x] = Mean(x, y, (row, column) => maps.Values[start + row * maps.Width + column]);
                }
            }
        }
        return (
            sample with
            {
                Image = new RgbImage(width, height, pixels),
            },
            new LocalizationMaps(maps.Id, width, height, maps.Classes, values)
        );

        float Mean(int x, int y, Func<int, int, float> at)
        {
            float sum = 0;
            int bottom = Math.Min(maps.Height, (y + 1) * side),
                right = Math.Min(maps.Width, (x + 1) * side);
            for (int row = y * side; row < bottom; row++)
                for (int column = x * side; column < right; column++)
                    sum += at(row, column);
            return sum / ((bottom - y * side) * (right - x * side));
        }
    }

    /// <summary>The first classifier that made the maps.</summary>
    /// <param name="rule">Who asks, for the message.</param>
    /// <exception cref="RecipeException">Nobody knows it.</exception>
    internal TrainedClassifier ClassifierFor(MaskFreeRule rule) =>
        Source.Classifiers.FirstOrDefault()
        ?? throw new RecipeException(
            $"Threshold rule {rule.Name}: expected maps whose classifier is known, found another program's. Choose a rule that needs "
                + "maps alone."
        );
}
