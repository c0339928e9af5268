using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Training;

namespace Wsss.Refinement;

/// <summary>
/// A step from localization maps to better ones, between any extractor and whatever takes maps. A record of its options; its
/// name here is the one in files and commands.
/// </summary>
[JsonDerivedType(typeof(CrfRefinement), "crf")]
[JsonDerivedType(typeof(PamrRefinement), "pamr")]
[JsonDerivedType(typeof(AffinityWalk), "walk")]
[JsonDerivedType(typeof(SaliencyRefinement), "saliency")]
[JsonDerivedType(typeof(RefinementChain), "chain")]
public abstract record MapRefinement
{
    /// <summary>The name in tables: the type's.</summary>
    [JsonIgnore]
    public virtual string Name => GetType().Name;

    /// <summary>Checks the options before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range; the message says which.</exception>
    public abstract void Validate();

    /// <summary>All that decides what it does, but the classifier and the images: its options, and the content of files that they name.</summary>
    public virtual string Key() => WsssJson.Write(this);

    /// <summary>Gets ready to refine: takes buffers, trains a network or takes it from the store.</summary>
    /// <param name="context">Where the maps come from.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public abstract MapRefiner Open(RefinementContext context);
}

/// <summary>What a refinement may learn from.</summary>
/// <param name="Classifier">The classifier whose maps are refined; null where it is not known, which only some refinements need.</param>
/// <param name="Maps">How its maps are read.</param>
/// <param name="Train">The split that it was trained on: images and labels.</param>
/// <param name="Run">Device, store, progress, cancellation.</param>
public sealed record RefinementContext(TrainedClassifier? Classifier, MapInference Maps, ISampleSource Train, RunContext Run);

/// <summary>Refines maps, image by image; not for use by several threads at once.</summary>
public abstract class MapRefiner : IDisposable
{
    /// <summary>Refines the maps of one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="maps">Its maps, of its size.</param>
    /// <returns>Maps of the same classes, in 0…1; the same maps where there is no class.</returns>
    /// <exception cref="ArgumentException">The maps do not have the image's size, or hold NaN.</exception>
    public LocalizationMaps Refine(RgbImage image, LocalizationMaps maps)
    {
        if (image.Width != maps.Width || image.Height != maps.Height)
        {
            throw new ArgumentException(
                $"Expected maps of the image's {image.Width}×{image.Height} pixels, found {maps.Width}×{maps.Height} for '{maps.Id}'.");
        }
        return maps.Classes.Count == 0 ? maps : RefineSome(image, maps);
    }

    /// <summary>Refines the maps of each sample as they come.</summary>
    /// <param name="maps">Samples and their maps, as <see cref="MapInference.Run"/> and <see cref="MapFolder.ReadAll"/> give them.</param>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Run(IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps) =>
        maps.Select(item => (item.Sample, Refine(item.Sample.Image, item.Maps)));

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Refines maps of at least one class and of the image's size.</summary>
    protected abstract LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps);
}
