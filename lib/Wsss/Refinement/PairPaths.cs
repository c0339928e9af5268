namespace Wsss.Refinement;

/// <summary>A step from a pixel to another one within the radius, and the pixels on the way.</summary>
/// <param name="Dy">Rows down, not negative.</param>
/// <param name="Dx">Columns to the right; positive where <paramref name="Dy"/> is 0.</param>
/// <param name="Path">Offsets (rows, columns) of all pixels on the way, both ends included.</param>
internal sealed record PairPath(int Dy, int Dx, IReadOnlyList<(int Dy, int Dx)> Path);

/// <summary>The pairs of pixels whose affinity counts: those closer than a radius, each pair once.</summary>
/// <remarks>
/// As in IRN's code (<c>PathIndex</c>): a path holds the pixels of the bounding box that lie less than one pixel beside the
/// straight line. Radius 5 gives 34 pairs per pixel, that is 68 neighbours.
/// </remarks>
internal static class PairPaths
{
    /// <summary>The pairs for a radius, by rows and columns.</summary>
    /// <param name="radius">Pairs are closer than this many pixels; at least 2.</param>
    /// <exception cref="RecipeException">A smaller radius, which leaves no pair.</exception>
    public static IReadOnlyList<PairPath> Within(int radius)
    {
        if (radius < 2) throw new RecipeException($"Expected a radius of at least 2 pixels, found {radius}.");
        var pairs = new List<PairPath>();
        for (int dy = 0; dy < radius; dy++)
            for (int dx = dy == 0 ? 1 : 1 - radius; dx < radius; dx++)
                if (dy * dy + dx * dx < radius * radius) pairs.Add(new PairPath(dy, dx, PathTo(dy, dx)));
        return pairs;
    }

    private static List<(int, int)> PathTo(int dy, int dx)
    {
        var path = new List<(int, int)>();
        int lengthSquared = dy * dy + dx * dx;
        for (int y = 0; y <= dy; y++)
        {
            for (int x = Math.Min(0, dx); x <= Math.Max(0, dx); x++)
            {
                int beside = dy * x - dx * y; // distance from the line times its length
                if (beside * beside < lengthSquared) path.Add((y, x));
            }
        }
        return path;
    }
}
