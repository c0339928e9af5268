namespace Wsss.Registry;

/// <summary>Names that come near what somebody typed.</summary>
internal static class NearNames
{
    // Nobody types longer ones; the work grows with the product of the lengths.
    private const int LongestCompared = 200;

    /// <summary>
    /// How far a name is from a text: letters to insert, delete or replace; 0 if the whole text is one of the name's words, ½ if it is its
    /// beginning.
    /// </summary>
    /// <param name="name">A known name.</param>
    /// <param name="wanted">What was typed.</param>
    public static double Distance(string name, string wanted)
    {
        if (name.Length > LongestCompared || wanted.Length > LongestCompared) return Math.Max(name.Length, wanted.Length);
        (name, wanted) = (name.ToLowerInvariant(), wanted.ToLowerInvariant());
        if (name.Split(' ', '-').Contains(wanted)) return 0;
        if (name.StartsWith(wanted, StringComparison.Ordinal)) return 0.5;
        int[] row = [.. Enumerable.Range(0, wanted.Length + 1)];
        for (int i = 1; i <= name.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= wanted.Length; j++)
            {
                int replaced = diagonal + (name[i - 1] == wanted[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    /// <summary>
    /// The question that follows an unknown name: <c>Did you mean crf? </c>, with a blank behind it; empty if none comes near.
    /// </summary>
    public static string Question(IEnumerable<string> names, string wanted)
    {
        string? nearest = names.OrderBy(name => Distance(name, wanted)).FirstOrDefault();
        return nearest is not null && Distance(nearest, wanted) <= Math.Max(1, wanted.Length / 3) ? $"Did you mean {nearest}? " : "";
    }
}
