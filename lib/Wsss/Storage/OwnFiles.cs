namespace Wsss.Storage;

/// <summary>
/// The files of known names with which a command fills a folder. A list in the folder says which command has made which, from before the
/// first is written, so that those of an interrupted one are known again; what it does not name is somebody else's and not written over.
/// </summary>
/// <param name="folder">The folder; may be missing.</param>
/// <param name="maker">The command, or what it makes where several make it.</param>
/// <param name="names">Files, or folders that are all of the maker; relative to the folder.</param>
internal sealed class OwnFiles(string folder, string maker, IEnumerable<string> names)
{
    /// <summary>Name of the list.</summary>
    public const string ListFile = ".wsss-files.json";

    /// <summary>The maker of pictures that are data themselves.</summary>
    public const string Drawing = "data draw";

    private readonly string[] _names = [.. names.Distinct()];

    /// <summary>Names of what commands have made in a folder: masks and pictures of photographs are none themselves.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlySet<string> MadeIn(string folder) =>
        Read(folder).Where(made => made.Key != Drawing).SelectMany(made => made.Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>Refuses a folder in which one of the names is somebody else's.</summary>
    /// <exception cref="WsssException">One is.</exception>
    public void RefuseOthers()
    {
        if (!Directory.Exists(folder)) return;
        HashSet<string> own = [.. Read(folder).GetValueOrDefault(maker) ?? []];
        if (_names.Where(name => !own.Contains(name)).Select(name => Path.Combine(folder, name)).FirstOrDefault(Path.Exists) is { } found)
            throw new WsssException(
                $"Expected a new folder, or one that this command has filled, found '{found}', which would be lost. Give another folder, "
                    + "or move it away.");
    }

    /// <summary>From here on the names are the maker's.</summary>
    public void Begin()
    {
        var made = Read(folder);
        foreach (string other in made.Keys.Where(other => other != maker).ToArray())
            made[other] = [.. made[other].Except(_names)];
        made[maker] = [.. (made.GetValueOrDefault(maker) ?? []).Union(_names).Order(StringComparer.Ordinal)];
        var whole = made.Where(item => item.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
        AtomicFile.WriteText(
            Path.Combine(folder, ListFile), WsssJson.Write(new SortedDictionary<string, string[]>(whole, StringComparer.Ordinal)) + "\n");
    }

    private static Dictionary<string, string[]> Read(string folder)
    {
        string path = Path.Combine(folder, ListFile);
        if (!File.Exists(path)) return [];
        try
        {
            return WsssJson.Read<Dictionary<string, string[]?>>(InputFile.ReadText(path, InputKind.List), path)
                .ToDictionary(item => item.Key, item => item.Value ?? []);
        }
        // What is no list names nothing.
        catch (WsssException)
        {
            return [];
        }
    }
}
