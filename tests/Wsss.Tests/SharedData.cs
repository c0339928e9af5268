namespace Wsss.Tests;

/// <summary>
/// Finds files that are too big or not free enough for the repository: in the folder that WSSS_SHARED names, or in a folder
/// <c>shared</c> beside any folder above the tests.
/// </summary>
internal static class SharedData
{
    private const string Variable = "WSSS_SHARED";

    /// <summary>A small part of PASCAL VOC 2012 (367 train, 100 val); skips the test where it is missing.</summary>
    public static string VocMini => Folder("voc_mini");

    /// <summary>A folder of the shared files; skips the test where it is missing.</summary>
    public static string Folder(string name) => Find(name, Directory.Exists);

    /// <summary>One of the shared files; skips the test where it is missing.</summary>
    public static string File(string relative) => Find(relative, System.IO.File.Exists);

    private static string Find(string relative, Func<string, bool> exists)
    {
        string? found = Candidates().Select(shared => Path.Combine(shared, relative)).FirstOrDefault(exists);
        if (found is null)
            Assert.Skip($"shared/{relative} is not on this machine; set {Variable} to the folder that holds {relative}.");
        return found;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) yield return given;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared");
    }
}
