using System.Collections.ObjectModel;
using System.Numerics;

namespace Wsss.Data;

/// <summary>A sample as a network takes it, still in managed memory.</summary>
/// <param name="Id">Name of the image.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Image">[3, H, W] float32, normalised by <see cref="Normalization"/>; may be longer than 3·H·W.</param>
/// <param name="Labels">Zero-based indices of the classes present, ascending.</param>
internal sealed record PreparedSample(string Id, int Width, int Height, float[] Image, IReadOnlyList<int> Labels)
{
    /// <summary>The planes of <see cref="PlaneKind.Soft"/> by name, each [H, W] float32 in 0…1.</summary>
    public IReadOnlyDictionary<string, float[]> SoftPlanes { get; init; } = ReadOnlyDictionary<string, float[]>.Empty;

    /// <summary>The planes of <see cref="PlaneKind.Labels"/> by name, each [H, W].</summary>
    public IReadOnlyDictionary<string, byte[]> LabelPlanes { get; init; } = ReadOnlyDictionary<string, byte[]>.Empty;

    // (v/255 − mean) / std for the 256 values of each channel, [3, 256].
    private static readonly float[] NormalizedBytes = NormalizeBytes();

    /// <summary>The sample at its own size, only normalised.</summary>
    public static PreparedSample Unchanged(Sample sample) => Unchanged(sample, count => new float[count]);

    internal static PreparedSample Unchanged(Sample sample, Func<int, float[]> allocate)
    {
        (int width, int height) = (sample.Image.Width, sample.Image.Height);
        float[] image = allocate(3 * width * height);
        Normalize(sample.Image, image);
        return Of(sample, width, height, image, soft => [.. soft.Values.Select(value => value / 255f)], labels => labels.Values);
    }

    /// <summary>The sample with its image and all its planes made ready.</summary>
    internal static PreparedSample Of(
        Sample sample, int width, int height, float[] image, Func<LabelMap, float[]> soft, Func<LabelMap, byte[]> labels)
    {
        return new PreparedSample(sample.Id, width, height, image, sample.Labels)
        {
            SoftPlanes = Each(PlaneKind.Soft, soft),
            LabelPlanes = Each(PlaneKind.Labels, labels),
        };

        Dictionary<string, T> Each<T>(PlaneKind kind, Func<LabelMap, T> prepare) =>
            sample.Planes.Where(plane => plane.Value.Kind == kind).ToDictionary(plane => plane.Key, plane => prepare(plane.Value.Values));
    }

    /// <summary>Fills <paramref name="planar"/>, [3, H, W], with the normalised pixels.</summary>
    internal static void Normalize(RgbImage image, Span<float> planar)
    {
        int plane = image.Width * image.Height;
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> table = NormalizedBytes.AsSpan(256 * channel, 256);
            Span<float> target = planar.Slice(channel * plane, plane);
            for (int i = 0; i < plane; i++) target[i] = table[image.Pixels[3 * i + channel]];
        }
    }

    private static float[] NormalizeBytes()
    {
        float[] planar = [.. Enumerable.Range(0, 3 * 256).Select(i => (float)(i % 256))];
        Normalize(planar);
        return planar;
    }

    /// <summary>Normalises [3, H, W] from 0…255 in place.</summary>
    internal static void Normalize(Span<float> planar)
    {
        int plane = planar.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            var (mean, std) = (new Vector<float>(Normalization.Mean[channel]), new Vector<float>(Normalization.Std[channel]));
            Span<float> values = planar.Slice(channel * plane, plane);
            for (int i = 0; i < plane; i += Lanes.Count)
                Lanes.Write((Lanes.Read(values, i) / new Vector<float>(byte.MaxValue) - mean) / std, values, i);
        }
    }
}
