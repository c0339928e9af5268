namespace Wsss.Notebooks.Reviews;

/// <summary>What the script of a review page knows before it loads any map or mask.</summary>
/// <param name="Kind"><c>maps</c> or <c>masks</c>.</param>
/// <param name="Data">Fingerprint of the images' source, for the decisions.</param>
/// <param name="Key">Hash of what is looked at, under which the browser remembers its marks.</param>
/// <param name="Classes">All C classes.</param>
/// <param name="Images">The photographs, in the source's order.</param>
internal sealed record ReviewData(
    string Kind,
    string Data,
    string Key,
    IReadOnlyList<ReviewClass> Classes,
    IReadOnlyList<ReviewImage> Images
);

/// <summary>A class as the page shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">R, G, B.</param>
internal sealed record ReviewClass(string Name, int[] Color);

/// <summary>A photograph as the page shows it; its files are named by its place in the list.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Size">Width and height in pixels.</param>
/// <param name="Shown">Width and height of its maps or mask on the page.</param>
/// <param name="Classes">The zero-based classes that it has maps of, or that its mask shows.</param>
internal sealed record ReviewImage(string Id, int[] Size, int[] Shown, IReadOnlyList<int> Classes)
{
    /// <summary>Of maps: at each threshold 0, 0.01, … 1 the thousandths of its pixels that are near it.</summary>
    public int[]? Near { get; init; }

    /// <summary>Of a mask: how much whoever predicted it doubts it, 0…1; null if nobody said.</summary>
    public double? Doubt { get; init; }
}
