namespace Wsss.Data;

/// <summary>
/// A mask of a leaf's symptoms in colours: black, the leaf in green (0, 176, 0), symptoms in red (255, 0, 0), whatever their class. Edges
/// may be soft, as saved masks have them.
/// </summary>
internal static class LeafMask
{
    // A number further from that of a colour is another colour's, or an edge's.
    private const int Tolerance = 40;

    // None of the colours has blue, so no edge between them has.
    private const int MostBlue = 64;

    /// <summary>Reads the symptoms: red of at least half strength, without green.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">The leaf's one class, zero-based; empty where it is healthy.</param>
    /// <exception cref="ImageFileException">It cannot be read, or is another kind of mask, such as one of classes.</exception>
    public static LabelMap Read(string path, IReadOnlyList<int> labels)
    {
        if (PngFormat.Header(ImageFile.ReadBytes(path)).ColorType is PngFormat.Grey or PngFormat.GreyAlpha or PngFormat.Indexed)
            throw Other(path, "a PNG of numbers");
        RgbImage colours = ImageFile.ReadRgb(path);
        byte symptom = (byte)(labels.Count == 0 ? 0 : labels[0] + 1);
        byte[] values = new byte[colours.Width * colours.Height];
        for (int i = 0; i < values.Length; i++)
        {
            var (red, green, blue) = At(colours, i);
            if (!IsPlain(red, green, blue) && (blue > MostBlue || IsArea(colours, i)))
                throw Other(path, $"({red}, {green}, {blue}) at x = {i % colours.Width}, y = {i / colours.Width}");
            if (red > 127 && green < 128) values[i] = symptom;
        }
        return new LabelMap(colours.Width, colours.Height, values);
    }

    private static bool IsPlain(byte red, byte green, byte blue) =>
        blue <= Tolerance && ((red <= Tolerance && green is <= Tolerance or (>= 176 - Tolerance and <= 176 + Tolerance))
            || (red >= 255 - Tolerance && green <= Tolerance));

    /// <summary>Whether all neighbours of a pixel have its colour, which no edge's have.</summary>
    private static bool IsArea(RgbImage image, int pixel)
    {
        int x = pixel % image.Width,
            y = pixel / image.Width;
        if (x == 0 || y == 0 || x == image.Width - 1 || y == image.Height - 1)
            return false;
        var own = At(image, pixel);
        for (int row = -1; row <= 1; row++)
            for (int column = -1; column <= 1; column++)
                if (At(image, pixel + row * image.Width + column) != own)
                    return false;
        return true;
    }

    private static (byte Red, byte Green, byte Blue) At(RgbImage image, int pixel) =>
        (image.Pixels[3 * pixel], image.Pixels[3 * pixel + 1], image.Pixels[3 * pixel + 2]);

    private static ImageFileException Other(string path, string found) =>
        new(
            $"Expected a mask of a leaf in colours, black with the leaf (0, 176, 0) and symptoms (255, 0, 0), found {found}: '{path}'. "
                + "Open a folder of class masks as photographs of your own."
        );
}
