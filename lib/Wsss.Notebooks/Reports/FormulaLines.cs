using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Reports;

/// <summary>
/// Jupyter lets a formula begin on one line and end on another; Markdig wants it on one line (or, with <c>$$</c>, on
/// lines between two that hold nothing else). Makes the latter of the former.
/// </summary>
internal static partial class FormulaLines
{
    /// <summary>The text with every formula that a line break cuts put on one line.</summary>
    public static string Join(string markdown)
    {
        var lines = new List<string>();
        bool inCode = false;
        string open = "";
        string[] source = markdown.Split('\n');
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) inCode = !inCode;
            if (open.Length > 0) lines[^1] += " " + source[i].Trim();
            else lines.Add(source[i]);
            open = inCode ? "" : Open(lines[^1], i + 1 < source.Length ? source[i + 1] : "");
        }
        return string.Join('\n', lines);
    }

    /// <summary>The dollar signs that the next line has to close; empty if there are none.</summary>
    private static string Open(string line, string next)
    {
        string text = NoFormula().Replace(line, "");
        if (text.Trim() == "$$" || next.Length == 0) return "";
        if (text.Split("$$").Length % 2 == 0) return "$$";
        // One dollar sign alone may be money, so the next line must have its partner.
        return CountSingle(text) % 2 == 1 && CountSingle(NoFormula().Replace(next, "")) % 2 == 1 ? "$" : "";
    }

    private static int CountSingle(string text) => text.Replace("$$", "", StringComparison.Ordinal).Count(c => c == '$');

    // Code and escaped dollar signs.
    [GeneratedRegex(@"`[^`]*`|\\\$")]
    private static partial Regex NoFormula();
}
