using Wsss.Data;
using Wsss.Regions;
using static TorchSharp.torch;

namespace Wsss.Tests.Regions;

internal static class RegionSourceExtensions
{
    /// <summary>The regions of one image, on the CPU.</summary>
    public static IReadOnlyList<Region> Of(this RegionSource source, string id, RgbImage image)
    {
        using RegionFinder finder = source.Open(CPU);
        return finder.Of(id, image);
    }
}
