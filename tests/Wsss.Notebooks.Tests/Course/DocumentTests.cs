using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wsss.Notebooks.Sessions;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The texts outside the notebooks: what they link to is there, and the programs in them compile.</summary>
public sealed class DocumentTests
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
    public void The_program_in_it_compiles(string document)
    {
        string program = CodeIn(document);
        Assert.InRange(program.Split('\n').Length, 2, 10);
        Assert.Equal([], Errors(program));
    }

    [Fact]
    public void A_program_that_does_not_compile_is_told_with_what_is_wrong() =>
        Assert.Equal(["CS0103 The name 'hidden' does not exist in the current context"], Errors("Console.WriteLine(hidden);"));

    /// <summary>The first block of C# of a document.</summary>
    private static string CodeIn(string document) =>
        File.ReadAllText(ProjectFolder.At(document)).ReplaceLineEndings("\n").Split("```csharp\n")[1].Split("\n```")[0];

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
}
