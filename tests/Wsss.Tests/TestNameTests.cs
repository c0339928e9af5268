using System.Text.RegularExpressions;

namespace Wsss.Tests;

public sealed partial class TestNameTests
{
    [Fact]
    public void Names_of_tests_are_sentences_in_snake_case()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(ProjectFolder.At("tests"), "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")),
        ];
        string[] names = [.. files.SelectMany(path => Tests().Matches(File.ReadAllText(path))).Select(test => test.Groups[1].Value)];
        Assert.True(names.Length > 1_500, $"Expected the tests of '{ProjectFolder.Root}', found {names.Length}.");
        Assert.DoesNotContain(names, name => !name.Contains('_', StringComparison.Ordinal));
    }

    // A test's attributes, whatever stands in them, then its name.
    [GeneratedRegex(
        @"\[(?:Fact|Theory)\b(?:(?!public ).)*?^    public (?:async )?(?:void|Task|ValueTask) (\w+)\(",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Tests();
}
