using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Regions;

/// <summary>Finds the regions of images, one image after the other; not for use by several threads at once.</summary>
public sealed class RegionFinder : IDisposable
{
    private readonly Func<string, RgbImage, IReadOnlyList<Region>> _find;
    private readonly IDisposable? _network;

    /// <param name="find">The regions of an image, by its name and itself.</param>
    /// <param name="network">What it works with, disposed with this; null for nothing.</param>
    internal RegionFinder(Func<string, RgbImage, IReadOnlyList<Region>> find, IDisposable? network = null) =>
        (_find, _network) = (find, network);

    /// <summary>Opens several sources; where one cannot be, none stays open.</summary>
    /// <inheritdoc cref="RegionSource.Open"/>
    internal static IReadOnlyList<RegionFinder> OpenAll(IEnumerable<RegionSource> sources, Device device)
    {
        var finders = new List<RegionFinder>();
        try
        {
            foreach (var source in sources) finders.Add(source.Open(device));
        }
        catch
        {
            foreach (var finder in finders) finder.Dispose();
            throw;
        }
        return finders;
    }

    /// <summary>The regions of an image.</summary>
    /// <param name="id">Its name; masks that were made elsewhere are found by it.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="WsssException">
    /// A file of the image's regions is missing, broken or of another size, or a network does not give masks; the message names it.
    /// </exception>
    public IReadOnlyList<Region> Of(string id, RgbImage image) => _find(id, image);

    /// <inheritdoc/>
    public void Dispose() => _network?.Dispose();
}
