using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>The maps of a trained classifier on any split, refined where a refinement is asked for. Dispose it after use.</summary>
public sealed class MapReader : IDisposable
{
    private readonly TrainedClassifier _classifier;
    private readonly MapInference _maps;
    private readonly RunContext _run;
    private readonly MapRefiner? _refiner;

    /// <summary>Gets ready; a refinement that learns is trained here, or taken from the store.</summary>
    /// <param name="classifier">Stays the caller's.</param>
    /// <param name="maps">How its maps are read.</param>
    /// <param name="refinement">What is done to them; null for nothing.</param>
    /// <param name="train">The split that the classifier was trained on.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public MapReader(TrainedClassifier classifier, MapInference maps, MapRefinement? refinement, ISampleSource train, RunContext run)
    {
        maps.Validate();
        (_classifier, _maps, _run) = (classifier, maps, run);
        _refiner = refinement?.Open(new RefinementContext(classifier, maps, train, run));
        Key = ArtifactStore.Key(
            [classifier.Key, train.Fingerprint, WsssJson.Write(maps), .. refinement is null ? [] : new[] { refinement.Key() }]);
    }

    /// <summary>Hash of all that decides the maps, but the images.</summary>
    public string Key { get; }

    /// <summary>The maps of every sample of a split, in its order.</summary>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Read(ISampleSource source)
    {
        var maps = _maps.Run(_classifier.Network, source, _run);
        return _refiner is null ? maps : _refiner.Run(maps);
    }

    /// <inheritdoc/>
    public void Dispose() => _refiner?.Dispose();
}
