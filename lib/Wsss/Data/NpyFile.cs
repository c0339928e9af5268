using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsss.Data;

/// <summary>An array of float32, row by row (C order).</summary>
/// <param name="Shape">Extents; empty for a single number.</param>
/// <param name="Values">As many values as the extents' product.</param>
public sealed record NpyArray(IReadOnlyList<int> Shape, float[] Values);

/// <summary>
/// Reads and writes NumPy's .npy files of float32 numbers: the form in which localization maps go to and come from other
/// programs (<c>numpy.load</c>, <c>numpy.save</c>).
/// </summary>
/// <remarks>
/// A file is the magic <c>\x93NUMPY</c>, the version 1.0, the header's length as two bytes, the header (a Python dictionary
/// of <c>descr</c>, <c>fortran_order</c> and <c>shape</c>, padded so that the numbers start at a multiple of 64), the numbers
/// in little endian. Anything else, such as float64 or Fortran order, is an error that says how to convert it.
/// </remarks>
public static partial class NpyFile
{
    private const int Alignment = 64;
    private const int PrefixLength = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Writes an array, atomically.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the extents.</exception>
    public static void Write(string path, NpyArray array)
    {
        (IReadOnlyList<int> shape, float[] values) = array;
        if (shape.Any(extent => extent < 0) || shape.Aggregate(1L, (product, extent) => product * extent) != values.Length)
            throw new ArgumentException($"Expected as many values as the shape ({string.Join(", ", shape)}) has, found {values.Length}.");
        byte[] header = Header(shape);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        });
    }

    /// <summary>Reads an array.</summary>
    /// <exception cref="DataSetException">
    /// The file is missing, truncated or no .npy file, or holds something else than float32 in C order.
    /// </exception>
    public static NpyArray Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            (int[] shape, int start) = ReadHeader(path, stream);
            float[] values = new float[CountOf(path, shape, stream.Length - start)];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return new NpyArray(shape, values);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException($"Expected a .npy file that can be read: '{path}'. {error.Message}", error);
        }
    }

    private static byte[] Header(IReadOnlyList<int> shape)
    {
        // As Python writes tuples: (), (3,), (3, 4).
        string extents = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({extents}), }}";
        byte[] header = new byte[(PrefixLength + text.Length + 1 + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        (header[6], header[7], header[^1]) = (1, 0, (byte)'\n');
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(header.Length - PrefixLength)));
        Encoding.ASCII.GetBytes(text, header.AsSpan(PrefixLength));
        return header;
    }

    private static (int[] Shape, int Start) ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (stream.Length < PrefixLength) throw Broken(path, $"it has only {stream.Length} bytes");
        stream.ReadExactly(prefix);
        if (!prefix.StartsWith(Magic)) throw Broken(path, "it does not start with NumPy's magic bytes");
        if (prefix[6] != 1) throw Broken(path, $"its format version is {prefix[6]}.{prefix[7]} instead of 1.0");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        if (length > stream.Length - PrefixLength) throw Broken(path, "it ends within its header (truncated)");
        byte[] text = new byte[length];
        stream.ReadExactly(text);
        return (ParseHeader(path, Encoding.ASCII.GetString(text)), PrefixLength + length);
    }

    private static int[] ParseHeader(string path, string header)
    {
        if (DescrPattern().Match(header) is not { Success: true } descr || FortranPattern().Match(header) is not { Success: true } fortran ||
            ShapePattern().Match(header) is not { Success: true } shape)
        {
            throw Broken(path, $"its header is '{header.Trim()}'");
        }
        if (descr.Groups[1].Value != "<f4") throw Broken(path, $"its numbers are of type '{descr.Groups[1].Value}'");
        if (fortran.Groups[1].Value != "False") throw Broken(path, "it is in Fortran order");
        string[] extents = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] result = new int[extents.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            if (!int.TryParse(extents[i], NumberStyles.None, CultureInfo.InvariantCulture, out result[i]))
                throw Broken(path, $"its shape is ({shape.Groups[1].Value})");
        }
        return result;
    }

    // The header is not believed before it has been compared with the file: no memory is asked for that the file cannot fill.
    private static int CountOf(string path, int[] shape, long bytes)
    {
        UInt128 count = 1;
        foreach (int extent in shape)
        {
            count *= (uint)extent;
            if (count > (UInt128)Array.MaxLength) break;
        }
        if (count * sizeof(float) != (UInt128)bytes)
            throw Broken(path, $"its shape ({string.Join(", ", shape)}) asks for another number of bytes than the {bytes} that follow");
        return (int)count;
    }

    private static DataSetException Broken(string path, string what) => new(
        $"Expected a .npy file (version 1.0) of float32 in C order, but {what}: '{path}'. " +
        "Write it with numpy.save(path, numpy.ascontiguousarray(array, dtype='<f4')).");

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'fortran_order': *(True|False)")]
    private static partial Regex FortranPattern();

    [GeneratedRegex(@"'shape': *\(([0-9, ]*)\)")]
    private static partial Regex ShapePattern();
}
