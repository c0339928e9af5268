using Wsss.Data;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Localization;

/// <summary>
/// The maps of any split, under a key that says how they are made: computed when a split is read for the first time, then read from the
/// store by everyone. Values are those that the store keeps (<see cref="MapFolder"/>), the first time too.
/// </summary>
/// <example><code>
/// using var maps = MapSource.Of(classifier, new MapInference(), run);
/// foreach (var (sample, map) in maps.Read(data.Test)) Show(sample, map);
/// </code></example>
public abstract class MapSource : IDisposable
{
    private const string Kind = "maps";

    private protected MapSource(MapOrigin origin, RunContext run) => (Origin, Run) = (origin, run);

    /// <summary>Hash of all that decides the maps, but the images.</summary>
    public string Key => Origin.Key;

    /// <summary>How the maps are made.</summary>
    internal MapOrigin Origin { get; }

    /// <summary>The classifiers whose maps they are, in the order of their training.</summary>
    public abstract IReadOnlyList<TrainedClassifier> Classifiers { get; }

    private protected RunContext Run { get; }

    /// <summary>The maps that a maker's classifiers give.</summary>
    /// <param name="maker">Stays the caller's.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    public static MapSource Of(MapMaker maker, RunContext run) => new Extracted(maker, run);

    /// <summary>The maps of one classifier.</summary>
    /// <param name="classifier">Stays the caller's.</param>
    /// <param name="maps">How its maps are read.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public static MapSource Of(TrainedClassifier classifier, MapInference maps, RunContext run) => Of(MapMaker.Of(classifier, maps), run);

    /// <summary>Maps that lie in a folder, of the split that they were made of.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="others">The maps of other splits, made as those were; null where nobody knows how. Stays the caller's.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    internal static MapSource Of(MapFolder folder, MapSource? others, RunContext run) => new Opened(folder, others, run);

    /// <summary>The samples of a source and their maps, in its order.</summary>
    /// <param name="source">Images and labels.</param>
    /// <exception cref="DataSetException">Other classes than the classifiers', or no classifier to make maps with.</exception>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Read(ISampleSource source)
    {
        Require(source);
        if (MakerOf(WholeOf(source)) is { } maker) return maker.Read(source);
        if (Stored(source) is { } folder) return folder.ReadSome(source, Run);
        // A few images to look at are not worth a place in the store.
        if (source is Subset) return Compute(source).Select(item => (item.Sample, item.Maps.AsStored()));
        string key = KeyOf(source);
        return Run.Store.EnsureWhile(
            Kind, key, $"{Origin.Title}, {source.Name}",
            stored => MapFolder.Open(stored.Folder).ReadSome(source, Run),
            temporary => MapFolder.WriteThrough(temporary, source, Compute(source), Origin, Run), Run);
    }

    /// <summary>The maps alone: no photograph is decoded where the store has them.</summary>
    /// <inheritdoc cref="Read"/>
    public IEnumerable<LocalizationMaps> ReadMaps(ISampleSource source) => Stored(source) is { } folder
        ? Enumerable.Range(0, source.Count).Select(i =>
        {
            Run.Report($"read maps of {source.Name}", i + 1, source.Count);
            return folder.Read(source.Id(i));
        })
        : Read(source).Select(item => item.Maps);

    /// <summary>The maps of a source if the classifiers' were read in another way, computed now and kept nowhere.</summary>
    /// <param name="source">Images and labels.</param>
    /// <param name="inference">How the classifiers' maps are read.</param>
    /// <exception cref="RecipeException">Nobody knows the classifier.</exception>
    internal abstract IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadOtherwise(ISampleSource source, MapInference inference);

    /// <summary>The folder in the store with the maps of a source, computed now if need be.</summary>
    /// <exception cref="DataSetException">The source is a part of another one.</exception>
    internal MapFolder FolderOf(ISampleSource source)
    {
        if (source is Subset) throw new DataSetException($"Expected a whole split to keep maps of, found {source.Name}.");
        if (Stored(source) is null) foreach (var _ in Read(source)) { }
        return Stored(source)!;
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Hash of all that decides the maps of a source, but its images: <see cref="Key"/>, unless others make them.</summary>
    /// <param name="source">Images and labels.</param>
    internal virtual string KeyFor(ISampleSource source) => MakerOf(WholeOf(source))?.KeyFor(source) ?? Key;

    /// <summary>The key of a source's maps in the store.</summary>
    /// <param name="source">Images and labels.</param>
    internal string KeyOf(ISampleSource source) => ArtifactStore.Key("maps/2", KeyFor(source), source.Fingerprint);

    /// <summary>Whether they come from a folder, whose content does not say which classifiers go with it.</summary>
    internal virtual bool IsOfFolder => false;

    /// <summary>Refuses a source whose maps cannot be, before anything is written for it.</summary>
    /// <param name="source">Images and labels.</param>
    /// <exception cref="DataSetException">They cannot be made.</exception>
    internal virtual void Require(ISampleSource source) => MakerOf(WholeOf(source))?.Require(source);

    /// <summary>Who makes the maps of a split, where this one has none of its own; null for itself.</summary>
    private protected virtual MapSource? MakerOf(ISampleSource whole) => null;

    /// <summary>Makes the maps of every sample of a source, in its order.</summary>
    private protected abstract IEnumerable<(Sample Sample, LocalizationMaps Maps)> Compute(ISampleSource source);

    private static ISampleSource WholeOf(ISampleSource source) => source is Subset part ? part.Whole : source;

    private MapFolder? Stored(ISampleSource source)
    {
        string key = KeyOf(WholeOf(source));
        return Run.Store.Find(Kind, key) is { } stored ? MapFolder.Open(stored.Folder) : null;
    }

    private sealed class Opened(MapFolder folder, MapSource? others, RunContext run) : MapSource(
        (folder.Origin ?? new MapOrigin { Key = "", Recipe = "another program's", Classifiers = [], Inference = new() }) with
        {
            // The files may have been changed since.
            Key = folder.ContentKey(),
        }, run)
    {
        public override IReadOnlyList<TrainedClassifier> Classifiers => others?.Classifiers ?? [];

        internal override bool IsOfFolder => true;

        internal override void Require(ISampleSource source)
        {
            if (others is null && !folder.IsOf(WholeOf(source)))
            {
                throw new DataSetException(
                    $"Expected the classifier that made the maps in '{folder.Folder}', to make those of {source.Name} likewise; "
                        + "found none.");
            }
            base.Require(source);
        }

        internal override IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadOtherwise(
            ISampleSource source, MapInference inference) => others is not null
            ? others.ReadOtherwise(source, inference)
            : throw new RecipeException(
                "Expected maps whose classifier is known, to read them in another way, found a folder without. Name the classifier.");

        private protected override MapSource? MakerOf(ISampleSource whole) => folder.IsOf(whole) ? null : others;

        private protected override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Compute(ISampleSource source) =>
            folder.ReadSome(source, Run);
    }

    private sealed class Extracted(MapMaker maker, RunContext run) : MapSource(
        new MapOrigin
        {
            Key = maker.Key,
            Recipe = maker.Classifiers[0].Recipe.Title,
            Classifiers = [.. maker.Classifiers.Select(classifier => classifier.Folder)],
            Inference = maker.Maps,
        }, run)
    {
        public override IReadOnlyList<TrainedClassifier> Classifiers => maker.Classifiers;

        internal override void Require(ISampleSource source) => Classifiers[0].RequireClasses(source);

        private protected override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Compute(ISampleSource source) =>
            maker.Extract(source, Run);

        internal override IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadOtherwise(
            ISampleSource source, MapInference inference) => maker.Extract(source, inference, Run);
    }
}
