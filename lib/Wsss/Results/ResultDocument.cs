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
        return Block().Replace(text, block =>
        {
            string title = block.Groups["file"].Value;
            var table = WsssYaml.Read<ResultTable>(block.Groups["table"].Value, $"{name}, results: {title}");
            return $"{block.Groups["start"].Value}\n{table.ToMarkdown(ResultFile.Load(Path.Combine(folder, $"{title}.json")))}\n{End}";
        });
    }

    [GeneratedRegex(@"^<!-- results:", RegexOptions.Multiline)]
    private static partial Regex Start();

    [GeneratedRegex(
        @"^(?<start><!-- results: *(?<file>[\w-]+)(?<table>.*?)-->)\n.*?^<!-- /results -->",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
