using Wsss.Data;

namespace Wsss.Localization;

/// <summary>
/// Localization maps on disk: one <c>ID.npy</c> [K, H, W] float32 per image, which NumPy reads as well, and an index
/// <c>maps.json</c> that says which classes the K maps are of and which data they belong to.
/// </summary>
public sealed class MapFolder
{
    private const string IndexFile = "maps.json";

    private readonly MapIndex _index;

    private MapFolder(string folder, MapIndex index) => (Folder, _index, Ids) = (folder, index, [.. index.Maps.Keys]);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Names of the C classes that the indices of the maps count.</summary>
    public IReadOnlyList<string> ClassNames => _index.ClassNames;

    /// <summary>Fingerprint of the images' source.</summary>
    public string Fingerprint => _index.Data;

    /// <summary>Names of the images, in the order in which their maps were written.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Writes maps as they come. The index comes last, so that a folder that was left half-written does not open.</summary>
    /// <param name="folder">The folder to fill; created if missing, files of the same names are replaced.</param>
    /// <param name="source">Where the samples come from: its class names and fingerprint are kept.</param>
    /// <param name="maps">Samples and their maps, as <see cref="MapInference.Run"/> gives them.</param>
    /// <returns>The folder, opened.</returns>
    public static MapFolder Write(string folder, ISampleSource source, IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps)
    {
        string indexPath = Path.Combine(folder, IndexFile);
        if (File.Exists(indexPath)) File.Delete(indexPath);
        var index = new MapIndex(source.Fingerprint, source.ClassNames, []);
        foreach (var (_, map) in maps)
        {
            NpyFile.Write(PathOf(folder, map.Id), new NpyArray([map.Classes.Count, map.Height, map.Width], map.Values));
            index.Maps.Add(map.Id, map.Classes);
        }
        AtomicFile.WriteText(indexPath, WsssJson.Write(index));
        return new MapFolder(folder, index);
    }

    /// <summary>Opens a folder of maps: reads its index, no map yet.</summary>
    /// <exception cref="DataSetException">There is no such folder, or no index in it.</exception>
    /// <exception cref="WsssException">The index is broken.</exception>
    public static MapFolder Open(string folder)
    {
        string path = Path.Combine(folder, IndexFile);
        if (!File.Exists(path))
        {
            throw new DataSetException(
                $"Expected a folder of localization maps with '{IndexFile}', found none at '{folder}'. " +
                "Make it with `wsss maps`; a run of it that was interrupted leaves no index.");
        }
        return new MapFolder(folder, WsssJson.Read<MapIndex>(File.ReadAllText(path), path));
    }

    /// <summary>Reads the maps of one image.</summary>
    /// <exception cref="DataSetException">The folder has no maps of it, or its file is missing, broken or of another shape.</exception>
    public LocalizationMaps Read(string id)
    {
        if (!_index.Maps.TryGetValue(id, out var classes))
            throw new DataSetException($"Expected maps of the image '{id}' in '{Folder}', found none. Make maps of the split that it belongs to.");
        string path = PathOf(Folder, id);
        NpyArray array = NpyFile.Read(path);
        if (array.Shape is not [var count, var height and > 0, var width and > 0] || count != classes.Count)
        {
            throw new DataSetException(
                $"Expected maps [{classes.Count}, height, width], as {IndexFile} lists {classes.Count} classes, " +
                $"found [{string.Join(", ", array.Shape)}]: '{path}'. Make the maps again.");
        }
        return new LocalizationMaps(id, width, height, classes, array.Values);
    }

    /// <summary>Reads the maps of each sample of a source, with the sample.</summary>
    /// <param name="source">The source that the maps were made of.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <exception cref="DataSetException">The maps are of other data, are missing, or do not have their image's size.</exception>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadAll(ISampleSource source, RunContext run)
    {
        if (source.Fingerprint != Fingerprint)
        {
            throw new DataSetException(
                $"Expected maps of {source.Name}, found maps of other data in '{Folder}': the fingerprints differ. " +
                "Give the same data set, seed and split that the maps were made of, or make the maps again.");
        }
        int done = 0;
        foreach (Sample sample in Prefetch.Samples(source, run))
        {
            LocalizationMaps maps = Read(sample.Id);
            if (maps.Width != sample.Image.Width || maps.Height != sample.Image.Height)
            {
                throw new DataSetException(
                    $"Expected maps of the image's {sample.Image.Width}×{sample.Image.Height} pixels, found {maps.Width}×{maps.Height}: " +
                    $"'{PathOf(Folder, sample.Id)}'. Make the maps again.");
            }
            run.Report($"read maps of {source.Name}", ++done, source.Count);
            yield return (sample, maps);
        }
    }

    private static string PathOf(string folder, string id) => Path.Combine(folder, id + ".npy");

    /// <summary>The content of the index.</summary>
    /// <param name="Data">Fingerprint of the images' source.</param>
    /// <param name="ClassNames">Names of all C classes.</param>
    /// <param name="Maps">The zero-based classes of each image's maps.</param>
    private sealed record MapIndex(string Data, IReadOnlyList<string> ClassNames, Dictionary<string, IReadOnlyList<int>> Maps);
}
