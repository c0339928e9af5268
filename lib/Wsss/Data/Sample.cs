using System.Collections.ObjectModel;

namespace Wsss.Data;

/// <summary>A labelled image: all that weak supervision knows. Drawn masks lie behind <see cref="IMaskedSource"/>.</summary>
/// <param name="Id">Name of the image, unique in its data set (for VOC the file name without extension).</param>
/// <param name="Image">The pixels.</param>
/// <param name="Labels">Zero-based indices of the classes present, ascending.</param>
public sealed record Sample(string Id, RgbImage Image, IReadOnlyList<int> Labels)
{
    /// <summary>Planes that were added to the image for what is trained on it, by name, such as saliency; of the image's size.</summary>
    public IReadOnlyDictionary<string, Plane> Planes { get; init; } = ReadOnlyDictionary<string, Plane>.Empty;

    /// <summary>The same sample with one more plane.</summary>
    /// <param name="name">Its name; a plane of that name is replaced.</param>
    /// <param name="plane">Of the image's size.</param>
    public Sample With(string name, Plane plane) => this with { Planes = new Dictionary<string, Plane>(Planes) { [name] = plane } };
}
