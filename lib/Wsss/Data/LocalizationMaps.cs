namespace Wsss.Data;

/// <summary>The localization maps of one image: for each class asked for, how much each pixel belongs to it.</summary>
/// <remarks>Managed memory: produced by any extractor, accepted by any refinement, thresholded by pseudo masks.</remarks>
public sealed class LocalizationMaps
{
    /// <summary>Wraps values without copying them.</summary>
    /// <param name="id">The image's name.</param>
    /// <param name="width">Width in pixels (the image's).</param>
    /// <param name="height">Height in pixels (the image's).</param>
    /// <param name="classes">The K zero-based class indices that have a map, ascending.</param>
    /// <param name="values">K·height·width values in 0…1: [K, H, W], row by row.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public LocalizationMaps(string id, int width, int height, IReadOnlyList<int> classes, float[] values)
    {
        if (values.Length != (long)classes.Count * width * height)
            throw new ArgumentException($"Expected {classes.Count}·{height}·{width} values for the maps of '{id}', found {values.Length}.");
        (Id, Width, Height, Classes, Values) = (id, width, height, classes, values);
    }

    /// <summary>The maps as <c>MapFolder</c> keeps them: each value moved to the nearest multiple of 1/65,535.</summary>
    internal LocalizationMaps AsStored() =>
        new(Id, Width, Height, Classes, [.. ToStored().Select(number => number / (float)ushort.MaxValue)]);

    /// <summary>Each value times 65,535, rounded.</summary>
    /// <exception cref="WsssException">A value is NaN or infinite; the message names image and place.</exception>
    internal ushort[] ToStored()
    {
        int wrong = Array.FindIndex(Values, value => !float.IsFinite(value));
        if (wrong >= 0)
        {
            int area = Width * Height;
            throw new WsssException(
                $"Expected maps of numbers in 0…1, found {Values[wrong]} for '{Id}', class {Classes[wrong / area]}, at x = "
                    + $"{wrong % Width}, y = {wrong % area / Width}. "
                    + "Did the training diverge, or are the weights broken?"
            );
        }
        var numbers = new ushort[Values.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (ushort)(Math.Clamp(Values[i], 0, 1) * ushort.MaxValue + 0.5f);
        return numbers;
    }

    /// <summary>The image's name.</summary>
    public string Id { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The zero-based class indices that have a map, ascending.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>[K, H, W] in 0…1.</summary>
    public float[] Values { get; }

    /// <summary>The map of the k-th class of <see cref="Classes"/>, [H, W] row by row.</summary>
    public ReadOnlySpan<float> Map(int k) => Values.AsSpan(k * Width * Height, Width * Height);
}
