namespace Wsss.Data;

/// <summary>
/// PASCAL VOC's colour map: 256 distinct colours made by interleaving the bits of the index. Bit 3j of the index is
/// bit 7 − j of red, bit 3j + 1 that of green and bit 3j + 2 that of blue.
/// </summary>
/// <remarks>0 is black, 1 (128, 0, 0), 15 (192, 128, 128), 255 (224, 224, 192).</remarks>
internal static class VocPalette
{
    private static readonly byte[] Rgb = Build();

    /// <summary>All colours as R, G, B of index 0, then of index 1 and so on; 768 bytes.</summary>
    public static ReadOnlySpan<byte> Bytes => Rgb;

    /// <summary>The colour of an index.</summary>
    /// <param name="index">Class index plus one, 0 for background or 255 for ignore.</param>
    public static (byte R, byte G, byte B) Color(byte index) => (Rgb[3 * index], Rgb[3 * index + 1], Rgb[3 * index + 2]);

    /// <summary>Finds the index of a colour.</summary>
    /// <returns>False if the colour is not one of the 256.</returns>
    public static bool TryIndex(byte r, byte g, byte b, out byte index)
    {
        int gathered = 0;
        for (int bit = 0; bit < 3; bit++)
        {
            int shift = 7 - bit;
            gathered |= ((r >> shift) & 1) << (3 * bit) | ((g >> shift) & 1) << (3 * bit + 1);
            if (bit < 2) gathered |= ((b >> shift) & 1) << (3 * bit + 2);
        }
        index = (byte)gathered;
        return Color(index) == (r, g, b);
    }

    private static byte[] Build()
    {
        byte[] rgb = new byte[3 * 256];
        for (int index = 0; index < 256; index++)
        {
            for (int bit = 0; bit < 8; bit++)
                rgb[3 * index + bit % 3] |= (byte)(((index >> bit) & 1) << (7 - bit / 3));
        }
        return rgb;
    }
}
