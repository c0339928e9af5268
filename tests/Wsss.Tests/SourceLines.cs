using System.Text.RegularExpressions;

namespace Wsss.Tests;

/// <summary>Lines of the libraries' code, for tests that allow something in a few places only.</summary>
internal static class SourceLines
{
    /// <summary>Lines that match outside of the places where that is allowed; each of these has to match.</summary>
    /// <param name="library">A folder of lib, or <c>*</c>.</param>
    /// <param name="pattern">What is looked for; comments are left out.</param>
    /// <param name="allowed">Files by their path from lib.</param>
    public static IEnumerable<string> Matching(string library, Regex pattern, IReadOnlyCollection<string> allowed)
    {
        string root = ProjectFolder.At("lib");
        int files = 0;
        var found = new List<string>();
        var unused = allowed.ToHashSet();
        foreach (string folder in Directory.GetDirectories(root, library))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(root, path).Replace('\\', '/');
                if (name.Contains("/obj/", StringComparison.Ordinal) || name.Contains("/bin/", StringComparison.Ordinal)) continue;
                files++;
                string[] lines =
                [
                    .. File.ReadLines(path).Index()
                        .Where(line => !line.Item.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line.Item))
                        .Select(line => $"{name}:{line.Index + 1}: {line.Item.Trim()}"),
                ];
                if (!allowed.Contains(name)) found.AddRange(lines);
                else if (lines.Length > 0) unused.Remove(name);
            }
        }
        Assert.True(files > 20, $"Expected the sources in '{root}', found {files}.");
        Assert.Empty(unused);
        return found;
    }
}
