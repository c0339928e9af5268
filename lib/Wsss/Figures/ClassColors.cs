namespace Wsss.Figures;

/// <summary>PASCAL VOC's colours: bit 3j of a label is bit 7 − j of red, bit 3j + 1 that of green, bit 3j + 2 that of blue.</summary>
internal static class ClassColors
{
    public static (byte R, byte G, byte B) Color(byte label)
    {
        Span<int> rgb = stackalloc int[3];
        for (int bit = 0; bit < 8; bit++) rgb[bit % 3] |= ((label >> bit) & 1) << (7 - bit / 3);
        return ((byte)rgb[0], (byte)rgb[1], (byte)rgb[2]);
    }
}
