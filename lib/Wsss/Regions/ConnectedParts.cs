namespace Wsss.Regions;

/// <summary>The connected parts of a grid of labels.</summary>
internal static class ConnectedParts
{
    /// <summary>The parts one after another, in the order of their first cells.</summary>
    /// <param name="labels">[h, w] row by row; cells of one label may be connected, those below 0 belong to no part.</param>
    /// <param name="width">w, above 0.</param>
    /// <param name="corners">Whether cells that touch by a corner alone are connected too.</param>
    /// <returns>The numbers y·w + x of each part's cells, the first one first.</returns>
    public static IEnumerable<IReadOnlyList<int>> Of(int[] labels, int width, bool corners)
    {
        int height = labels.Length / width;
        bool[] met = new bool[labels.Length];
        for (int first = 0; first < labels.Length; first++)
        {
            if (met[first] || labels[first] < 0) continue;
            met[first] = true;
            List<int> part = [first];
            for (int next = 0; next < part.Count; next++)
            {
                int x = part[next] % width, y = part[next] / width;
                for (int dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++)
                {
                    for (int dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++)
                    {
                        int beside = part[next] + dy * width + dx;
                        if (met[beside] || labels[beside] != labels[first] || (!corners && dx != 0 && dy != 0)) continue;
                        met[beside] = true;
                        part.Add(beside);
                    }
                }
            }
            yield return part;
        }
    }
}
