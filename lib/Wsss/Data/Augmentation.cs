using System.Numerics;

namespace Wsss.Data;

/// <summary>
/// What training does to an image before the network sees it: a random crop resized to a fixed square, a horizontal flip,
/// colour jitter. <see cref="Resize"/> is the form for evaluation.
/// </summary>
/// <remarks>
/// Crop and jitter follow torchvision's <c>RandomResizedCrop</c> and <c>ColorJitter</c>, except that jitter keeps one order
/// (brightness, contrast, saturation) and does not round in between. Planes share the image's geometry, soft ones its filter
/// too; the crop lies inside the image, so nothing needs to be filled in.
/// </remarks>
public sealed record Augmentation
{
    private const int CropAttempts = 10;

    /// <summary>Side of the square result in pixels, at least 1.</summary>
    public int Size { get; init; } = 225;

    /// <summary>True cuts out a random part; false resizes the whole image, whatever its aspect ratio.</summary>
    public bool Crop { get; init; } = true;

    /// <summary>Smallest part of the image's area that a crop may have, above 0.</summary>
    public double MinScale { get; init; } = 0.3;

    /// <summary>Largest part of the image's area that a crop may have, at most 1.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>Smallest width / height of a crop, above 0.</summary>
    public double MinRatio { get; init; } = 3.0 / 4;

    /// <summary>Largest width / height of a crop.</summary>
    public double MaxRatio { get; init; } = 4.0 / 3;

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Brightness is multiplied by 1 − this … 1 + this; in 0…1.</summary>
    public double Brightness { get; init; } = 0.3;

    /// <summary>Distance from the image's mean grey is multiplied by 1 − this … 1 + this; in 0…1.</summary>
    public double Contrast { get; init; } = 0.3;

    /// <summary>Distance from the pixel's grey is multiplied by 1 − this … 1 + this; in 0…1.</summary>
    public double Saturation { get; init; } = 0.3;

    /// <summary>The whole image resized to a square, nothing random.</summary>
    /// <param name="size">Side in pixels, at least 1.</param>
    public static Augmentation Resize(int size) =>
        new() { Size = size, Crop = false, FlipProbability = 0, Brightness = 0, Contrast = 0, Saturation = 0 };

    /// <summary>Checks that each option lies in its range.</summary>
    /// <exception cref="RecipeException">One does not; the message names it.</exception>
    public void Validate()
    {
        Require(Size >= 1, $"{nameof(Size)} of at least 1 pixel", Size);
        Require(
            MinScale > 0 && MinScale <= MaxScale && MaxScale <= 1,
            $"0 < {nameof(MinScale)} ≤ {nameof(MaxScale)} ≤ 1",
            (MinScale, MaxScale)
        );
        Require(MinRatio > 0 && MinRatio <= MaxRatio, $"0 < {nameof(MinRatio)} ≤ {nameof(MaxRatio)}", (MinRatio, MaxRatio));
        Require(FlipProbability is >= 0 and <= 1, $"{nameof(FlipProbability)} in 0…1", FlipProbability);
        Require(Brightness is >= 0 and <= 1, $"{nameof(Brightness)} in 0…1", Brightness);
        Require(Contrast is >= 0 and <= 1, $"{nameof(Contrast)} in 0…1", Contrast);
        Require(Saturation is >= 0 and <= 1, $"{nameof(Saturation)} in 0…1", Saturation);
    }

    /// <summary>Applies the options; the same sample and random stream give the same bits.</summary>
    /// <param name="sample">The sample; it is not changed.</param>
    /// <param name="random">Where all randomness comes from.</param>
    internal PreparedSample Apply(Sample sample, SeededRandom random) => Apply(sample, random, count => new float[count]);

    internal PreparedSample Apply(Sample sample, SeededRandom random, Func<int, float[]> allocate)
    {
        PixelRect crop = Crop ? ChooseCrop(sample.Image, random) : new PixelRect(0, 0, sample.Image.Width, sample.Image.Height);
        bool flip = random.Chance(FlipProbability);
        float[] image = allocate(3 * Size * Size);
        Span<float> planar = image.AsSpan(0, 3 * Size * Size);
        Resampler.Triangle(sample.Image, crop, Size, Size, flip, planar);
        Jitter(planar, random);
        PreparedSample.Normalize(planar);
        return PreparedSample.Of(
            sample, Size, Size, image,
            soft => Resampler.Triangle(soft, crop, Size, Size, flip), labels => Resampler.Nearest(labels, crop, Size, Size, flip));
    }

    private static void Require(bool holds, string expected, object found)
    {
        if (!holds) throw new RecipeException($"Expected an augmentation with {expected}, found {found}. Change the option.");
    }

    private PixelRect ChooseCrop(RgbImage image, SeededRandom random)
    {
        (int width, int height) = (image.Width, image.Height);
        for (int attempt = 0; attempt < CropAttempts; attempt++)
        {
            double area = (double)width * height * random.NextDouble(MinScale, MaxScale);
            double ratio = Math.Exp(random.NextDouble(Math.Log(MinRatio), Math.Log(MaxRatio)));
            int w = (int)Math.Round(Math.Sqrt(area * ratio));
            int h = (int)Math.Round(Math.Sqrt(area / ratio));
            if (w >= 1 && h >= 1 && w <= width && h <= height)
                return new PixelRect(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
        }
        // A very long image: the largest central crop with a permitted ratio.
        double allowed = Math.Clamp((double)width / height, MinRatio, MaxRatio);
        int cropWidth = Math.Clamp((int)Math.Round(height * allowed), 1, width);
        int cropHeight = Math.Clamp((int)Math.Round(width / allowed), 1, height);
        return new PixelRect((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
    }

    private void Jitter(Span<float> planar, SeededRandom random)
    {
        // The numbers are drawn even where they have no effect, so that one option does not shift the others' randomness.
        float brightness = Factor(Brightness, random);
        float contrast = Factor(Contrast, random);
        float saturation = Factor(Saturation, random);
        int plane = planar.Length / 3;
        Span<float> red = planar[..plane], green = planar.Slice(plane, plane), blue = planar[(2 * plane)..];
        if (Brightness > 0)
        {
            for (int i = 0; i < planar.Length; i += Lanes.Count) Lanes.Write(Clamp(brightness * Lanes.Read(planar, i)), planar, i);
        }
        if (Contrast > 0)
        {
            var mean = new Vector<float>(MeanGrey(red, green, blue));
            for (int i = 0; i < planar.Length; i += Lanes.Count)
                Lanes.Write(Clamp(mean + contrast * (Lanes.Read(planar, i) - mean)), planar, i);
        }
        if (Saturation > 0)
        {
            for (int i = 0; i < plane; i += Lanes.Count)
            {
                Vector<float> r = Lanes.Read(red, i), g = Lanes.Read(green, i), b = Lanes.Read(blue, i), grey = Grey(r, g, b);
                Lanes.Write(Clamp(grey + saturation * (r - grey)), red, i);
                Lanes.Write(Clamp(grey + saturation * (g - grey)), green, i);
                Lanes.Write(Clamp(grey + saturation * (b - grey)), blue, i);
            }
        }
    }

    private static float MeanGrey(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue)
    {
        double sum = 0;
        for (int i = 0; i < red.Length; i += Lanes.Count)
        {
            Vector<float> grey = Grey(Lanes.Read(red, i), Lanes.Read(green, i), Lanes.Read(blue, i));
            // One after the other, so that the sum does not depend on how many there are.
            for (int lane = 0; lane < Math.Min(Lanes.Count, red.Length - i); lane++) sum += grey[lane];
        }
        return (float)(sum / red.Length);
    }

    private static float Factor(double strength, SeededRandom random) => (float)random.NextDouble(1 - strength, 1 + strength);

    private static Vector<float> Clamp(Vector<float> values) =>
        Vector.Min(Vector.Max(values, Vector<float>.Zero), new Vector<float>(byte.MaxValue));

    // ITU-R BT.601 luma, as PIL's conversion to grey.
    private static Vector<float> Grey(Vector<float> red, Vector<float> green, Vector<float> blue) =>
        0.299f * red + 0.587f * green + 0.114f * blue;
}
