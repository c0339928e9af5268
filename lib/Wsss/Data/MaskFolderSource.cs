using Wsss.Storage;

namespace Wsss.Data;

/// <summary>
/// A split whose masks come from a folder, such as pseudo masks; images and labels stay. It knows nothing of scenes beyond them.
/// </summary>
/// <param name="source">The split.</param>
/// <param name="folder">A folder of <c>ID.png</c>, in the VOC palette.</param>
/// <param name="key">What decided the pseudo masks, as part of the fingerprint.</param>
public sealed class MaskFolderSource(ISampleSource source, string folder, string key) : IMaskedSource
{
    private readonly Lazy<Artifact?> _stored = new(() => Artifact.Find(folder));

    /// <summary>Masks from any folder, such as another program's: their content decides the fingerprint.</summary>
    /// <param name="source">The split.</param>
    /// <param name="folder">A folder with <c>ID.png</c> for each sample.</param>
    /// <exception cref="DataSetException">There is no such folder, or samples have no mask in it; the message names them.</exception>
    public static MaskFolderSource Open(ISampleSource source, string folder)
    {
        if (!Directory.Exists(folder))
            throw new DataSetException($"Expected a folder of masks (ID.png) at '{folder}', found none.") { Remedy = Remedy.MakeMasks };
        return new MaskFolderSource(source, folder, SampleFiles.Hash(source, folder, "mask"));
    }

    /// <summary>The mask file of a sample.</summary>
    public static string PathOf(string folder, string id) => SampleFiles.PathOf(folder, id);

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

    /// <summary>Loads a sample, and checks that its mask is of the image's size by the mask's header.</summary>
    /// <exception cref="ImageFileException">
    /// A file of the sample is broken, or the mask is missing or of another size; the message names it.
    /// </exception>
    /// <exception cref="ArtifactException">The folder is a store's, and the mask is not what was written.</exception>
    public Sample Load(int index)
    {
        var sample = source.Load(index);
        string path = PathOf(folder, sample.Id);
        _stored.Value?.Verified(sample.Id + ".png");
        var (width, height) = ImageFile.ReadSize(path);
        if (width != sample.Image.Width || height != sample.Image.Height)
        {
            throw new ImageFileException(
                $"{path}: expected a pseudo mask of the image's {sample.Image.Width}×{sample.Image.Height} pixels, " +
                $"found {width}×{height}. Make the masks again from maps of these images.");
        }
        return sample;
    }

    /// <inheritdoc/>
    public bool HasMask(int index) => File.Exists(PathOf(folder, source.Id(index)));

    /// <inheritdoc/>
    /// <exception cref="ArtifactException">The folder is a store's, and the file is not what was written.</exception>
    public LabelMap Mask(int index)
    {
        string path = PathOf(folder, source.Id(index));
        if (!File.Exists(path))
            throw new DataSetException($"Expected a mask as '{path}', found no such file. Make the masks again.");
        var mask = ImageFile.ReadMask(SampleFiles.Read(_stored.Value, folder, source.Id(index)), path).Mask;
        // libtorch's loss would end the process on such a label, or read past its table.
        if (mask.Values.FirstOrDefault(value => value > ClassNames.Count && value != LabelMap.Ignore) is var label and not 0)
        {
            throw new ImageFileException(
                $"{path}: expected labels 0…{ClassNames.Count} or {LabelMap.Ignore}, found {label}. Make the masks with the classes of "
                    + $"{source.Name}."
            );
        }
        return mask;
    }

    /// <inheritdoc/>
    public SceneTruth? Truth(int index) => null;
}
