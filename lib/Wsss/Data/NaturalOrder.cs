namespace Wsss.Data;

/// <summary>
/// Orders names as people count: <c>image2</c> before <c>image10</c>; else by code unit, so that it is the same on every machine.
/// </summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (a.Length > 0 && b.Length > 0)
        {
            int first = Digits(a), second = Digits(b);
            if (first == 0 || second == 0)
            {
                if (a[0] != b[0]) return a[0] - b[0];
                first = second = 1;
            }
            else
            {
                var one = a[..first].TrimStart('0');
                var other = b[..second].TrimStart('0');
                int order = one.Length != other.Length ? one.Length - other.Length : one.SequenceCompareTo(other);
                if (order != 0) return order;
            }
            a = a[first..];
            b = b[second..];
        }
        // Numbers that differ by leading zeros alone are equal so far.
        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(x, y);
    }

    /// <summary>How many digits a text begins with.</summary>
    private static int Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
