using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Tests.Data;

/// <summary>A sample with what is behind the wall.</summary>
internal sealed record MaskedSample(string Id, RgbImage Image, IReadOnlyList<int> Labels)
{
    public LabelMap? Mask { get; init; }

    public SceneTruth? Truth { get; init; }

    /// <summary>A plane of the sample.</summary>
    public LabelMap? Saliency { get; init; }

    /// <summary>What lies before the wall.</summary>
    public Sample Sample
    {
        get
        {
            var sample = new Sample(Id, Image, Labels);
            return Saliency is null ? sample : sample.With(SaliencyFolderSource.Plane, new Plane(Saliency, PlaneKind.Soft));
        }
    }

    /// <summary>The sample with its mask as the plane of a <see cref="TargetSource"/>.</summary>
    public Sample WithTarget => Sample.With(TargetSource.Plane, new Plane(Mask!, PlaneKind.Labels));
}

/// <summary>Samples from memory, and the few kinds of them that the tests need.</summary>
internal sealed class HandMadeSource(IReadOnlyList<string> classNames, params MaskedSample[] samples) : IMaskedSource
{
    public string Name => "hand-made";

    public IReadOnlyList<string> ClassNames => classNames;

    public int Count => samples.Length;

    public string Fingerprint { get; } =
        ArtifactStore.Key([
            .. classNames,
            .. samples.SelectMany(sample =>
                new[]
                {
                    sample.Id,
                    string.Join(',', sample.Labels),
                    Convert.ToHexString(sample.Image.Pixels),
                    Convert.ToHexString(sample.Mask?.Values ?? []),
                }
            ),
        ]);

    public string Id(int index) => samples[index].Id;

    public IReadOnlyList<int> Labels(int index) => samples[index].Labels;

    public Sample Load(int index) => samples[index].Sample;

    public bool HasMask(int index) => samples[index].Mask is not null;

    public LabelMap Mask(int index) => samples[index].Mask ?? throw this.NoMask(index);

    public SceneTruth? Truth(int index) => samples[index].Truth;

    /// <summary>The sample of a number with what is behind the wall.</summary>
    public MaskedSample this[int index] => samples[index];

    /// <summary>Smooth colours (they survive JPEG) and a mask of two halves: background and the label.</summary>
    public static MaskedSample Halves(string id, int width, int height, int label)
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
        return new MaskedSample(id, new RgbImage(width, height, pixels), [label]) { Mask = new LabelMap(width, height, mask) };
    }

    public static HandMadeSource OfHalves(int count, int width = 20, int height = 16, int classes = 3) =>
        new([.. Enumerable.Range(0, classes).Select(c => $"class{c}")],
            [.. Enumerable.Range(0, count).Select(i => Halves($"sample_{i:D3}", width, height, i % classes))]);
}
