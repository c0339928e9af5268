namespace Wsss;

/// <summary>A text as a cell of a CSV file (RFC 4180) that people open in a spreadsheet.</summary>
internal static class CsvCell
{
    // What begins a formula, also in its wide forms, and what hides that from some programs.
    private const string Formula = "=+-@\t\r\n＝＋－＠";

    /// <summary>The cell: a text that a spreadsheet would compute gets an apostrophe before it; quoted where it has to be.</summary>
    /// <param name="text">A name or other text; numbers are written as they are.</param>
    public static string Of(string text)
    {
        if (text.Length > 0 && Formula.Contains(text[0])) text = "'" + text;
        return text.AsSpan().IndexOfAny(",;\"\n\r\t") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
