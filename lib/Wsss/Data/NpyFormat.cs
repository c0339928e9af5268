using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Wsss.Data;

/// <summary>The bytes of one NumPy array, in a file of its own (<see cref="NpyFile"/>) or in an archive (<see cref="NpzFile"/>).</summary>
/// <remarks>
/// The magic <c>\x93NUMPY</c>, a version, the header's length, the header (a Python dictionary of <c>descr</c>, <c>fortran_order</c> and
/// <c>shape</c>, padded so that the numbers start at a multiple of 64), the numbers in little endian.
/// </remarks>
internal static partial class NpyFormat
{
    private const int Alignment = 64, PrefixLength = 10;

    // The types that are read, with their bytes per number.
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["<f4"] = 4,
        ["<f2"] = 2,
        ["<f8"] = 8,
        ["|u1"] = 1,
        ["<u2"] = 2,
        ["<i4"] = 4,
        ["<i8"] = 8,
    };

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Writes numbers of any of the types that are read.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="type">NumPy's name of the type, such as <c>&lt;f4</c>.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="numbers">The numbers' bytes, row by row.</param>
    /// <exception cref="ArgumentException">The number of bytes is not what the shape takes.</exception>
    public static void Write(Stream stream, string type, IReadOnlyList<int> shape, ReadOnlySpan<byte> numbers)
    {
        if (shape.Any(extent => extent < 0) || shape.Aggregate(1L, (product, extent) => product * extent) * Sizes[type] != numbers.Length)
            throw new ArgumentException(
                $"Expected as many values as the shape ({string.Join(", ", shape)}) has, found {numbers.Length / Sizes[type]}."
            );
        stream.Write(Header(type, shape));
        stream.Write(numbers);
    }

    /// <summary>Reads an array as float32: whole numbers as they are, bytes and 16-bit numbers without a sign as 0…1.</summary>
    /// <param name="stream">At the array's first byte.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="DataSetException">It is truncated, no NumPy array, or of a type or order that is not read.</exception>
    public static NpyArray Read(Stream stream, long length, string path)
    {
        try
        {
            var (type, shape, start) = ReadHeader(path, stream, length);
            byte[] numbers = new byte[CountOf(path, shape, Sizes[type], length - start) * Sizes[type]];
            stream.ReadExactly(numbers);
            return new NpyArray(shape, ToFloats(type, numbers));
        }
        catch (EndOfStreamException error)
        {
            throw new DataSetException($"Expected a whole NumPy array, found its end too early: '{path}'. Write or fetch it again.", error);
        }
    }

    private static float[] ToFloats(string type, byte[] numbers) => type switch
    {
        "<f4" => MemoryMarshal.Cast<byte, float>(numbers).ToArray(),
        "<f2" => [.. MemoryMarshal.Cast<byte, Half>(numbers).ToArray().Select(value => (float)value)],
        "<f8" => [.. MemoryMarshal.Cast<byte, double>(numbers).ToArray().Select(value => (float)value)],
        "<i4" => [.. MemoryMarshal.Cast<byte, int>(numbers).ToArray().Select(value => (float)value)],
        "<i8" => [.. MemoryMarshal.Cast<byte, long>(numbers).ToArray().Select(value => (float)value)],
        "<u2" => FromUInt16(MemoryMarshal.Cast<byte, ushort>(numbers)),
        _ => [.. numbers.Select(value => value / 255f)],
    };

    private static float[] FromUInt16(ReadOnlySpan<ushort> numbers)
    {
        var values = new float[numbers.Length];
        for (int i = 0; i < values.Length; i++) values[i] = numbers[i] / (float)ushort.MaxValue;
        return values;
    }

    private static byte[] Header(string type, IReadOnlyList<int> shape)
    {
        // As Python writes tuples: (), (3,), (3, 4).
        string extents = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({extents}), }}";
        byte[] header = new byte[(PrefixLength + text.Length + 1 + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        (header[6], header[7], header[^1]) = (1, 0, (byte)'\n');
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(header.Length - PrefixLength)));
        Encoding.ASCII.GetBytes(text, header.AsSpan(PrefixLength));
        return header;
    }

    private static (string Type, int[] Shape, int Start) ReadHeader(string path, Stream stream, long bytes)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (bytes < PrefixLength) throw Broken(path, $"it has only {bytes} bytes");
        stream.ReadExactly(prefix);
        if (!prefix.StartsWith(Magic)) throw Broken(path, "it does not start with NumPy's magic bytes");
        if (prefix[6] != 1) throw Broken(path, $"its format version is {prefix[6]}.{prefix[7]} instead of 1.0");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        if (length > bytes - PrefixLength) throw Broken(path, "it ends within its header (truncated)");
        byte[] text = new byte[length];
        stream.ReadExactly(text);
        var (type, shape) = ParseHeader(path, Encoding.ASCII.GetString(text));
        return (type, shape, PrefixLength + length);
    }

    private static (string Type, int[] Shape) ParseHeader(string path, string header)
    {
        if (
            DescrPattern().Match(header) is not { Success: true } descr
            || FortranPattern().Match(header) is not { Success: true } fortran
            || ShapePattern().Match(header) is not { Success: true } shape
        )
        {
            throw Broken(path, $"its header is '{header.Trim()}'");
        }
        if (!Sizes.ContainsKey(descr.Groups[1].Value))
            throw Broken(path, $"its numbers are of type '{descr.Groups[1].Value}'");
        if (fortran.Groups[1].Value != "False")
            throw Broken(path, "it is in Fortran order");
        string[] extents = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] result = new int[extents.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            if (!int.TryParse(extents[i], NumberStyles.None, CultureInfo.InvariantCulture, out result[i]))
                throw Broken(path, $"its shape is ({shape.Groups[1].Value})");
        }
        return (descr.Groups[1].Value, result);
    }

    // The header is not believed before it has been compared with the file: no memory is asked for that the file cannot fill.
    private static int CountOf(string path, int[] shape, int size, long bytes)
    {
        UInt128 count = 1;
        foreach (int extent in shape)
        {
            count *= (uint)extent;
            if (count > (UInt128)(Array.MaxLength / 8)) break;
        }
        if (count * (uint)size != (UInt128)bytes || count > (UInt128)(Array.MaxLength / 8))
            throw Broken(path, $"its shape ({string.Join(", ", shape)}) asks for another number of bytes than the {bytes} that follow");
        return (int)count;
    }

    private static DataSetException Broken(string path, string what) => new(
        $"Expected a NumPy array (version 1.0) of float32 or {string.Join(", ", Sizes.Keys.Skip(1))} in C order, but {what}: '{path}'. " +
        "Write it with numpy.save(path, numpy.ascontiguousarray(array, dtype='<f4')).");

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'fortran_order': *(True|False)")]
    private static partial Regex FortranPattern();

    [GeneratedRegex(@"'shape': *\(([0-9, ]*)\)")]
    private static partial Regex ShapePattern();
}
