using Wsss.Storage;

namespace Wsss.Data;

/// <summary>
/// A split whose samples have saliency maps from a folder: what an objectness network, or any other program, says about
/// each image. Images and labels stay.
/// </summary>
internal sealed class SaliencyFolderSource : ISampleSource
{
    /// <summary>Name of the plane, of <see cref="PlaneKind.Soft"/>: how much each pixel looks like an object of any kind.</summary>
    public const string Plane = "saliency";

    private readonly ISampleSource _source;
    private readonly string _folder;
    private readonly Artifact? _stored;

    private SaliencyFolderSource(ISampleSource source, string folder, string key)
    {
        (_source, _folder, _stored) = (source, folder, Artifact.Find(folder));
        Fingerprint = ArtifactStore.Key("saliency/1", source.Fingerprint, key);
    }

    /// <summary>Joins a split with a folder of 8-bit grey <c>ID.png</c>, 255 for 1. Their content decides the fingerprint.</summary>
    /// <param name="source">The split.</param>
    /// <param name="folder">
    /// The folder. Networks of a fixed input size write maps of that size: a map of another size than its image is taken to show
    /// the whole image and is resized to it.
    /// </param>
    /// <exception cref="DataSetException">There is no such folder, or samples have no map in it; the message names them.</exception>
    public static SaliencyFolderSource Open(ISampleSource source, string folder)
    {
        if (!Directory.Exists(folder))
            throw new DataSetException($"Expected a folder of saliency maps (ID.png, 8-bit grey) at '{folder}', found none.");
        return new SaliencyFolderSource(source, folder, SampleFiles.Hash(source, folder, "saliency map"));
    }

    /// <inheritdoc/>
    public string Name => $"{_source.Name} (with saliency)";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _source.ClassNames;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public string Id(int index) => _source.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => _source.Labels(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        var sample = _source.Load(index);
        var map = ImageFile.ReadGray(SampleFiles.Read(_stored, _folder, sample.Id), SampleFiles.PathOf(_folder, sample.Id));
        return sample.With(Plane, new Plane(Resampler.Resize(map, sample.Image.Width, sample.Image.Height), PlaneKind.Soft));
    }
}
