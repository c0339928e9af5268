using Wsss.Data;

namespace Wsss.Segmentation;

/// <summary>A split whose masks are replaced by pseudo masks from a folder; images and labels stay.</summary>
/// <param name="source">The split.</param>
/// <param name="folder">A folder of <c>ID.png</c>, as <see cref="PseudoMasks.Write"/> makes it.</param>
/// <param name="key">What decided the pseudo masks, as part of the fingerprint.</param>
public sealed class PseudoMaskSource(ISampleSource source, string folder, string key) : ISampleSource
{
    /// <inheritdoc/>
    public string Name => $"{source.Name} (pseudo masks)";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => source.ClassNames;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; } = ArtifactStore.Key(source.Fingerprint, key);

    /// <inheritdoc/>
    public string Id(int index) => source.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => source.Labels(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        var sample = source.Load(index);
        string path = PseudoMasks.PathOf(folder, sample.Id);
        var mask = ImageFile.ReadMask(path);
        if (mask.Width != sample.Image.Width || mask.Height != sample.Image.Height)
        {
            throw new ImageFileException(
                $"{path}: expected a pseudo mask of the image's {sample.Image.Width}×{sample.Image.Height} pixels, " +
                $"found {mask.Width}×{mask.Height}. Make the masks again from maps of these images.");
        }
        return sample with { Mask = mask };
    }
}
