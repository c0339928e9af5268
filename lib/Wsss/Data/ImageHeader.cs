using System.Buffers.Binary;

namespace Wsss.Data;

/// <summary>What an image file says about its pixels before they are decoded.</summary>
/// <param name="Stored">The size in pixels as they are stored.</param>
/// <param name="Orientation">
/// How the stored pixels are to be shown, 1…8 (EXIF 2.32, tag 274): 1 as they are, 2 mirrored, 3 turned by 180°, 4 upside down, 5
/// transposed, 6 turned clockwise, 7 transposed the other way, 8 turned anticlockwise.
/// </param>
internal readonly record struct ImageHeader((int Width, int Height) Stored, int Orientation)
{
    /// <summary>The size in pixels as they are shown.</summary>
    public (int Width, int Height) Shown => Orientation >= 5 ? (Stored.Height, Stored.Width) : Stored;

    /// <summary>The orientation in EXIF data (a TIFF header and its first directory); 1 where they have none or are broken.</summary>
    public static int OrientationIn(ReadOnlySpan<byte> exif)
    {
        const int Tag = 274,
            EntryLength = 12;
        bool little = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || !little && !exif.StartsWith("MM\0*"u8))
            return 1;
        uint start = little ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (start > exif.Length - 2)
            return 1;
        var directory = exif[(int)start..];
        int entries = Number(directory);
        for (int i = 0, at = 2; i < entries && at + EntryLength <= directory.Length; i++, at += EntryLength)
        {
            if (Number(directory[at..]) == Tag)
                return Number(directory[(at + 8)..]) is >= 1 and <= 8 and var orientation ? orientation : 1;
        }
        return 1;

        int Number(ReadOnlySpan<byte> at) =>
            little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }

    /// <summary>Moves stored pixels to where they are shown.</summary>
    /// <param name="pixels">[H, W, channels] as stored.</param>
    /// <param name="channels">Bytes per pixel.</param>
    /// <returns>[H', W', channels] as shown; the same array where nothing moves.</returns>
    public byte[] Turn(byte[] pixels, int channels)
    {
        if (Orientation == 1) return pixels;
        var ((w, h), (width, height)) = (Stored, Shown);
        byte[] turned = new byte[pixels.Length];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += channels)
            {
                int from = channels * (Orientation switch
                {
                    2 => y * w + w - 1 - x,
                    3 => (h - 1 - y) * w + w - 1 - x,
                    4 => (h - 1 - y) * w + x,
                    5 => x * w + y,
                    6 => (h - 1 - x) * w + y,
                    7 => (h - 1 - x) * w + w - 1 - y,
                    _ => x * w + w - 1 - y,
                });
                for (int c = 0; c < channels; c++) turned[to + c] = pixels[from + c];
            }
        }
        return turned;
    }
}
