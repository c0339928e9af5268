using System.Buffers.Binary;
using System.IO.Compression;

namespace Wsss.Tests.Data;

/// <summary>Writes PNG files of any kind byte by byte, as the specification says, and puts EXIF orientations into files.</summary>
internal static class RawPng
{
    public const byte Grey = 0, Rgb = 2, Indexed = 3, GreyAlpha = 4, Rgba = 6;

    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Samples [H, W, channels] as a PNG.</summary>
    public static byte[] Of(
        int width,
        int height,
        byte colorType,
        byte depth,
        IReadOnlyList<int> samples,
        byte[]? palette = null,
        bool interlaced = false
    )
    {
        int channels = samples.Count / (width * height);
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var (x0, y0, dx, dy) in interlaced ? Adam7 : [(0, 0, 1, 1)])
            {
                if (x0 >= width)
                    continue;
                for (int y = y0; y < height; y += dy)
                {
                    var bits = new List<int>();
                    for (int x = x0; x < width; x += dx)
                        for (int c = 0; c < channels; c++)
                            for (int bit = depth - 1; bit >= 0; bit--)
                                bits.Add(samples[(y * width + x) * channels + c] >> bit & 1);
                    while (bits.Count % 8 != 0)
                        bits.Add(0);
                    zlib.WriteByte(0);
                    foreach (int[] eight in bits.Chunk(8))
                        zlib.WriteByte((byte)eight.Aggregate((value, bit) => 2 * value + bit));
                }
            }
        }
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colorType, (byte)(interlaced ? 1 : 0));
        return
        [
            0x89,
            .. "PNG\r\n\x1A\n"u8,
            .. Chunk("IHDR"u8, header),
            .. palette is null ? [] : Chunk("PLTE"u8, palette),
            .. Chunk("IDAT"u8, pixels.ToArray()),
            .. Chunk("IEND"u8, []),
        ];
    }

    public static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] whole = [0, 0, 0, 0, .. type, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(whole, content.Length);
        uint crc = uint.MaxValue;
        foreach (byte value in whole.AsSpan(4..^4))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(^4), ~crc);
        return whole;
    }

    /// <summary>Puts an EXIF orientation into a JPEG, as cameras do.</summary>
    public static void Orient(string jpeg, int orientation)
    {
        byte[] file = File.ReadAllBytes(jpeg);
        byte[] exif = [.. "Exif\0\0"u8, .. Tiff(orientation)];
        byte[] marker = [0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif];
        File.WriteAllBytes(jpeg, [.. file[..2], .. marker, .. file[2..]]);
    }

    /// <summary>The same for a PNG (chunk eXIf).</summary>
    public static void OrientPng(string png, int orientation)
    {
        byte[] file = File.ReadAllBytes(png);
        const int AfterHeader = 8 + 25;
        File.WriteAllBytes(png, [.. file[..AfterHeader], .. Chunk("eXIf"u8, Tiff(orientation)), .. file[AfterHeader..]]);
    }

    // Big endian, one directory of one entry: tag 274, type short, one number.
    private static byte[] Tiff(int orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
}
