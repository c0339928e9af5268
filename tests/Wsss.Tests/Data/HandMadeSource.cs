using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>Samples from memory, and the few kinds of them that the tests need.</summary>
internal sealed class HandMadeSource(IReadOnlyList<string> classNames, params Sample[] samples) : ISampleSource
{
    public string Name => "hand-made";

    public IReadOnlyList<string> ClassNames => classNames;

    public int Count => samples.Length;

    public string Fingerprint { get; } = ArtifactStore.Key(
        [.. classNames, .. samples.SelectMany(sample => new[]
        {
            sample.Id, string.Join(',', sample.Labels), Convert.ToHexString(sample.Image.Pixels), Convert.ToHexString(sample.Mask?.Values ?? []),
        })]);

    public string Id(int index) => samples[index].Id;

    public IReadOnlyList<int> Labels(int index) => samples[index].Labels;

    public Sample Load(int index) => samples[index];

    /// <summary>Smooth colours (they survive JPEG) and a mask of two halves: background and the label.</summary>
    public static Sample Halves(string id, int width, int height, int label)
    {
        byte[] pixels = new byte[3 * width * height];
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.Length; i++)
        {
            (int x, int y) = (i % width, i / width);
            pixels[3 * i] = (byte)(255 * x / width);
            pixels[3 * i + 1] = (byte)(255 * y / height);
            pixels[3 * i + 2] = (byte)(10 * label);
            mask[i] = (byte)(2 * x < width ? 0 : label + 1);
        }
        return new Sample(id, new RgbImage(width, height, pixels), [label]) { Mask = new LabelMap(width, height, mask) };
    }

    public static HandMadeSource OfHalves(int count, int width = 20, int height = 16, int classes = 3) =>
        new([.. Enumerable.Range(0, classes).Select(c => $"class{c}")],
            [.. Enumerable.Range(0, count).Select(i => Halves($"sample_{i:D3}", width, height, i % classes))]);
}
