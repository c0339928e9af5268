using Wsss.Storage;

namespace Wsss.Data;

/// <summary>A split whose samples have one plane more, read from an 8-bit grey <c>ID.png</c> of a folder. Images and labels stay.</summary>
/// <param name="source">The split.</param>
/// <param name="folder">The folder, with a file for each sample; where it is a store's, files are checked as they are read.</param>
/// <param name="plane">Name of the plane.</param>
/// <param name="fingerprint">Of the split with the plane.</param>
internal abstract class PlaneFolderSource(ISampleSource source, string folder, string plane, string fingerprint) : ISampleSource
{
    private readonly Artifact? _stored = Artifact.Find(folder);

    /// <inheritdoc/>
    public string Name => $"{source.Name} (with {plane})";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => source.ClassNames;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public string Fingerprint => fingerprint;

    /// <inheritdoc/>
    public string Id(int index) => source.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => source.Labels(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        var sample = source.Load(index);
        var map = ImageFile.ReadGray(SampleFiles.Read(_stored, folder, sample.Id), SampleFiles.PathOf(folder, sample.Id));
        return sample.With(plane, PlaneOf(map, sample.Image));
    }

    /// <summary>The plane of a sample.</summary>
    /// <param name="map">What its file holds.</param>
    /// <param name="image">Its image.</param>
    protected abstract Plane PlaneOf(LabelMap map, RgbImage image);
}
