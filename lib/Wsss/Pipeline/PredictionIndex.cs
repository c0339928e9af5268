using System.Text.Json;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Pipeline;

/// <summary>What the index says about a mask.</summary>
/// <param name="Id">The photograph's name.</param>
/// <param name="Key">Hash of the photograph's file and of the labels that were given for it.</param>
/// <param name="Labels">Zero-based classes of the mask, ascending.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal sealed record IndexEntry(string Id, string Key, IReadOnlyList<int> Labels, int Width, int Height);

/// <summary>
/// The file <c>index.jsonl</c> of a folder of masks: which model made them, and a line for each one that is done. A line is added after
/// its mask is there, so that work which was cut off goes on where it stopped; a last line that was cut off is passed over.
/// </summary>
internal sealed class PredictionIndex : IDisposable
{
    public const string FileName = "index.jsonl", MaskFolder = "masks";

    private static readonly JsonSerializerOptions OneLine = new(WsssJson.Options) { WriteIndented = false };

    private readonly string _path, _model;
    private readonly Dictionary<string, IndexEntry> _before;
    private readonly StreamWriter _log;

    private PredictionIndex(string path, string model, Dictionary<string, IndexEntry> before)
    {
        (_path, _model, _before) = (path, model, before);
        AtomicFile.WriteText(path, Text(before.Values));
        _log = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
    }

    private sealed record Header(int Schema, string Model);

    /// <summary>
    /// Photographs without what was made of others: masks and pictures in folders that have an index, and what a list of what commands made
    /// names.
    /// </summary>
    /// <param name="photographs">Photographs of a folder.</param>
    /// <param name="root">The folder, or one photograph.</param>
    /// <exception cref="DataSetException">No other is there.</exception>
    public static IReadOnlyList<Photograph> WithoutOwn(IReadOnlyList<Photograph> photographs, string root)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var made = new Dictionary<string, bool>(StringComparer.Ordinal) { [full] = false };
        var lists = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        Photograph[] others =
        [
            .. photographs.Where(photograph => photograph.Path == full
                || !(IsMade(Path.GetDirectoryName(photograph.Path)!) || IsListed(photograph.Path))),
        ];
        return others.Length > 0 ? others : throw new DataSetException(
            $"Expected photographs in '{root}', found nothing but what was made of others, beside an '{FileName}'.");

        bool IsListed(string path)
        {
            string folder = Path.GetDirectoryName(path)!;
            if (!lists.TryGetValue(folder, out var list)) lists[folder] = list = OwnFiles.MadeIn(folder);
            return list.Contains(Path.GetFileName(path));
        }

        bool IsMade(string folder)
        {
            if (made.TryGetValue(folder, out bool known)) return known;
            string parent = Path.GetDirectoryName(folder)!;
            bool isOurs = IsMade(parent) || IsListed(folder) || File.Exists(Path.Combine(folder, FileName))
                || (Path.GetFileName(folder) is MaskFolder or PredictedMasks.OverlayFolder && File.Exists(Path.Combine(parent, FileName)));
            return made[folder] = isOurs;
        }
    }

    /// <summary>Opens the index of a folder, or begins one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">Hash of all that decides the masks, but the images.</param>
    /// <param name="overwrite">Whether masks that are there are made again.</param>
    /// <exception cref="WsssException">There are masks that this model has not made, and they must stay.</exception>
    public static PredictionIndex Open(string folder, string model, bool overwrite)
    {
        string path = Path.Combine(folder, FileName),
            masks = Path.Combine(folder, MaskFolder);
        const string Advice = "Give another folder, or overwrite them.";
        if (overwrite)
            return new PredictionIndex(path, model, []);
        if (!File.Exists(path))
        {
            return Directory.Exists(masks) && InputFolder.Files(masks, [".png"]).Any()
                ? throw new WsssException(
                    $"Expected '{FileName}' to say which model made the masks in '{masks}', found masks alone. {Advice}"
                )
                : new PredictionIndex(path, model, []);
        }
        var lines = InputFile.ReadLines(path, InputKind.List);
        if (lines.Count == 0 || Read<Header>(lines[0]) is not { } header || header.Model != model)
            throw new WsssException($"Expected masks of this model and size in '{folder}', found those of another: '{path}'. {Advice}");
        return new PredictionIndex(path, model, Entries(lines));
    }

    /// <summary>All that the index of a folder says.</summary>
    /// <exception cref="WsssException">There is none, or not of this model.</exception>
    public static IReadOnlyDictionary<string, IndexEntry> Read(string folder, string model)
    {
        string path = Path.Combine(folder, FileName);
        var lines = InputFile.ReadLines(path, InputKind.List);
        return lines.Count > 0 && Read<Header>(lines[0])?.Model == model
            ? Entries(lines)
            : throw new WsssException($"Expected masks of one model in all parts, found those of another: '{path}'. Make them again.");
    }

    /// <summary>What was known of a mask when the index was opened; null if nothing. Safe on any thread.</summary>
    public IndexEntry? Find(string id) => _before.GetValueOrDefault(id);

    /// <summary>Adds a mask that is there.</summary>
    public void Add(IndexEntry entry) => _log.WriteLine(Line(entry));

    /// <summary>Writes the index anew, with these entries in their order.</summary>
    public void Complete(IEnumerable<IndexEntry> entries)
    {
        _log.Dispose();
        AtomicFile.WriteText(_path, Text(entries));
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    private static Dictionary<string, IndexEntry> Entries(IEnumerable<string> lines)
    {
        var entries = new Dictionary<string, IndexEntry>();
        foreach (string line in lines.Skip(1))
            if (Read<IndexEntry>(line) is { } entry)
                entries[entry.Id] = entry;
        return entries;
    }

    private string Text(IEnumerable<IndexEntry> entries) =>
        string.Concat(entries.Select(Line).Prepend(Line(new Header(1, _model))).Select(line => line + "\n"));

    private static string Line<T>(T value) => JsonSerializer.Serialize(value, OneLine);

    private static T? Read<T>(string line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, OneLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
