namespace Wsss.Data;

/// <summary>An order of names for people. .NET has one where it runs with ICU, which this project does without.</summary>
internal static class NaturalOrder
{
    /// <summary>Numbers in names by value, so that 9 comes before 10.</summary>
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string? a, string? b)
    {
        (a, b) = (a ?? "", b ?? "");
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            int order;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                ReadOnlySpan<char> left = Digits(a, ref i).TrimStart('0'), right = Digits(b, ref j).TrimStart('0');
                order = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
            }
            else
            {
                order = char.ToUpperInvariant(a[i++]) - char.ToUpperInvariant(b[j++]);
            }
            if (order != 0) return order;
        }
        return (a.Length - i) - (b.Length - j) is var rest and not 0 ? rest : string.CompareOrdinal(a, b);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start, at - start);
    }
}
