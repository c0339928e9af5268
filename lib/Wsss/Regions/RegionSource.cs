using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Regions;

/// <summary>Some pixels of an image that belong together, whatever they show.</summary>
/// <param name="Pixels">Their numbers y·W + x, ascending; at least one.</param>
/// <param name="Level">Where regions overlap, those of a higher level lie on top.</param>
public sealed record Region(IReadOnlyList<int> Pixels, int Level = 0);

/// <summary>
/// Where the regions of an image come from: superpixels, masks that another program made, or those of a network. They may overlap, and
/// need not cover the image. A record of its options.
/// </summary>
[Family("region source")]
public abstract record RegionSource
{
    /// <summary>The level of its regions: where sources overlap, those of a higher level lie on top.</summary>
    public int Level { get; init; }

    /// <summary>Where regions lie that another program made; null where they are found in the image.</summary>
    internal virtual string? FolderOfImages => null;

    /// <summary>Gets ready to find regions: loads a network where there is one.</summary>
    /// <param name="device">Where a network runs.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="WsssException">There is no such folder or file, or it is no network.</exception>
    public abstract RegionFinder Open(Device device);

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
