using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Registry;

namespace Wsss.Refinement;

/// <summary>
/// A step from localization maps to better ones, between any extractor and whatever takes maps. A record of its options.
/// </summary>
[Family("refinement")]
public abstract record MapRefinement
{
    /// <summary>The name in tables, files and commands.</summary>
    [JsonIgnore]
    public string Name => Family.NameOf(this);

    /// <summary>Checks the options before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range; the message says which.</exception>
    public abstract void Validate();

    /// <summary>Whether it learns from the maps of the training images.</summary>
    [JsonIgnore]
    public virtual bool Learns => false;

    /// <summary>Whether it looks into the classifier that made the maps.</summary>
    internal virtual bool ReadsNetwork => false;

    /// <summary>Folders in which it looks for a file of each image by its name; photographs that come later have none there.</summary>
    internal virtual IEnumerable<string> FoldersOfImages => [];

    /// <summary>This refinement, or those that it is made of.</summary>
    internal virtual IEnumerable<MapRefinement> Parts => [this];

    /// <summary>The same with another in place of each of its parts.</summary>
    /// <param name="change">What stands for a part; the part itself for no change.</param>
    internal virtual MapRefinement WithParts(Func<MapRefinement, MapRefinement> change) => change(this);

    /// <summary>
    /// All that decides what it does, but the classifier and the images: its options, and the content of files that they name.
    /// </summary>
    public virtual string Key() => WsssJson.Write<MapRefinement>(this);

    /// <summary>Gets ready to refine: takes buffers, trains a network or takes it from the store.</summary>
    /// <param name="context">Where the maps come from.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public abstract MapRefiner Open(RefinementContext context);
}

/// <summary>What a refinement may learn from.</summary>
/// <param name="Before">The maps that are refined, of any split; null where they are not known, which only some refinements need.</param>
/// <param name="Train">The split that their classifier was trained on: images and labels.</param>
/// <param name="Run">Device, store, progress, cancellation.</param>
public sealed record RefinementContext(MapSource? Before, ISampleSource Train, RunContext Run)
{
    /// <summary>The classifier that made the maps, the first of several; null where it is not known. Stays its owner's.</summary>
    public Classifier? Network { get; init; } = Before?.Classifiers.FirstOrDefault()?.Network;
}

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
    /// <param name="maps">Samples and their maps, as <see cref="MapSource.Read"/> gives them.</param>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Run(IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps) =>
        maps.Select(item => (item.Sample, Refine(item.Sample.Image, item.Maps)));

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Refines maps of at least one class and of the image's size.</summary>
    protected abstract LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps);
}
