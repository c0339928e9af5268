using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wsss.Notebooks.Sessions;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The texts outside the notebooks: what they link to is there, and the programs in them compile.</summary>
public sealed partial class DocumentTests
{
    // What the SDK writes above each file of a console program (ImplicitUsings).
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading.Tasks;
        """;

    public static TheoryData<string> EachDocument { get; } = [.. Documents()];

    [Theory]
    [MemberData(nameof(EachDocument))]
    public void Links_to_files_and_headings_lead_somewhere(string document)
    {
        string path = ProjectFolder.At(document);
        string[] broken = [.. CourseFiles.Links(CourseFiles.WithoutCode(File.ReadAllText(path)))
            .Where(link => !link.Contains(':', StringComparison.Ordinal) && !CourseFiles.Leads(path, link))];
        Assert.Empty(broken);
    }

    [Fact]
    public void The_documents_of_the_project_are_looked_at()
    {
        string[] expected = ["CONTRIBUTING.md", "README.md", "docs/guide/install.md", "docs/results.md", "environment.md"];
        Assert.Empty(expected.Except(Documents()));
    }

    [Fact]
    public void A_link_to_nothing_is_found()
    {
        string readme = ProjectFolder.At("README.md");
        Assert.True(CourseFiles.Leads(readme, "docs/words.md#the-task"));
        Assert.False(CourseFiles.Leads(readme, "docs/words.md#no-such-heading"));
        Assert.False(CourseFiles.Leads(readme, "docs/no-such-file.md"));
        Assert.Equal(["heading"], CourseFiles.Anchors("# Heading\n\n```sh\n# a comment\n```\n"));
    }

    [Fact]
    public void The_site_lists_each_document_of_the_guide_and_each_notebook()
    {
        string contents = File.ReadAllText(ProjectFolder.At("docs", "toc.yml"));
        string[] pages =
        [
            .. Directory.GetFiles(ProjectFolder.At("docs"), "*.md", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(ProjectFolder.Root, path).Replace('\\', '/')),
            .. Directory.GetFiles(ProjectFolder.At("notebooks"), "*.ipynb")
                .Select(path => $"notebooks/{Path.GetFileNameWithoutExtension(path)}.html"),
        ];
        Assert.All(pages, page => Assert.Contains($"href: {page}\n", contents));
    }

    [Fact]
    public void Readme_is_two_screens_long() => Assert.InRange(File.ReadAllLines(ProjectFolder.At("README.md")).Length, 50, 150);

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/guide/csharp.md")]
    [InlineData("lib/Wsss/README.md")]
    [InlineData("lib/Wsss.Menagerie/README.md")]
    [InlineData("lib/Wsss.Notebooks/README.md")]
    [InlineData("lib/Wsss.Weights/README.md")]
    public void The_code_in_it_compiles(string document)
    {
        string[] blocks = CourseFiles.CSharpBlocks(ProjectFolder.At(document));
        Assert.InRange(blocks[0].Split('\n').Length, 2, 10);
        Assert.Equal([], Errors(Program(blocks)));
    }

    [Fact]
    public void A_program_that_does_not_compile_is_told_with_what_is_wrong() =>
        Assert.Equal(["CS0103 The name 'hidden' does not exist in the current context"], Errors("Console.WriteLine(hidden);"));

    [Fact]
    public void Blocks_that_follow_each_other_are_one_program()
    {
        string program = Program(["using System.Text;\nint one = 1;", "using System.Xml;\nclass Toy;", "one + 1"]);
        Assert.Equal("using System.Text;\nusing System.Xml;\nint one = 1;\nConsole.WriteLine(one + 1);\nclass Toy;", program);
        Assert.Equal([], Errors(program));
    }

    /// <summary>Blocks as a reader types them one after the other: usings first, types last; an expression is shown.</summary>
    private static string Program(IEnumerable<string> blocks)
    {
        var usings = new List<string>();
        var statements = new List<string>();
        var types = new List<string>();
        foreach (string block in blocks)
        {
            string[] lines = block.Split('\n');
            usings.AddRange(lines.Where(IsUsing));
            string code = string.Join('\n', lines.Where(line => !IsUsing(line))).Trim();
            if (TypeDeclaration().IsMatch(code)) types.Add(code);
            else statements.Add(code.Contains(';') ? code : $"Console.WriteLine({code});");
        }
        return string.Join('\n', [.. usings.Distinct(), .. statements, .. types]);
    }

    private static bool IsUsing(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('(');

    private static string[] Errors(string program)
    {
        var host = HostAssemblies.Load();
        CSharpParseOptions language = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            "ProgramOfADocument",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, language), CSharpSyntaxTree.ParseText(program, language)],
            host.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        return [.. compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{diagnostic.Id} {diagnostic.GetMessage()}")];
    }

    /// <summary>Markdown files of the root, of docs, and beside results, data and libraries, by their path from the root.</summary>
    private static IEnumerable<string> Documents() =>
        new[] { "docs", "results", "data", ".github" }.Select(folder => ProjectFolder.At(folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(ProjectFolder.Root, "*.md"))
            .Concat(Directory.EnumerateDirectories(ProjectFolder.At("lib")).SelectMany(folder => Directory.EnumerateFiles(folder, "*.md")))
            .Select(path => Path.GetRelativePath(ProjectFolder.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^(\[.*\]\s*)?(public |internal |sealed |file )*(class|record|interface) ", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
