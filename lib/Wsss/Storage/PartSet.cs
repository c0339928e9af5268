namespace Wsss.Storage;

/// <summary>All parts of one run, each once and finished.</summary>
internal sealed class PartSet
{
    private PartSet(IReadOnlyList<(string Folder, Part Part)> parts) => Parts = parts;

    /// <summary>The parts and their folders, from the first to the last.</summary>
    public IReadOnlyList<(string Folder, Part Part)> Parts { get; }

    /// <summary>What the run makes.</summary>
    public string Kind => Parts[0].Part.Kind;

    /// <summary>Every image of the run in its order, and the number of its part in <see cref="Parts"/>.</summary>
    public IEnumerable<(int Part, string Id)> Images =>
        Parts.SelectMany((item, i) => item.Part.Images.Select(image => (image.Number, Part: i, image.Id)))
            .OrderBy(image => image.Number)
            .Select(image => (image.Part, image.Id));

    /// <summary>Opens the parts of a run.</summary>
    /// <param name="folders">Their folders in any order.</param>
    /// <exception cref="WsssException">A folder is no part or an unfinished one, a part is missing or there twice, or they are of different
    /// runs.</exception>
    public static PartSet Open(IReadOnlyList<string> folders)
    {
        var parts = folders.Select(folder => (Folder: folder, Part: Finished(folder))).ToArray();
        var (firstFolder, first) = parts[0];
        foreach (var (folder, part) in parts)
        {
            if ((part.Kind, part.Run, part.Of) != (first.Kind, first.Run, first.Of))
            {
                throw new WsssException(
                    $"Expected parts of one run, found those of two: '{firstFolder}' and '{folder}' differ in kind, images or options. "
                        + "Give the parts of one.");
            }
        }
        var shards = parts.ToLookup(item => item.Part.Shard, item => item.Folder);
        int count = Shard.Parse(first.Shard).Count;
        foreach (var (folder, part) in parts)
        {
            if (Shard.Parse(part.Shard).Count != count)
            {
                throw new WsssException(
                    $"Expected parts of {count}, as '{firstFolder}' is, found {part.Shard}: '{folder}'. Give parts of one number.");
            }
            if (shards[part.Shard].Take(2).ToArray() is [var one, var other])
                throw new WsssException($"Expected each part once, found {part.Shard} twice: '{one}' and '{other}'. Leave one out.");
        }
        string[] missing = [.. Enumerable.Range(1, count).Select(number => $"{number}/{count}").Where(shard => !shards.Contains(shard))];
        if (missing.Length > 0)
        {
            throw new WsssException(
                $"Expected all {count} parts, found {parts.Length}: {string.Join(", ", missing.Take(10))} "
                    + $"{(missing.Length == 1 ? "is" : "are")} missing. Give the folders of all, or make what is missing.");
        }
        var numbers = parts.SelectMany(item => item.Part.Images).Select(image => image.Number).Order();
        if (!numbers.SequenceEqual(Enumerable.Range(0, Math.Max(0, first.Of))))
            throw new WsssException($"Expected parts that cover {first.Of} images, found others. Make the parts again.");
        return new PartSet([.. parts.OrderBy(item => Shard.Parse(item.Part.Shard).Number)]);
    }

    /// <summary>Lets <paramref name="fill"/> make the whole run's folder, which appears when it is done, or not at all.</summary>
    /// <param name="target">The folder.</param>
    /// <param name="fill">Fills the folder that it is given.</param>
    /// <exception cref="WsssException">There is something in the folder already.</exception>
    public static T Into<T>(string target, Func<string, T> fill)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
            throw new WsssException($"Expected no folder, or an empty one, at '{target}', found files. Give another, or remove it.");
        using var temporary = TemporaryFolder.Create(full);
        T result = fill(temporary.Folder);
        temporary.Replace(full);
        return result;
    }

    /// <summary>Copies a file of a part into the whole run's folder.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="part">Number of the part in <see cref="Parts"/>.</param>
    /// <param name="file">The file, relative to either folder.</param>
    /// <exception cref="WsssException">The part has no such file.</exception>
    public void Copy(string folder, int part, string file)
    {
        string from = Path.Combine(Parts[part].Folder, file), to = Path.GetFullPath(Path.Combine(folder, file));
        if (!to.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new WsssException($"Expected names inside of a part's folder, found '{file}' in '{Parts[part].Folder}'. Make it again.");
        if (!File.Exists(from))
            throw new WsssException($"Expected '{from}' of part {Parts[part].Part.Shard}, found no such file. Make the part again.");
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private static Part Finished(string folder)
    {
        var part = Part.Find(folder)
            ?? throw new WsssException($"Expected the folder of a part, with '{Part.FileName}', found none at '{folder}'. Check the path.");
        return part.Finished
            ? part
            : throw new WsssException($"Expected a finished part, found {part.Shard} unfinished: '{folder}'. Let it go on to its end.");
    }
}
