using Wsss.Regions;

namespace Wsss.Tests.Regions;

/// <summary>What the tests of several sources ask of regions.</summary>
internal static class Connectivity
{
    /// <summary>Whether a region's pixels hang together by their sides, or by corners too.</summary>
    public static bool IsConnected(Region region, int width, bool corners = false)
    {
        var left = region.Pixels.ToHashSet();
        var next = new Stack<int>([region.Pixels[0]]);
        left.Remove(region.Pixels[0]);
        while (next.TryPop(out int i))
        {
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    int x = i % width + dx, j = i + dy * width + dx;
                    if (x >= 0 && x < width && (corners || dx == 0 || dy == 0) && left.Remove(j)) next.Push(j);
                }
            }
        }
        return left.Count == 0;
    }
}
