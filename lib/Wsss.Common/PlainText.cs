using System.Text;

namespace Wsss;

/// <summary>Text of files and people, made fit to be shown.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text with U+FFFD for every character that steers a terminal or changes the order in which text is read: control characters
    /// (escape, tab and line breaks among them), line and paragraph separators, the bidirectional controls of Unicode's UAX #9, and halves
    /// of surrogate pairs.
    /// </summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) shown.Append((Steers(rune) ? Rune.ReplacementChar : rune).ToString());
        return shown.ToString();
    }

    /// <summary>A name out of a file as a message shows it: as <see cref="Of"/>, and cut off where it is long.</summary>
    /// <param name="text">The name.</param>
    /// <param name="most">Characters that are shown.</param>
    public static string Shown(string text, int most = 256) => text.Length <= most ? Of(text) : Of(text[..most]) + "…";

    private static bool Steers(Rune rune) => Rune.IsControl(rune) || rune.Value is
        0x061C or 0x200E or 0x200F or // marks of direction
        (>= 0x2028 and <= 0x202E) or // separators; embeddings and overrides
        (>= 0x2066 and <= 0x2069); // isolates
}
