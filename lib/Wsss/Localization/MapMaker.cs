using Wsss.Data;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Localization;

/// <summary>
/// How a recipe becomes maps: the extension point of techniques that wrap whole trainings. Without one, a recipe gives one classifier, and
/// that one's maps.
/// </summary>
public interface IMapMaking
{
    /// <summary>Trains what is needed, or takes it from the store.</summary>
    /// <param name="recipe">How each classifier is trained, without the technique itself.</param>
    /// <param name="data">Images and labels.</param>
    /// <param name="maps">How maps are read off a classifier.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="RecipeException">An option lies outside its range, or a training failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished steps stay in the store, training leaves a checkpoint.</exception>
    MapMaker Train(Recipe recipe, LabelledSplits data, MapInference maps, RunContext run);
}

/// <summary>Trained classifiers that make maps of any split. Owns them, unless it says otherwise.</summary>
public abstract class MapMaker : IDisposable
{
    /// <summary>What a recipe gives: by its technique that wraps trainings, or one classifier.</summary>
    /// <inheritdoc cref="IMapMaking.Train"/>
    /// <exception cref="RecipeException">Also where two techniques would wrap each other's trainings.</exception>
    public static MapMaker Train(Recipe recipe, LabelledSplits data, MapInference maps, RunContext run)
    {
        recipe.Validate();
        maps.Validate();
        var inner = recipe with { Techniques = [.. recipe.Techniques.Where(technique => technique is not IMapMaking)] };
        return recipe.Techniques.OfType<IMapMaking>().ToArray() switch
        {
            [] => new OneClassifier(ClassifierTrainer.Train(inner, data, run), maps, owned: true),
            [var making] => making.Train(inner, data, maps, run),
            var several => throw new RecipeException(
                "Expected at most one technique that wraps whole trainings, found "
                    + $"{string.Join(" and ", several.Select(each => ((Technique)each).Name))}."
            ),
        };
    }

    /// <summary>The maps of one classifier, which stays the caller's.</summary>
    public static MapMaker Of(TrainedClassifier classifier, MapInference maps)
    {
        maps.Validate();
        return new OneClassifier(classifier, maps, owned: false);
    }

    /// <summary>The classifiers in the order of their training; at least one.</summary>
    public abstract IReadOnlyList<TrainedClassifier> Classifiers { get; }

    /// <summary>How maps are read off a classifier.</summary>
    public abstract MapInference Maps { get; }

    /// <summary>Hash of all that decides the maps, but the images.</summary>
    public abstract string Key { get; }

    /// <summary>The maps of every sample of a source, in its order, extracted now.</summary>
    /// <param name="source">Images and labels.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Extract(ISampleSource source, RunContext run) =>
        Extract(source, Maps, run);

    /// <summary>The same with maps that are read in another way than <see cref="Maps"/>, such as at another size.</summary>
    /// <param name="source">Images and labels.</param>
    /// <param name="maps">How they are read.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    public abstract IEnumerable<(Sample Sample, LocalizationMaps Maps)> Extract(
        ISampleSource source, MapInference maps, RunContext run);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var classifier in Classifiers) classifier.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class OneClassifier(TrainedClassifier classifier, MapInference maps, bool owned) : MapMaker
    {
        public override IReadOnlyList<TrainedClassifier> Classifiers { get; } = [classifier];

        public override MapInference Maps => maps;

        public override string Key { get; } = ArtifactStore.Key("one classifier/1", classifier.Key, maps.Key());

        public override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Extract(
            ISampleSource source, MapInference inference, RunContext run) => inference.Run(classifier.Network, source, run);

        public override void Dispose()
        {
            if (owned) base.Dispose();
        }
    }
}
