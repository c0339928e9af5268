using System.IO.Compression;
using System.Runtime.InteropServices;
using Wsss.Weights;

namespace Wsss.Data;

/// <summary>
/// Reads and writes NumPy's .npz files: zip archives of .npy arrays by name (<c>numpy.load</c>, <c>numpy.savez_compressed</c>).
/// </summary>
internal static class NpzFile
{
    // What deflate can do at most.
    private const long MostExpansion = 1_040;

    /// <summary>
    /// Writes one array of numbers in 0…1 as unsigned 16-bit numbers, compressed, atomically: a number moves by at most 1/131,070.
    /// </summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="name">The array's name.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="values">Its numbers times 65,535, rounded.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the extents.</exception>
    public static void Write(string path, string name, IReadOnlyList<int> shape, ushort[] values) => AtomicFile.Write(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var entry = archive.CreateEntry(name + ".npy", CompressionLevel.Fastest);
        // The clock must not be part of the bytes: the same maps give the same file.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var data = entry.Open();
        NpyFormat.Write(data, "<u2", shape, MemoryMarshal.AsBytes(values.AsSpan()));
    }, durable: false);

    /// <summary>Reads the array of a name, or the only one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The array's name; where there is one array, its name does not matter.</param>
    /// <exception cref="DataSetException">The file is missing or broken, has no such array, or the array cannot be read.</exception>
    public static NpyArray Read(string path, string name) =>
        Read(path, name, () => InputFile.Open(path, InputKind.Array));

    /// <summary>As <see cref="Read(string, string)"/>, from bytes that were read; <paramref name="path"/> is for messages.</summary>
    internal static NpyArray Read(byte[] bytes, string path, string name) => Read(path, name, () => new MemoryStream(bytes));

    private static NpyArray Read(string path, string name, Func<Stream> open)
    {
        try
        {
            using var stream = open();
            var entries = StoredZip.Read(stream);
            if (!entries.TryGetValue(name + ".npy", out var entry))
            {
                entry =
                    entries.Count == 1
                        ? entries.Values.Single()
                        : throw new DataSetException(
                            $"Expected an array '{name}' or a single array, found "
                                + $"{string.Join(", ", entries.Keys.Take(10).Select(each => PlainText.Shown(each)))}: '{path}'."
                        );
            }
            if (entry.Size < 0 || entry.Size > InputKind.Array.MostBytes || entry.Size > MostExpansion * (entry.Length + 1))
                throw new DataSetException(
                    $"Expected an array that its {entry.Length} bytes can hold, found one said to have {entry.Size} bytes: '{path}'."
                );
            if (entry is { IsStored: false, IsDeflated: false })
                throw new DataSetException(
                    $"Expected arrays that are stored or deflated, found one that is packed otherwise or encrypted: '{path}'."
                );
            stream.Position = entry.Offset;
            using var data = entry.IsStored ? stream : new DeflateStream(stream, CompressionMode.Decompress);
            return NpyFormat.Read(data, entry.Size, path);
        }
        catch (InputFileException error)
        {
            throw new DataSetException(error.Message, error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new DataSetException($"Expected a .npz file that can be read: '{path}'. {error.Message}", error);
        }
    }
}
