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

    /// <summary>The anchors of a Markdown file's headings, as GitHub names them.</summary>
    public static IEnumerable<string> Anchors(string markdown) => Heading().Matches(markdown).Select(match =>
        NoAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
