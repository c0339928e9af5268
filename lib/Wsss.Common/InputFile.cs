using System.Text;

namespace Wsss;

/// <summary>
/// The one way in which files of other people are opened. Nothing but a regular file is read, through links too: a pipe would wait for
/// a writer for ever, and a device has no end. No file is larger than its kind may be, and no more is read than it had when it was opened.
/// </summary>
/// <remarks>
/// Pipes, sockets and devices have the length 0. Nothing of that length is ever opened, so that none of them can hold a program up on any
/// system; where the system tells what it is (Linux), the message does.
/// </remarks>
internal static class InputFile
{
    private const int BufferSize = 1 << 12;

    /// <summary>Opens a file for reading; the stream can seek. The caller disposes it.</summary>
    /// <exception cref="InputFileException">There is no regular file, it is too large for its kind, or it may not be read.</exception>
    public static Stream Open(string path, InputKind kind) => Open(path, kind, BufferSize);

    /// <summary>All bytes.</summary>
    /// <inheritdoc cref="Open(string, InputKind)"/>
    public static byte[] ReadBytes(string path, InputKind kind) => Guarded(path, kind, () =>
    {
        using var stream = Open(path, kind, bufferSize: 0);
        byte[] bytes = new byte[stream.Length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    });

    /// <summary>The text: UTF-8, or what a byte order mark says.</summary>
    /// <inheritdoc cref="Open(string, InputKind)"/>
    public static string ReadText(string path, InputKind kind)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, kind)), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    /// <summary>The text's lines, without their ends.</summary>
    /// <inheritdoc cref="Open(string, InputKind)"/>
    public static IReadOnlyList<string> ReadLines(string path, InputKind kind)
    {
        using var reader = new StringReader(ReadText(path, kind));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }

    /// <summary>Refuses what <see cref="Open(string, InputKind)"/> would, for files that something else opens.</summary>
    /// <inheritdoc cref="Open(string, InputKind)"/>
    public static void Require(string path, InputKind kind) => Guarded(path, kind, () => LengthOf(path, kind));

    /// <summary>Where a file lies that is a link to a place outside of a folder; null if it is none.</summary>
    /// <param name="path">A file.</param>
    /// <param name="folder">The folder, in full or not.</param>
    public static string? TargetOutside(string path, string folder)
    {
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName is not { } target) return null;
            string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
            return target.StartsWith(root, StringComparison.Ordinal) ? null : target;
        }
        // Whoever reads it says what is wrong with it.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Stream Open(string path, InputKind kind, int bufferSize) => Guarded<Stream>(path, kind, () =>
    {
        if (LengthOf(path, kind) == 0) return new MemoryStream([], writable: false);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize, FileOptions.SequentialScan);
        if (stream.CanSeek) return stream;
        stream.Dispose();
        throw NoFile(path, kind, "something that is read only once, like a pipe");
    });

    /// <summary>The file itself: of a link, whose own length and time stay while its target changes, the target.</summary>
    /// <param name="path">A file, or a link to one.</param>
    /// <exception cref="IOException">The link leads nowhere.</exception>
    public static FileInfo Target(string path) => new(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);

    private static long LengthOf(string path, InputKind kind)
    {
        var file = Target(path);
        if (Directory.Exists(file.FullName)) throw NoFile(path, kind, "a folder");
        long length = file.Length;
        if (length == 0 && FileType.Unusual(file.FullName) is { } type) throw NoFile(path, kind, type);
        if (length <= kind.MostBytes) return length;
        throw new InputFileException(
            $"Expected {kind.Noun} of at most {kind.MostBytes >> 20} MiB, found one of {length >> 20} MiB: '{path}'. Give a smaller one.");
    }

    private static T Guarded<T>(string path, InputKind kind, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputFileException($"Expected {kind.Noun} at '{path}', found no such file. Check the path.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputFileException($"Expected {kind.Noun} that can be read: '{path}'. {error.Message}", error);
        }
    }

    private static InputFileException NoFile(string path, InputKind kind, string what) =>
        new($"Expected {kind.Noun} in a regular file, found {what}: '{path}'. Give a file.");
}
