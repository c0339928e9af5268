using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Wsss.Data;

/// <summary>
/// The parts of the PNG format that Skia does not offer: which kind of pixels a file has, whether it is whole, its chunks, and
/// writing one byte per pixel (grey or indexed).
/// </summary>
internal static class PngFormat
{
    /// <summary>Colour type of IHDR: one grey value per pixel.</summary>
    public const byte Grey = 0;

    /// <summary>Colour type of IHDR: red, green and blue.</summary>
    public const byte Rgb = 2;

    /// <summary>Colour type of IHDR: one palette index per pixel.</summary>
    public const byte Indexed = 3;

    /// <summary>Colour type of IHDR: grey and how opaque it is.</summary>
    public const byte GreyAlpha = 4;

    /// <summary>Colour type of IHDR: red, green, blue and how opaque they are.</summary>
    public const byte Rgba = 6;

    private const int MostExif = 1 << 16;

    // Wide, as a sum with a length of a file must not begin again at 0.
    private const long ChunkOverhead = 12;

    private static readonly uint[] CrcTable = BuildCrcTable();

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Bits per channel and colour type, from the first chunk.</summary>
    public static (byte BitDepth, byte ColorType) Header(ReadOnlySpan<byte> file) =>
        file.Length > 25 ? (file[24], file[25]) : ((byte)0, (byte)0);

    /// <summary>Bits that a pixel takes; at least 1, whatever the header says.</summary>
    public static int BitsPerPixel(ReadOnlySpan<byte> file)
    {
        var (depth, type) = Header(file);
        return Math.Max(1, (int)depth) * type switch { GreyAlpha => 2, Rgb => 3, Rgba => 4, _ => 1 };
    }

    /// <summary>True if every chunk up to IEND is there in full length. Skia is content without the last ones.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> file)
    {
        long position = Signature.Length;
        while (position + ChunkOverhead <= file.Length)
        {
            ReadOnlySpan<byte> chunk = file[(int)position..];
            position += ChunkOverhead + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk.Slice(4, 4).SequenceEqual("IEND"u8)) return position <= file.Length;
        }
        return false;
    }

    /// <summary>The EXIF data (chunk eXIf) wherever the file has them, unchecked; empty without.</summary>
    public static byte[] Exif(Stream png)
    {
        Span<byte> head = stackalloc byte[8];
        png.Position = Signature.Length;
        while (png.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (head[4..].SequenceEqual("eXIf"u8) && length <= MostExif)
            {
                byte[] exif = new byte[length];
                return png.ReadAtLeast(exif, exif.Length, throwOnEndOfStream: false) == exif.Length ? exif : [];
            }
            if (length + 4L > png.Length - png.Position) break;
            png.Seek(length + 4L, SeekOrigin.Current);
        }
        return [];
    }

    /// <summary>The chunks up to IEND, each with its checksum checked.</summary>
    /// <exception cref="ImageFileException">It is no PNG, ends before IEND, or a chunk is damaged.</exception>
    public static IEnumerable<(string Type, ReadOnlyMemory<byte> Content)> Chunks(byte[] file, string path)
    {
        if (!IsPng(file)) throw ImageFile.NoImage(path);
        for (long position = Signature.Length; position + ChunkOverhead <= file.Length;)
        {
            int start = (int)position;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(start));
            position += ChunkOverhead + length;
            if (position > file.Length) break;
            var (type, content) = (file.AsMemory(start + 4, 4), file.AsMemory(start + 8, (int)length));
            if (~Crc(content.Span, Crc(type.Span, uint.MaxValue)) != BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)position - 4)))
                throw ImageFile.Broken(path, "a checksum of it is wrong (damaged)");
            string name = Encoding.ASCII.GetString(type.Span);
            yield return (name, content);
            if (name == "IEND") yield break;
        }
        throw ImageFile.Broken(path, "it ends before its end mark (truncated)");
    }

    /// <summary>Writes 8 bits per pixel: indices into a palette, or grey values if the palette is empty.</summary>
    public static void Write(Stream stream, LabelMap map, ReadOnlySpan<byte> palette)
    {
        stream.Write(Signature);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, map.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), map.Height);
        header[8] = 8;
        header[9] = palette.IsEmpty ? Grey : Indexed;
        WriteChunk(stream, "IHDR"u8, header);
        if (!palette.IsEmpty) WriteChunk(stream, "PLTE"u8, palette);
        WriteChunk(stream, "IDAT"u8, Compress(map));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static byte[] Compress(LabelMap map)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            for (int y = 0; y < map.Height; y++)
            {
                // Filter type 0 for each row: predicting from neighbours makes label maps larger.
                zlib.WriteByte(0);
                zlib.Write(map.Values, y * map.Width, map.Width);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(data, Crc(type, uint.MaxValue)));
        stream.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> data, uint crc)
    {
        foreach (byte value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] BuildCrcTable()
    {
        const uint ReversedPolynomial = 0xEDB88320;
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? ReversedPolynomial ^ (crc >> 1) : crc >> 1;
            table[n] = crc;
        }
        return table;
    }
}
