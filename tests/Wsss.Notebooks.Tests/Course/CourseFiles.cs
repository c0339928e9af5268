using System.Text.RegularExpressions;
using Wsss.Notebooks.Documents;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The notebooks of the repository and the files that they lean on.</summary>
internal static partial class CourseFiles
{
    /// <summary>File names of the notebooks in teaching order.</summary>
    public static IReadOnlyList<string> Notebooks { get; } =
    [
        .. Directory.EnumerateFiles(ProjectFolder.At("notebooks"), "*.ipynb")
            .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
    ];

    /// <summary>A row of test data for each notebook.</summary>
    public static TheoryData<string> EachNotebook { get; } = [.. Notebooks];

    public static string PathOf(string notebook) => ProjectFolder.At("notebooks", notebook);

    public static Notebook Load(string notebook) => Notebook.Load(PathOf(notebook));

    /// <summary>Targets of the Markdown links of a text, in order.</summary>
    public static IEnumerable<string> Links(string markdown) => Link().Matches(markdown).Select(match => match.Groups["target"].Value);

    /// <summary>Whether a file, and the heading in it, is where a link without a scheme says.</summary>
    /// <param name="from">Path of the file that links.</param>
    /// <param name="link">Such as <c>../docs/words.md#the-task</c>.</param>
    public static bool Leads(string from, string link)
    {
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? from : Path.GetFullPath(Uri.UnescapeDataString(parts[0]), Path.GetDirectoryName(from)!);
        if (!File.Exists(target)) return false;
        return parts.Length == 1 || Anchors(File.ReadAllText(target)).Contains(parts[1]);
    }

    /// <summary>The blocks of C# of a Markdown file, in order.</summary>
    public static string[] CSharpBlocks(string path) =>
        [.. File.ReadAllText(path).ReplaceLineEndings("\n").Split("```csharp\n")[1..].Select(text => text.Split("\n```")[0])];

    /// <summary>A Markdown text without its blocks of code.</summary>
    public static string WithoutCode(string markdown) => CodeBlock().Replace(markdown, "");

    /// <summary>The anchors of a Markdown file's headings, as GitHub names them.</summary>
    public static IEnumerable<string> Anchors(string markdown) => Heading().Matches(WithoutCode(markdown)).Select(match =>
        NoAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
