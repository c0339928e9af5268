namespace Wsss.Data;

/// <summary>
/// The files of a folder by name: the path below the folder without extension, <c>/</c> between subfolders, in Unicode's composed form
/// (NFC), as lists write it whatever the file system does. Nothing outside the folder has a name.
/// </summary>
internal sealed class NamedFiles
{
    private const int Suggestions = 3;

    private readonly Dictionary<string, List<string>> _files = [];
    private readonly Lazy<string[]> _sorted;

    /// <param name="folder">May be missing.</param>
    /// <param name="extensions">With their dots, in small letters; files are found in any case.</param>
    public NamedFiles(string folder, IReadOnlyCollection<string> extensions)
    {
        _sorted = new(() => [.. _files.Keys.Order(StringComparer.OrdinalIgnoreCase)]);
        if (!Directory.Exists(folder)) return;
        foreach (string path in InputFolder.Files(folder, extensions, FileAttributes.Hidden | FileAttributes.System))
        {
            string name = ComposedNames.Compose(Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/'));
            if (_files.TryGetValue(name, out var files)) files.Add(path);
            else _files.Add(name, [path]);
        }
    }

    public bool Has(string name) => _files.ContainsKey(name);

    /// <summary>The paths of a name; empty if there is none.</summary>
    public IReadOnlyList<string> Find(string name) => _files.GetValueOrDefault(name) ?? [];

    /// <summary>Names that somebody may have meant, for a message; says so if the folder has no file at all.</summary>
    public string Near(string name)
    {
        if (_files.Count == 0)
            return "There is no image at all.";
        string last = name.Split('/')[^1];
        string[] same =
        [
            .. _sorted.Value.Where(known => known.Split('/')[^1].Equals(last, StringComparison.OrdinalIgnoreCase)).Take(Suggestions),
        ];
        int place = Array.BinarySearch(_sorted.Value, name, StringComparer.OrdinalIgnoreCase);
        int first = Math.Clamp((place < 0 ? ~place : place) - 1, 0, Math.Max(0, _sorted.Value.Length - Suggestions));
        string[] near = same.Length > 0 ? same : [.. _sorted.Value.Skip(first).Take(Suggestions)];
        return $"There: {string.Join(", ", near.Select(known => $"'{known}'"))}{(_files.Count > near.Length ? ", …" : "")}.";
    }
}
