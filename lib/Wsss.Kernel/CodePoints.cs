namespace Wsss.Kernel;

/// <summary>Jupyter counts a cursor's position in Unicode code points, .NET in UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>The UTF-16 position of a position in code points; positions outside the text become its ends.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        int index = 0;
        for (int left = codePoints; left > 0 && index < text.Length; left--) index += IsPair(text, index) ? 2 : 1;
        return index;
    }

    /// <summary>The position in code points of a UTF-16 position.</summary>
    public static int FromUtf16(string text, int position)
    {
        int count = 0;
        for (int index = 0; index < Math.Min(position, text.Length); count++) index += IsPair(text, index) ? 2 : 1;
        return count;
    }

    private static bool IsPair(string text, int index) => index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
}
