using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>
/// The numbers by which a Markdown text claims a result. Claimed is what has a decimal point, a sign, a comma between thousands, or a unit
/// behind it, and what goes "from 16 to 65". Left out are code, formulas, titles, exercises, the time at the head, the width of
/// intervals, and sentences with a link to somebody else's page: these cite.
/// </summary>
internal static partial class Claims
{
    private const string Amount = @"(?:\d+(?:\.\d+)?|\.\d+)";
    private const string Operand = $@"\(*{Amount}\)*";

    /// <summary>The paragraphs of a text, with their links, without what claims nothing.</summary>
    public static IEnumerable<string> Paragraphs(string markdown)
    {
        string text = Exercises().Replace(Fenced().Replace(markdown, ""), "");
        text = Settled().Replace(Title().Replace(Quiet().Replace(text, ""), ""), "");
        return ParagraphEnd().Split(text).Where(paragraph => paragraph.Trim().Length > 0);
    }

    /// <summary>The claims of a paragraph of <see cref="Paragraphs"/>, without those that are results of its arithmetic.</summary>
    public static IEnumerable<QuotedNumber> Of(string paragraph)
    {
        foreach (string sentence in Sentences(paragraph).Where(sentence => !Citation().IsMatch(sentence)))
        {
            string plain = Plain(sentence);
            int[] results = [.. Arithmetic().Matches(plain).Select(match => match.Groups["result"].Index)];
            foreach (Match match in Number().Matches(plain))
            {
                if (!results.Contains(match.Index) && IsClaim(plain, match)) yield return new(match.Value, plain.Trim());
            }
        }
    }

    /// <summary>Sums that a paragraph writes out, with what they come to; null where that cannot be computed.</summary>
    public static IEnumerable<(QuotedNumber Result, double? Value)> Sums(string paragraph) =>
        from sentence in Sentences(paragraph)
        let plain = Plain(sentence)
        from Match match in Arithmetic().Matches(plain)
        select (new QuotedNumber(match.Groups["result"].Value, plain.Trim()), Compute(match.Groups["sum"].Value));

    private static IEnumerable<string> Sentences(string paragraph) => SentenceEnd().Split(paragraph);

    private static string Plain(string sentence) => LinkTarget().Replace(sentence, "]");

    private static bool IsClaim(string sentence, Match number) =>
        number.Value.AsSpan().IndexOfAny(".,+−-") >= 0
        || Unit().IsMatch(sentence[(number.Index + number.Length)..])
        || FromTo().Matches(sentence).Any(match => match.Groups["n"].Captures.Any(capture => capture.Index == number.Index));

    private static double? Compute(string sum)
    {
        using var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        try
        {
            // The table divides integers as decimals, but multiplies them in 32 bits.
            string expression = Whole().Replace(sum.Replace('×', '*').Replace('−', '-'), "$0.0");
            return Convert.ToDouble(table.Compute(expression, null), CultureInfo.InvariantCulture);
        }
        catch (SyntaxErrorException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"^## Exercises$.*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Exercises();

    [GeneratedRegex(@"\$\$.*?\$\$|\$[^$]+\$|`[^`\n]+`", RegexOptions.Singleline)]
    private static partial Regex Quiet();

    [GeneratedRegex(@"^#+ .*$", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"about [\d.]+ (?:seconds?|minutes?) as saved here|95 % intervals?")]
    private static partial Regex Settled();

    [GeneratedRegex(@"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )")]
    private static partial Regex ParagraphEnd();

    [GeneratedRegex(@"(?<=[.!?][)*""”]*)\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\]\(https?://")]
    private static partial Regex Citation();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"(?<![\w.,/\-−–+])(?:[+\-−])?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?![\w])")]
    private static partial Regex Number();

    // Each way to write a number is tried once: no text makes this slow.
    [GeneratedRegex(
        $@"(?<![\w.(])(?<sum>{Operand}(?:\s*[+−×/]\s*{Operand})+)\s*[=≈]\s*(?<result>[+−]?(?:\d{{1,3}}(?:,\d{{3}})+|{Amount}))"
    )]
    private static partial Regex Arithmetic();

    [GeneratedRegex(@"^\s?(?:%|points?\b|mIoU\b|hours?\b|h\b|seconds?\b|s\b|minutes?\b|times\b|MB\b)")]
    private static partial Regex Unit();

    [GeneratedRegex(@"from (?<n>\d+) to (?<n>\d+)|(?<n>\d+) → (?<n>\d+)")]
    private static partial Regex FromTo();

    [GeneratedRegex(@"(?<![\d.])\d+(?![\d.])")]
    private static partial Regex Whole();
}
