using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Regions;

/// <summary>Some pixels of an image that belong together, whatever they show.</summary>
/// <param name="Pixels">Their numbers y·W + x, ascending; at least one.</param>
/// <param name="Level">Where regions overlap, those of a higher level lie on top.</param>
public sealed record Region(IReadOnlyList<int> Pixels, int Level = 0);

/// <summary>
/// Where the regions of an image come from: superpixels, or masks that another program made. They may overlap, and need not cover the
/// image. A record of its options.
/// </summary>
[Family("region source")]
public abstract record RegionSource
{
    /// <summary>The level of its regions: where sources overlap, those of a higher level lie on top.</summary>
    public int Level { get; init; }

    /// <summary>Where regions lie that another program made; null where they are found in the image.</summary>
    internal virtual string? FolderOfImages => null;

    /// <summary>The regions of an image.</summary>
    /// <param name="id">Its name; masks that were made elsewhere are found by it.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="WsssException">
    /// A file of the image's regions is missing, broken or of another size; the message names it.
    /// </exception>
    public abstract IReadOnlyList<Region> Of(string id, RgbImage image);

    /// <summary>Checks the options before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range; the message says which.</exception>
    public abstract void Validate();

    /// <summary>All that decides the regions but the images: its options, and the content of files that they name.</summary>
    /// <exception cref="WsssException">There are no such files.</exception>
    public virtual string Key() => WsssJson.Write<RegionSource>(this);

    /// <summary>The regions of a map of labels: the pixels of each label, in the order of their first pixels.</summary>
    /// <param name="labels">[H, W] row by row; below 0 for pixels without a region.</param>
    private protected IEnumerable<Region> Labelled(int[] labels) =>
        Enumerable.Range(0, labels.Length)
            .Where(i => labels[i] >= 0)
            .GroupBy(i => labels[i])
            .Select(group => new Region([.. group], Level));
}
