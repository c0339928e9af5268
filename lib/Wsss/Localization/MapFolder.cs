using System.Diagnostics;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Localization;

/// <summary>
/// Localization maps on disk: one <c>ID.npz</c> per image with an array <c>maps</c> [K, H, W] of unsigned 16-bit numbers, 65,535 for 1,
/// which <c>numpy.load</c> reads as well, and an index <c>maps.json</c> that says which classes the K maps are of, which data they belong
/// to and how they were made. A stored value differs from the computed one by at most 1/131,070 (7.7·10⁻⁶).
/// </summary>
/// <remarks>
/// Another program's maps are read too: a folder without index, of <c>ID.npz</c> or <c>ID.npy</c> of any number type, [K, H, W] of the
/// image's K labels by rising index, or [C, H, W] of all C classes.
/// </remarks>
internal sealed class MapFolder
{
    /// <summary>Name of the index.</summary>
    public const string IndexFile = "maps.json";

    /// <summary>Name of the array in each file.</summary>
    internal const string ArrayName = "maps";

    private readonly MapIndex _index;
    private readonly bool _foreign;

    // Of a folder in a store: each file is compared with it when it is read.
    private readonly Artifact? _stored;

    private MapFolder(string folder, MapIndex index, Artifact? stored = null, bool foreign = false) =>
        (Folder, _index, _stored, _foreign, Ids) = (folder, index, stored, foreign, [.. index.Maps.Keys]);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Names of the C classes that the indices of the maps count.</summary>
    public IReadOnlyList<string> ClassNames => _index.ClassNames;

    /// <summary>Fingerprint of the images' source.</summary>
    public string Fingerprint => _index.Data;

    /// <summary>How the maps were made; null for another program's.</summary>
    public MapOrigin? Origin => _index.Origin;

    /// <summary>Names of the images, in the order in which their maps were written.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Writes maps as they come and hands them on as they will be read.</summary>
    /// <param name="folder">The folder to fill; created if missing, files of the same names are replaced.</param>
    /// <param name="source">Where the samples come from: its class names and fingerprint are kept.</param>
    /// <param name="maps">Samples and their maps, as <see cref="MapInference.Run"/> gives them.</param>
    /// <param name="origin">How they are made; null if nobody knows.</param>
    /// <param name="run">For the provenance.</param>
    /// <param name="there">Images whose maps are in the folder already, and their classes; null for none.</param>
    /// <returns>To be enumerated to its end: the index comes last, so that a folder that was left half-written does not open.</returns>
    public static IEnumerable<(Sample Sample, LocalizationMaps Maps)> WriteThrough(
        string folder,
        ISampleSource source,
        IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps,
        MapOrigin? origin,
        RunContext run,
        IReadOnlyDictionary<string, IReadOnlyList<int>>? there = null
    )
    {
        var clock = Stopwatch.StartNew();
        string indexPath = Path.Combine(folder, IndexFile);
        // Without an index they would pass as another program's.
        UnfinishedFolder.Begin(folder);
        if (File.Exists(indexPath))
            File.Delete(indexPath);
        var index = new MapIndex(source.Fingerprint, source.ClassNames, new(there ?? new Dictionary<string, IReadOnlyList<int>>()));
        foreach (var (sample, map) in maps)
        {
            NpzFile.Write(
                Path.Combine(folder, SampleFiles.RequireName(map.Id) + ".npz"),
                ArrayName,
                [map.Classes.Count, map.Height, map.Width],
                map.ToStored()
            );
            index.Maps.Add(map.Id, map.Classes);
            yield return (sample, map.AsStored());
        }
        var provenance = Provenance.Of(run, 0, source.Fingerprint, clock.Elapsed);
        AtomicFile.WriteText(
            indexPath,
            WsssJson.Write(index with { Origin = origin is null ? null : origin with { Provenance = provenance } })
        );
        UnfinishedFolder.End(folder);
    }

    /// <summary>Writes maps as they come.</summary>
    /// <inheritdoc cref="WriteThrough"/>
    /// <returns>The folder, opened.</returns>
    public static MapFolder Write(
        string folder, ISampleSource source, IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, MapOrigin? origin, RunContext run)
    {
        foreach (var _ in WriteThrough(folder, source, maps, origin, run)) { }
        return Open(folder);
    }

    /// <summary>Writes the index of a folder whose maps were made in parts and lie there already.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="data">Fingerprint of the images' source.</param>
    /// <param name="ids">Names of the images, in the source's order.</param>
    /// <param name="parts">The parts; what the first was made with is taken, and the time of all.</param>
    /// <returns>The folder, opened.</returns>
    /// <exception cref="DataSetException">No part has maps of an image.</exception>
    public static MapFolder WriteJoined(string folder, string data, IEnumerable<string> ids, IReadOnlyList<MapFolder> parts)
    {
        var all = parts.SelectMany(part => part._index.Maps).ToDictionary();
        var maps = new Dictionary<string, IReadOnlyList<int>>();
        foreach (string id in ids)
        {
            maps[id] = all.GetValueOrDefault(id) ?? throw new DataSetException(
                $"Expected maps of '{id}' in a part's '{IndexFile}', found none in {parts.Count} parts. Make them again.");
        }
        var origin = parts[0].Origin;
        double seconds = Math.Round(parts.Sum(part => part.Origin?.Provenance?.Seconds ?? 0), 2);
        var provenance = origin?.Provenance is { } first ? first with { Data = data, Seconds = seconds } : null;
        origin = origin is null ? null : origin with { Provenance = provenance };
        var index = new MapIndex(data, parts[0].ClassNames, maps) { Origin = origin };
        AtomicFile.WriteText(Path.Combine(folder, IndexFile), WsssJson.Write(index));
        return Open(folder);
    }

    /// <summary>Opens a folder of maps: reads its index, no map yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="source">What the maps are of, where another program made them; null where the folder has an index.</param>
    /// <exception cref="DataSetException">There is no such folder, or no index in it and no map of the source, or the index has a class
    /// that is none.</exception>
    /// <exception cref="WsssException">The index is broken.</exception>
    public static MapFolder Open(string folder, ISampleSource? source = null)
    {
        string path = Path.Combine(folder, IndexFile);
        UnfinishedFolder.Refuse(folder);
        var stored = Artifact.Find(folder);
        stored?.Verified(IndexFile);
        if (File.Exists(path))
            return new MapFolder(folder, Checked(WsssJson.Read<MapIndex>(InputFile.ReadText(path, InputKind.List), path), path), stored);
        if (source is not null && Enumerable.Range(0, source.Count).Any(i => PathOf(folder, source.Id(i)) is not null))
        {
            var classes = Enumerable.Range(0, source.Count).ToDictionary(source.Id, source.Labels);
            return new MapFolder(folder, new MapIndex(source.Fingerprint, source.ClassNames, classes), foreign: true);
        }
        throw new DataSetException(
            $"Expected a folder of localization maps with '{IndexFile}', or of another program's ID.npz or ID.npy, found none at "
                + $"'{folder}'. "
                + "Making maps that was interrupted leaves no index: make them again."
        );
    }

    /// <summary>Reads the maps of one image.</summary>
    /// <exception cref="DataSetException">The folder has no maps of it, or its file is missing, broken, of another shape, or holds a number
    /// outside 0…1.</exception>
    /// <exception cref="ArtifactException">The folder is a store's, and the file is not what was written.</exception>
    public LocalizationMaps Read(string id)
    {
        if (!_index.Maps.TryGetValue(id, out var classes) || PathOf(Folder, id) is not { } path)
            throw new DataSetException(
                $"Expected maps of the image '{id}' in '{Folder}', found none. Make maps of the split that it belongs to."
            );
        NpyArray array =
            _stored is not null ? NpzFile.Read(_stored.Read(id + ".npz"), path, ArrayName)
            : path.EndsWith(".npz", StringComparison.Ordinal) ? NpzFile.Read(path, ArrayName)
            : NpyFile.Read(path);
        bool all = _foreign && array.Shape is [var found, _, _] && found == ClassNames.Count && found != classes.Count;
        if (array.Shape is not [var count, var height and > 0, var width and > 0] || (count != classes.Count && !all))
        {
            throw new DataSetException(
                $"Expected maps [{classes.Count}, height, width], as the image has {classes.Count} classes, "
                    + $"found [{string.Join(", ", array.Shape)}]: '{path}'. Make the maps again."
            );
        }
        RequireShares(array, path);
        float[] values = all ? [.. classes.SelectMany(c => array.Values.Skip(c * height * width).Take(height * width))] : array.Values;
        return new LocalizationMaps(id, width, height, classes, values);
    }

    /// <summary>Reads the maps of each sample of a source, with the sample.</summary>
    /// <param name="source">The source that the maps were made of.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <exception cref="DataSetException">The maps are of other data, are missing, or do not have their image's size.</exception>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadAll(ISampleSource source, RunContext run)
    {
        RequireData(source);
        return ReadSome(source, run);
    }

    /// <summary>As <see cref="ReadAll"/>, of a source with some of the images.</summary>
    internal IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadSome(ISampleSource source, RunContext run)
    {
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

    /// <summary>Hash of the content of all files, and of what the maps are of.</summary>
    internal string ContentKey() => ArtifactStore.Key(
    [
        "map folder/2", WsssJson.Write(_index with { Origin = null }),
        .. Ids.Select(id => PathOf(Folder, id) is { } path ? FileHash.Compute(path) : ""),
    ]);

    /// <summary>
    /// Refuses maps of other data: of other classes or of other images. Where the fingerprints differ all the same, as photographs or lists
    /// were touched since, each image's labels and size decide.
    /// </summary>
    /// <exception cref="DataSetException">The maps are not of these data.</exception>
    public void RequireData(ISampleSource source)
    {
        if (Difference(source) is not { } difference) return;
        throw new DataSetException(
            $"Expected maps of {source.Name}, found maps of other data in '{Folder}': {difference}. " +
            "Give the same data set, seed and split that the maps were made of, or make the maps again.");
    }

    /// <summary>The split that the maps are of.</summary>
    /// <exception cref="DataSetException">They are of none, as <see cref="RequireData"/> judges.</exception>
    public ISampleSource SplitOf(LabelledSplits data)
    {
        ISampleSource[] splits = [data.Train, data.Validation, data.Test];
        return splits.FirstOrDefault(split => split.Fingerprint == Fingerprint)
            ?? splits.FirstOrDefault(split => split.Count > 0 && IsOf(split))
            ?? throw new DataSetException(
                $"Expected maps of {string.Join(", ", splits.Select(split => split.Name).Distinct())}, found maps of other data in "
                    + $"'{Folder}': "
                    + $"{Difference(data.Train)}. Give the data set, its size and its seed that they were made of."
            );
    }

    /// <summary>Whether the maps are a source's, as <see cref="RequireData"/> judges.</summary>
    internal bool IsOf(ISampleSource source) => Difference(source) is null;

    /// <summary>What tells the maps from those of a source; null if nothing does.</summary>
    private string? Difference(ISampleSource source) =>
        source.Fingerprint == Fingerprint ? null
        : !source.ClassNames.SequenceEqual(ClassNames) ? $"they are of the classes {string.Join(", ", ClassNames)}"
        : Enumerable.Range(0, source.Count).Select(i => Difference(source, i)).FirstOrDefault(difference => difference is not null);

    private string? Difference(ISampleSource source, int index) =>
        !_index.Maps.TryGetValue(source.Id(index), out var classes) ? $"there are none of '{source.Id(index)}'"
        : !classes.SequenceEqual(source.Labels(index))
            ? $"those of '{source.Id(index)}' are of {Names(classes)}, but it is labelled {Names(source.Labels(index))}"
        : null;

    private string Names(IEnumerable<int> classes) => string.Join(", ", classes.Select(c => c < ClassNames.Count ? ClassNames[c] : $"{c}"));

    private static MapIndex Checked(MapIndex index, string path)
    {
        // More have no value in a mask.
        int count = Math.Min(index.ClassNames.Count, LabelMap.Ignore - 1);
        foreach (var (id, classes) in index.Maps)
        {
            bool fit = classes.All(c => c >= 0 && c < count) && classes.Zip(classes.Skip(1)).All(pair => pair.First < pair.Second);
            if (!fit)
                throw new DataSetException(
                    $"Expected the classes of each image's maps in rising order within 0…{count - 1}, as there are names of "
                        + $"{index.ClassNames.Count} classes, found [{string.Join(", ", classes)}] of '{PlainText.Of(id)}': '{path}'. "
                        + "Make the maps again.");
        }
        return index;
    }

    private static void RequireShares(NpyArray maps, string path)
    {
        int wrong = Array.FindIndex(maps.Values, value => !(value is >= 0 and <= 1));
        if (wrong < 0)
            return;
        int width = maps.Shape[2],
            area = maps.Shape[1] * width;
        throw new DataSetException(
            $"Expected maps of numbers in 0…1, found {maps.Values[wrong]} in map {wrong / area} at x = {wrong % width}, y = "
                + $"{wrong % area / width}: '{path}'. "
                + "Clip at 0 and divide each map by its maximum."
        );
    }

    private static string? PathOf(string folder, string id) =>
        new[] { ".npz", ".npy" }
            .Select(extension => Path.Combine(folder, SampleFiles.RequireName(id) + extension))
            .FirstOrDefault(File.Exists);

    /// <summary>The content of the index.</summary>
    /// <param name="Data">Fingerprint of the images' source.</param>
    /// <param name="ClassNames">Names of all C classes.</param>
    /// <param name="Maps">The zero-based classes of each image's maps.</param>
    private sealed record MapIndex(string Data, IReadOnlyList<string> ClassNames, Dictionary<string, IReadOnlyList<int>> Maps)
    {
        public MapOrigin? Origin { get; init; }
    }
}
