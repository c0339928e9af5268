using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Wsss.Storage;

/// <summary>A file at a moment: as long as all of it stays, so does the content.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Written">When it was written last: ticks, in UTC.</param>
internal readonly record struct FileStamp(string Path, long Bytes, long Written);

/// <summary>
/// The hashes of data files in a small file of a store, a line each: check, hash, length, time, path. A line that is cut off or damaged, or
/// of a file that has changed, is as if it were not there.
/// </summary>
/// <param name="path">The file; written to once its folder is there.</param>
internal sealed class HashMemory(string path)
{
    public const string FileName = "file-hashes.txt";

    private const int CheckLength = 16;

    // Lines of no use that are not worth writing a file anew.
    private const int Slack = 1_000;

    private readonly StringBuilder _waiting = new();

    /// <summary>What is known: of each file what was learned last. Where most lines are of no use, the others are written anew.</summary>
    public IReadOnlyCollection<(FileStamp Stamp, string Hash)> Load()
    {
        var known = new Dictionary<string, (FileStamp Stamp, string Hash)>();
        int lines = 0;
        try
        {
            using (Stream stream = InputFile.Open(path, InputKind.Weights))
            {
                var reader = new StreamReader(stream);
                for (; reader.ReadLine() is { } line; lines++)
                    if (Parse(line) is { } item) known[item.Stamp.Path] = item;
            }
            if (lines - known.Count > known.Count + Slack)
                AtomicFile.WriteText(path, string.Concat(known.Values.Select(item => Line(item.Stamp, item.Hash))));
        }
        catch (Exception error) when (error is InputFileException or IOException or UnauthorizedAccessException)
        {
            // None yet, or a store for reading alone.
        }
        return known.Values;
    }

    /// <summary>Adds a line. Safe on any thread; where it cannot be written, the file is hashed again another time.</summary>
    public void Add(FileStamp stamp, string hash)
    {
        if (stamp.Path.Any(char.IsControl)) return;
        lock (_waiting)
        {
            _waiting.Append(Line(stamp, hash));
        }
        Save();
    }

    /// <summary>Writes the lines that wait for the folder.</summary>
    public void Save()
    {
        lock (_waiting)
        {
            if (_waiting.Length == 0 || !Directory.Exists(Path.GetDirectoryName(path))) return;
            try
            {
                File.AppendAllText(path, _waiting.ToString());
                _waiting.Clear();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A store for reading alone, a full disk, or another process that writes now.
            }
        }
    }

    private static string Line(FileStamp stamp, string hash)
    {
        string text = $"{hash} {stamp.Bytes} {stamp.Written} {stamp.Path}";
        return $"{CheckOf(text)} {text}\n";
    }

    private static (FileStamp Stamp, string Hash)? Parse(string line)
    {
        string[] parts = line.Split(' ', 5);
        return parts.Length == 5 && CheckOf(line[Math.Min(CheckLength + 1, line.Length)..]) == parts[0]
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long bytes)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out long written)
            ? (new FileStamp(parts[4], bytes, written), parts[1])
            : null;
    }

    private static string CheckOf(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..CheckLength].ToLowerInvariant();
}
