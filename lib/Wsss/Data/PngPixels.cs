using System.Buffers.Binary;
using System.IO.Compression;

namespace Wsss.Data;

/// <summary>
/// The samples of a PNG file as they are stored: palette indices stay indices, and numbers of 1, 2, 4, 8 and 16 bits keep their value.
/// Skia gives colours only.
/// </summary>
/// <remarks>
/// Source: W3C, <i>Portable Network Graphics (PNG) Specification</i>, third edition. Checksums are checked; Adam7 is undone; transparency
/// of indices and colours (tRNS) and colour management do not change a sample.
/// </remarks>
internal sealed class PngPixels
{
    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private readonly string _path;
    private readonly bool _interlaced;

    private PngPixels(ReadOnlySpan<byte> header, string path)
    {
        _path = path;
        if (header.Length != 13)
            throw ImageFile.Broken(path, "it has no header");
        long width = BinaryPrimitives.ReadUInt32BigEndian(header),
            height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        (BitDepth, ColorType) = (header[8], header[9]);
        Channels = (ColorType, BitDepth) switch
        {
            (PngFormat.Grey, 1 or 2 or 4 or 8 or 16) or (PngFormat.Indexed, 1 or 2 or 4 or 8) => 1,
            (PngFormat.GreyAlpha, 8 or 16) => 2,
            (PngFormat.Rgb, 8 or 16) => 3,
            (PngFormat.Rgba, 8 or 16) => 4,
            _ => throw ImageFile.Broken(path, $"its header names pixels that do not exist (colour type {ColorType} of {BitDepth} bits)"),
        };
        if (width < 1 || height < 1 || header[10] != 0 || header[11] != 0 || header[12] > 1)
            throw ImageFile.Broken(path, "its header is none");
        ImageLimit.Require(path, width, height);
        (Width, Height, _interlaced) = ((int)width, (int)height, header[12] == 1);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Samples per pixel: 1 grey or index, 2 with alpha, 3 colour, 4 with alpha.</summary>
    public int Channels { get; }

    public byte BitDepth { get; }

    public byte ColorType { get; }

    /// <summary>R, G, B of each index; empty where the file has no palette.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>[H, W, channels] row by row, unscaled.</summary>
    public ushort[] Samples { get; private set; } = [];

    /// <exception cref="ImageFileException">It is truncated, damaged or too large.</exception>
    public static PngPixels Read(byte[] file, string path)
    {
        PngPixels? image = null;
        using var data = new MemoryStream();
        foreach (var (type, content) in PngFormat.Chunks(file, path))
        {
            if (image is null)
            {
                if (type != "IHDR")
                    throw ImageFile.Broken(path, $"it starts with {type} instead of a header");
                image = new PngPixels(content.Span, path);
            }
            if (type == "PLTE")
                image.Palette = content.ToArray();
            if (type == "IDAT")
                data.Write(content.Span);
        }
        if (image is null)
            throw ImageFile.Broken(path, "it has no header");
        if (image.ColorType == PngFormat.Indexed && image.Palette.Length == 0)
            throw ImageFile.Broken(path, "it has indices and no palette");
        image.Decode(data);
        return image;
    }

    private void Decode(MemoryStream data)
    {
        ImageLimit.RequirePng(_path, Width, Height, Channels * BitDepth, data.Length);
        Samples = new ushort[Width * Height * Channels];
        data.Position = 0;
        try
        {
            using var zlib = new ZLibStream(data, CompressionMode.Decompress, leaveOpen: true);
            foreach (var pass in _interlaced ? Adam7 : [(0, 0, 1, 1)])
                DecodePass(zlib, pass);
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw ImageFile.Broken(
                _path,
                error is EndOfStreamException ? "its pixels are not all there (truncated)" : "its pixels do not decompress"
            );
        }
    }

    private void DecodePass(Stream stream, (int X, int Y, int Dx, int Dy) pass)
    {
        int columns = (Width - pass.X + pass.Dx - 1) / pass.Dx, rows = (Height - pass.Y + pass.Dy - 1) / pass.Dy;
        if (columns < 1 || rows < 1) return;
        int step = Math.Max(1, Channels * BitDepth / 8);
        byte[] row = new byte[RowBytes(columns)], above = new byte[row.Length];
        for (int j = 0; j < rows; j++)
        {
            int filter = stream.ReadByte();
            if (filter < 0) throw new EndOfStreamException();
            stream.ReadExactly(row);
            Unfilter(filter, row, above, step);
            int line = (pass.Y + j * pass.Dy) * Width;
            for (int i = 0; i < columns; i++)
            {
                int target = (line + pass.X + i * pass.Dx) * Channels;
                for (int channel = 0; channel < Channels; channel++) Samples[target + channel] = SampleOf(row, i * Channels + channel);
            }
            (row, above) = (above, row);
        }
    }

    private ushort SampleOf(byte[] row, int number)
    {
        if (BitDepth == 8) return row[number];
        if (BitDepth == 16) return (ushort)(row[2 * number] << 8 | row[2 * number + 1]);
        int bit = number * BitDepth;
        return (ushort)(row[bit >> 3] >> (8 - BitDepth - (bit & 7)) & ((1 << BitDepth) - 1));
    }

    private void Unfilter(int filter, byte[] row, byte[] above, int step)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = step; i < row.Length; i++) row[i] += row[i - step];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++) row[i] += (byte)(((i < step ? 0 : row[i - step]) + above[i]) / 2);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++) row[i] += i < step ? above[i] : Paeth(row[i - step], above[i], above[i - step]);
                break;
            default:
                throw ImageFile.Broken(_path, $"a row of it has the filter {filter}");
        }
    }

    private static byte Paeth(int left, int up, int corner)
    {
        int guess = left + up - corner, a = Math.Abs(guess - left), b = Math.Abs(guess - up), c = Math.Abs(guess - corner);
        return (byte)(a <= b && a <= c ? left : b <= c ? up : corner);
    }

    private int RowBytes(int columns) => checked((int)(((long)columns * Channels * BitDepth + 7) / 8));
}
