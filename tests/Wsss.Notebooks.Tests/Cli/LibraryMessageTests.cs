using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>The library speaks to programs of any kind: its texts name no command, no option and no file of this project.</summary>
public sealed partial class LibraryMessageTests
{
    private static readonly string[] Libraries = ["Wsss", "Wsss.Common", "Wsss.Crf", "Wsss.Weights", "Wsss.Menagerie"];

    [Fact]
    public void Texts_of_the_library_name_nothing_of_the_command_line()
    {
        var (texts, found) = (0, new List<string>());
        foreach (string file in Libraries.SelectMany(Sources))
        {
            foreach (string text in Texts(File.ReadAllText(file)))
            {
                texts++;
                if (CommandLineWords().IsMatch(text)) found.Add($"{Path.GetFileName(file)}: {text}");
            }
        }
        Assert.True(texts > 1000, $"Expected the library's sources, found {texts} texts.");
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("\"Give --backbone.\"", true)]
    [InlineData("$\"{name}: make it with `wsss pretrain {name}`.\"", true)]
    [InlineData("\"\"\"\nNotebooks.sln\n\"\"\"", true)]
    [InlineData("\"The wsss of it\" /* --backbone */", false)]
    [InlineData("\"a - b, a--b, -1\"", false)]
    public void It_is_noticed_where_it_stands_in_a_text(string source, bool expected) =>
        Assert.Equal(expected, Texts($"var text = {source};").Any(CommandLineWords().IsMatch));

    private static IEnumerable<string> Sources(string library) =>
        Directory.EnumerateFiles(ProjectFolder.At("lib", library), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<string> Texts(string source) => CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens()
        .Where(token => token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken)
        .Select(token => token.ValueText);

    [GeneratedRegex(@"`wsss |(?<![\w-])--[a-z]|\bNotebooks\.sln|\benvironment\.md|\beng/|\bDirectory\.Packages\.props")]
    private static partial Regex CommandLineWords();
}
