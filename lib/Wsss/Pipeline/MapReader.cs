using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// The maps of a trained classifier on any split, merged with those of erasing and refined where that is asked for. Dispose it
/// after use.
/// </summary>
public sealed class MapReader : IDisposable
{
    private readonly TrainedClassifier _classifier;
    private readonly MapInference _maps;
    private readonly RunContext _run;
    private readonly ErasingSequence? _erasing;
    private readonly MapRefiner? _refiner;

    /// <summary>Gets ready; erasing and a refinement that learns are trained here, or taken from the store.</summary>
    /// <param name="classifier">Stays the caller's.</param>
    /// <param name="maps">How its maps are read.</param>
    /// <param name="refinement">What is done to them; null for nothing.</param>
    /// <param name="erasing">Further classifiers by the same recipe on erased images, whose maps are merged with this one's; null for this one alone.</param>
    /// <param name="data">What the classifier was trained on; erasing looks at the labels of the validation split as well.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public MapReader(
        TrainedClassifier classifier, MapInference maps, MapRefinement? refinement, IterativeErasing? erasing, LabelledSplits data, RunContext run)
    {
        maps.Validate();
        refinement?.Validate();
        (_classifier, _maps, _run) = (classifier, maps, run);
        _erasing = erasing?.Train(classifier.Recipe, data, maps, run);
        try
        {
            _refiner = refinement?.Open(new RefinementContext(classifier, maps, data.Train, run));
        }
        catch
        {
            _erasing?.Dispose();
            throw;
        }
        Key = ArtifactStore.Key(
        [
            classifier.Key, data.Train.Fingerprint, WsssJson.Write(maps),
            .. refinement is null ? [] : new[] { refinement.Key() },
            .. _erasing is null ? [] : new[] { "erasing", _erasing.Key },
        ]);
    }

    /// <summary>Hash of all that decides the maps, but the images.</summary>
    public string Key { get; }

    /// <summary>How many classifiers were trained: the given one and those of erasing.</summary>
    public int Trainings => 1 + Further.Count;

    /// <summary>Wall time of their trainings in seconds, when they were done.</summary>
    public double TrainingSeconds => _classifier.History.Seconds + Further.Sum(classifier => classifier.History.Seconds);

    private IReadOnlyList<TrainedClassifier> Further => _erasing is null ? [] : [.. _erasing.Classifiers.Skip(1)];

    /// <summary>The maps of every sample of a split, in its order.</summary>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Read(ISampleSource source)
    {
        var maps = _erasing is null
            ? _maps.Run(_classifier.Network, source, _run)
            : _erasing.Read(source, _run).Select(item => (item.Sample, item.Maps.Merged()));
        return _refiner is null ? maps : _refiner.Run(maps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _refiner?.Dispose();
        _erasing?.Dispose();
    }
}
