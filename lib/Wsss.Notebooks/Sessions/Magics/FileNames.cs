namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>Files that a command can be given.</summary>
internal static class FileNames
{
    private const int Most = 200;

    /// <summary>Those of a folder, not of the folders in it.</summary>
    /// <param name="folder">A folder; none are offered if it cannot be read.</param>
    /// <param name="extensions">With the dot; any if none is given.</param>
    public static IEnumerable<CompletionItem> In(string folder, params string[] extensions)
    {
        try
        {
            return
            [
                .. new DirectoryInfo(folder).EnumerateFiles().Select(file => file.Name)
                    .Where(name => extensions.Length == 0 || extensions.Contains(Path.GetExtension(name)))
                    .Order(StringComparer.Ordinal).Take(Most).Select(name => new CompletionItem(name, "File", "")),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
