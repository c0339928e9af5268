using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Notebooks.Tests.Reviews;

/// <summary>
/// Drawn images of up to two soft blobs, with their maps: every eighth has both classes, every eleventh none, the first is large.
/// </summary>
internal sealed class Blobs(int count, params string[] classNames) : ISampleSource
{
    public string Name => "blobs";

    public IReadOnlyList<string> ClassNames => classNames;

    public int Count => count;

    public string Fingerprint => ArtifactStore.Key(["blobs", $"{count}", .. classNames]);

    public string Id(int index) => $"blob {index:D4}";

    public IReadOnlyList<int> Labels(int index) => index % 11 == 10 ? [] : index % 8 == 0 ? [0, 1] : [index % 2];

    public Sample Load(int index)
    {
        var (width, height) = Size(index);
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(60 + 40 * (i % 3) + index % 60 + i / 3 % width);
        return new Sample(Id(index), new RgbImage(width, height, pixels), Labels(index));
    }

    public LocalizationMaps Maps(int index)
    {
        var (width, height) = Size(index);
        float[] values =
        [
            .. Labels(index)
                .SelectMany(c =>
                    Enumerable.Range(0, width * height).Select(i => Score(c, index, i % width / (float)width, i / width / (float)height))
                ),
        ];
        return new LocalizationMaps(Id(index), width, height, Labels(index), values);
    }

    private static (int Width, int Height) Size(int index) => index == 0 ? (400, 260) : (48 + index % 5, 36);

    private static float Score(int c, int index, float x, float y)
    {
        float dx = x - (0.2f + 0.6f * (index % 10) / 10 + 0.1f * c), dy = y - (0.3f + 0.3f * c);
        return MathF.Exp(-8 * (dx * dx + dy * dy)) * (0.6f + 0.04f * (index % 10));
    }
}
