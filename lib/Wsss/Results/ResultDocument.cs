using System.Text.RegularExpressions;

namespace Wsss.Results;

/// <summary>
/// A document whose tables come from files of results. A table stands between two comments, which readers do not see; the first
/// names the file and, in YAML, what of it is shown (<see cref="ResultTable"/>).
/// </summary>
/// <example>
/// <code>
/// &lt;!-- results: ablation
/// rows: technique
/// columns: {mIoU %: mIoU, mIoU − plain: difference of mIoU, cost: cost}
/// --&gt;
/// | technique | … |
/// &lt;!-- /results --&gt;
/// </code>
/// </example>
internal static partial class ResultDocument
{
    private const string End = "<!-- /results -->";

    /// <summary>The document with its tables made anew.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">Its name, for error messages.</param>
    /// <param name="folder">Where the files of results lie: the one named <c>ablation</c> is <c>ablation.json</c>.</param>
    /// <exception cref="WsssException">A comment has no end or describes no table, or its file does not have what it asks for.</exception>
    public static string Update(string text, string name, string folder)
    {
        var starts = Start().Matches(text);
        int ends = text.Split(End).Length - 1;
        if (starts.Count != ends)
            throw new WsssException($"{name}: expected every '<!-- results: … -->' to end with '{End}', found {starts.Count} and {ends}.");
        int made = 0;
        string updated = Block().Replace(text, block =>
        {
            made++;
            string title = block.Groups["file"].Value, lineEnd = block.Groups["end"].Value;
            var table = WsssYaml.Read<ResultTable>(block.Groups["table"].Value, $"{name}, results: {title}");
            string markdown = table.ToMarkdown(ResultFile.Load(Path.Combine(folder, $"{title}.json"))).ReplaceLineEndings(lineEnd);
            return $"{block.Groups["start"].Value}{lineEnd}{markdown}{lineEnd}{End}";
        });
        return made == starts.Count
            ? updated
            : throw new WsssException(
                $"{name}: expected every '<!-- results: …' to name a file, by letters, digits, - and _, and '-->' and '{End}' to end and "
                    + $"begin a line, found {made} of {starts.Count} so. Correct the others.");
    }

    [GeneratedRegex(@"^<!-- results:", RegexOptions.Multiline)]
    private static partial Regex Start();

    [GeneratedRegex(
        @"^(?<start><!-- results: *(?<file>[\w-]+)(?<table>.*?)-->)(?<end>\r?\n).*?^<!-- /results -->",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
