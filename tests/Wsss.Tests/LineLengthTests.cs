namespace Wsss.Tests;

public sealed class LineLengthTests
{
    private const int Most = 140;

    [Fact]
    public void No_line_of_code_is_longer_than_a_screen_is_wide()
    {
        string[] files =
        [
            .. new[] { "lib", "tests", "samples" }
                .SelectMany(folder => Directory.EnumerateFiles(ProjectFolder.At(folder), "*.cs", SearchOption.AllDirectories))
                .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")),
        ];
        Assert.True(files.Length > 500, $"Expected the sources in '{ProjectFolder.Root}', found {files.Length}.");
        Assert.Empty(files.SelectMany(path => LongLines(Path.GetRelativePath(ProjectFolder.Root, path), File.ReadLines(path))));
    }

    [Fact]
    public void Only_raw_string_literals_may_be_longer()
    {
        string wide = new('x', Most + 1), raw = "\"\"\"";
        string[] lines = ["short", wide, $"{raw}{wide}{raw}", $"var text = {raw}", wide, raw, wide[1..], $"// {wide}"];
        Assert.Equal(["a.cs:2: 141 columns", "a.cs:8: 144 columns"], LongLines("a.cs", lines));
    }

    // What a raw string literal holds, such as a page's HTML, can't always be broken.
    private static IEnumerable<string> LongLines(string name, IEnumerable<string> lines)
    {
        bool raw = false;
        foreach (var (index, line) in lines.Index())
        {
            int quotes = line.Split("\"\"\"").Length - 1;
            if (line.Length > Most && !raw && quotes == 0)
                yield return $"{name}:{index + 1}: {line.Length} columns";
            raw ^= quotes % 2 == 1;
        }
    }
}
