using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Expansion;

/// <summary>A split with places of its images painted over; labels and planes stay.</summary>
/// <param name="source">The split.</param>
/// <param name="folder">A folder of <c>ID.png</c>, 8-bit grey: 0 where the image is seen, else the step after which the place was
/// erased.</param>
/// <param name="key">What decided those files, as part of the fingerprint.</param>
/// <param name="steps">After how many steps the images look like this, for the name.</param>
/// <param name="colour">R, G, B of what is painted.</param>
/// <param name="decoys">Whether each image is also painted over where the one half the split away was.</param>
internal sealed class ErasedSource(ISampleSource source, string folder, string key, int steps, IReadOnlyList<byte> colour, bool decoys)
    : IPaintedSource
{
    private readonly Lazy<Artifact?> _stored = new(() => Artifact.Find(folder));

    /// <inheritdoc/>
    public string Name => $"{source.Name} (erased after step {steps})";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => source.ClassNames;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; } =
        ArtifactStore.Key("erased/1", source.Fingerprint, key, string.Join(',', colour), decoys ? "decoys" : "");

    /// <inheritdoc/>
    public string Id(int index) => source.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => source.Labels(index);

    /// <inheritdoc/>
    public ISampleSource Unpainted => source;

    /// <inheritdoc/>
    public ISampleSource Over(ISampleSource other) => new ErasedSource(other, folder, key, steps, colour, decoys);

    /// <summary>What is erased of an image: 0 where it is seen, else the step after which the place was erased.</summary>
    /// <exception cref="ImageFileException">The stored file is broken.</exception>
    /// <exception cref="ArtifactException">The folder is a store's, and the file is not what was written.</exception>
    public LabelMap Places(int index) =>
        ImageFile.ReadGray(SampleFiles.Read(_stored.Value, folder, source.Id(index)), SampleFiles.PathOf(folder, source.Id(index)));

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        var sample = source.Load(index);
        byte[] places = Places(index).Values, pixels = [.. sample.Image.Pixels];
        byte[] others = decoys ? Decoys(index, sample.Image) : new byte[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] == 0 && others[i] == 0) continue;
            for (int channel = 0; channel < 3; channel++) pixels[3 * i + channel] = colour[channel];
        }
        return sample with { Image = new RgbImage(sample.Image.Width, sample.Image.Height, pixels) };
    }

    private byte[] Decoys(int index, RgbImage image)
    {
        var other = Places((index + Count / 2) % Count);
        return Resampler.Nearest(other, new PixelRect(0, 0, other.Width, other.Height), image.Width, image.Height, mirror: false);
    }
}
