using System.Runtime.InteropServices;

namespace Wsss.Data;

/// <summary>An array of float32, row by row (C order).</summary>
/// <param name="Shape">Extents; empty for a single number.</param>
/// <param name="Values">As many values as the extents' product.</param>
internal sealed record NpyArray(IReadOnlyList<int> Shape, float[] Values);

/// <summary>
/// Reads and writes NumPy's .npy files, in which arrays go to and come from other programs (<c>numpy.load</c>, <c>numpy.save</c>).
/// </summary>
/// <remarks>
/// Written are float32 numbers. Read are float16, float32 and float64, signed whole numbers of 4 and 8 bytes, and bytes and unsigned
/// 16-bit numbers, whose largest value becomes 1. Anything else is an error that says how to convert it.
/// </remarks>
internal static class NpyFile
{
    /// <summary>Writes an array as float32, atomically.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the extents.</exception>
    public static void Write(string path, NpyArray array) =>
        AtomicFile.Write(path, stream => NpyFormat.Write(stream, "<f4", array.Shape, MemoryMarshal.AsBytes(array.Values.AsSpan())));

    /// <summary>Reads an array.</summary>
    /// <exception cref="DataSetException">The file is missing, truncated or no .npy file, or of a type or order that is not
    /// read.</exception>
    public static NpyArray Read(string path)
    {
        try
        {
            using var stream = InputFile.Open(path, InputKind.Array);
            return NpyFormat.Read(stream, stream.Length, path);
        }
        catch (InputFileException error)
        {
            throw new DataSetException(error.Message, error);
        }
        catch (IOException error)
        {
            throw new DataSetException($"Expected a .npy file that can be read: '{path}'. {error.Message}", error);
        }
    }
}
