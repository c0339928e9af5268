namespace Wsss.Data;

/// <summary>What the palette of an indexed mask says about its classes.</summary>
internal enum MaskPalette
{
    /// <summary>The file has none, or VOC's.</summary>
    Fits,

    /// <summary>Colours of one's own.</summary>
    Own,

    /// <summary>Colours that VOC gives to other indices.</summary>
    VocElsewhere,
}

/// <summary>A class mask as it lies in a PNG file.</summary>
/// <remarks>
/// Indexed: the index is the label, whatever its colour. Grey of any depth: the number is the label. Colour: the label is that of
/// VOC's palette. A transparent pixel is read as what it would be were it opaque, black or 0; of another colour, it is refused.
/// </remarks>
internal static class MaskFile
{
    private const int MostNamed = 5, MostCounted = 256;

    /// <exception cref="ImageFileException">It is broken, no PNG, or a number or colour is no label.</exception>
    public static (LabelMap Mask, MaskPalette Palette) Decode(byte[] file, string path)
    {
        var image = PngPixels.Read(file, path);
        byte[] values = image.Channels <= 2 ? Numbers(image, path) : Colours(image, path);
        var palette = image.ColorType == PngFormat.Indexed ? PaletteOf(image.Palette, values) : MaskPalette.Fits;
        return (new LabelMap(image.Width, image.Height, values), palette);
    }

    private static byte[] Numbers(PngPixels image, string path)
    {
        byte[] values = new byte[image.Width * image.Height];
        int n = image.Channels;
        for (int i = 0; i < values.Length; i++)
        {
            ushort value = image.Samples[n * i];
            if (n == 2 && image.Samples[2 * i + 1] == 0 && value != 0) throw Transparent($"{value}", image, i, path);
            if (value > byte.MaxValue)
            {
                throw new ImageFileException(
                    $"Expected labels 0…{LabelMap.Ignore}, found {value} {At(image, i)} of a {image.BitDepth}-bit mask: '{path}'. " +
                    "Save the class indices themselves as 8-bit grey.");
            }
            values[i] = (byte)value;
        }
        return values;
    }

    private static byte[] Colours(PngPixels image, string path)
    {
        byte[] values = new byte[image.Width * image.Height];
        int n = image.Channels;
        ReadOnlySpan<ushort> samples = image.Samples, previous = [];
        byte index = 0;
        var wrong = new Dictionary<(int R, int G, int B), int>();
        for (int i = 0; i < values.Length; i++)
        {
            var pixel = samples.Slice(n * i, n);
            // Neighbours are mostly equal: look a colour up only where it changes.
            if (!pixel.SequenceEqual(previous))
            {
                previous = pixel;
                var (r, g, b) = (pixel[0], pixel[1], pixel[2]);
                if (n == 4 && pixel[3] == 0 && (r | g | b) != 0) throw Transparent($"({r}, {g}, {b})", image, i, path);
                bool eight = image.BitDepth == 8 || ToEightBits(ref r) & ToEightBits(ref g) & ToEightBits(ref b);
                if (!eight || !VocPalette.TryIndex((byte)r, (byte)g, (byte)b, out index))
                {
                    if (wrong.Count < MostCounted) wrong.TryAdd((r, g, b), i);
                    previous = [];
                }
            }
            values[i] = index;
        }
        return wrong.Count == 0 ? values : throw NoColour(wrong, image, path);
    }

    /// <summary>False where a 16-bit number is not that of an 8-bit one.</summary>
    private static bool ToEightBits(ref ushort value)
    {
        ushort eight = (ushort)(value >> 8);
        if (value != 257 * eight && value != 256 * eight) return false;
        value = eight;
        return true;
    }

    private static MaskPalette PaletteOf(byte[] palette, byte[] values)
    {
        Span<bool> present = stackalloc bool[256];
        foreach (byte value in values)
            present[value] = true;
        var found = MaskPalette.Fits;
        for (int index = 0; index < LabelMap.Ignore && 3 * index + 2 < palette.Length; index++)
        {
            var (r, g, b) = (palette[3 * index], palette[3 * index + 1], palette[3 * index + 2]);
            if (!present[index] || (r, g, b) == VocPalette.Color((byte)index))
                continue;
            found =
                VocPalette.TryIndex(r, g, b, out _) && index > 0
                    ? MaskPalette.VocElsewhere
                    : (MaskPalette)Math.Max((int)found, (int)MaskPalette.Own);
            if (found == MaskPalette.VocElsewhere)
                break;
        }
        return found;
    }

    private static string At(PngPixels image, int i) => $"at x = {i % image.Width}, y = {i / image.Width}";

    private static ImageFileException Transparent(string what, PngPixels image, int i, string path) =>
        new(
            $"Expected a mask without transparency, found {what}, fully transparent, {At(image, i)}: '{path}'. Save it as 8-bit grey "
                + "with class indices."
        );

    private static ImageFileException NoColour(Dictionary<(int R, int G, int B), int> wrong, PngPixels image, string path)
    {
        var (colour, place) = wrong.MinBy(pair => pair.Value);
        string[] others =
        [
            .. wrong
                .Where(pair => pair.Key != colour)
                .OrderBy(pair => pair.Value)
                .Select(pair => $"({pair.Key.R}, {pair.Key.G}, {pair.Key.B})"),
        ];
        string more =
            others.Length == 0
                ? ""
                : $", and {others.Length} more: {string.Join(", ", others.Take(MostNamed))}{(others.Length > MostNamed ? ", …" : "")}";
        return new ImageFileException(
            $"Expected a colour of VOC's palette, found ({colour.R}, {colour.G}, {colour.B}) {At(image, place)}{more}: '{path}'. "
                + "Save the mask as indexed PNG with VOC's palette, or as 8-bit grey with class indices."
        );
    }
}
