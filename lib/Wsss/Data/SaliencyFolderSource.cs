using Wsss.Storage;

namespace Wsss.Data;

/// <summary>
/// A split whose samples have saliency maps from a folder: what an objectness network, or any other program, says about
/// each image. Images and labels stay.
/// </summary>
internal sealed class SaliencyFolderSource : PlaneFolderSource
{
    /// <summary>Name of the plane, of <see cref="PlaneKind.Soft"/>: how much each pixel looks like an object of any kind.</summary>
    public const string Plane = "saliency";

    private SaliencyFolderSource(ISampleSource source, string folder, string key)
        : base(source, folder, Plane, ArtifactStore.Key("saliency/1", source.Fingerprint, key)) { }

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
    protected override Plane PlaneOf(LabelMap map, RgbImage image) =>
        new(Resampler.Resize(map, image.Width, image.Height), PlaneKind.Soft);
}
