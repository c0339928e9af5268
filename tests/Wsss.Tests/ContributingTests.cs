namespace Wsss.Tests;

public sealed class ContributingTests
{
    [Fact]
    public void The_map_of_the_sources_has_every_folder_and_no_other()
    {
        string[] rows =
        [
            .. File.ReadLines(ProjectFolder.At("CONTRIBUTING.md"))
                .Where(line => line.StartsWith("| `lib/", StringComparison.Ordinal))
                .SelectMany(line => line.Split('|')[1].Split('`').Where(part => part.StartsWith("lib/", StringComparison.Ordinal))),
        ];
        string[] named = [.. rows.Select(row => row.Count(c => c == '/') == 1 ? row : string.Join('/', row.Split('/').Take(3))).Distinct()];
        Assert.Equal([.. Folders("lib").Where(folder => folder != "lib/Wsss").Concat(Folders("lib/Wsss")).Order()], named.Order());
        Assert.All(rows, row => Assert.True(Directory.Exists(ProjectFolder.At(row)), row));
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(ProjectFolder.At(folder))
            .Where(path => Directory.EnumerateFiles(path, "*.cs").Any())
            .Select(path => $"{folder}/{Path.GetFileName(path)}")
            .Where(path => !path.EndsWith("/obj", StringComparison.Ordinal) && !path.EndsWith("/bin", StringComparison.Ordinal));
}
