using System.Text;
using SkiaSharp;

namespace Wsss.Figures;

/// <summary>Draws antialiased text in the library's own font; needs no font on the machine.</summary>
/// <remarks>
/// The font is a part of DejaVu Sans 2.37 (eng/make-font-subset.sh), so that a label looks the same on every machine, also on one
/// without fonts, where SkiaSharp draws no text at all. DejaVuSans.LICENSE.txt is its licence.
/// </remarks>
internal static class TextPen
{
    /// <summary>Shown for a character that the font lacks.</summary>
    private const char Unknown = '□';

    /// <summary>Baseline to baseline, in ems.</summary>
    public const float LineHeight = 1.3f;

    private const float Ascent = 0.76f;

    private static readonly SKTypeface Typeface = Load();

    /// <summary>Whether the font has a character.</summary>
    public static bool Has(int codePoint) => Typeface.ContainsGlyph(codePoint);

    /// <summary>Width of one line in pixels.</summary>
    public static float Measure(string text, float size)
    {
        using SKFont font = Font(size);
        return font.MeasureText(Known(text));
    }

    /// <summary>Draws one line whose upper edge lies at <paramref name="top"/>.</summary>
    public static void Draw(SKCanvas canvas, string text, float left, float top, float size, SKColor color)
    {
        using SKFont font = Font(size);
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        using SKPath outlines = font.GetTextPath(Known(text), new SKPoint(left, top + Ascent * size));
        canvas.DrawPath(outlines, paint); // DrawText is left to the system's own rasteriser, each with another weight
    }

    /// <summary>Breaks a text into lines of at most <paramref name="width"/> pixels, at blanks where it can.</summary>
    public static IReadOnlyList<string> Wrap(string text, float size, float width)
    {
        var lines = new List<string>();
        foreach (string paragraph in text.Split('\n'))
        {
            var line = new StringBuilder();
            foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && Measure($"{line} {word}", size) > width)
                {
                    lines.Add(line.ToString());
                    line.Clear();
                }
                if (line.Length > 0) line.Append(' ');
                foreach (Rune c in word.EnumerateRunes())
                {
                    if (line.Length > 0 && Measure($"{line}{c}", size) > width)
                    {
                        lines.Add(line.ToString());
                        line.Clear();
                    }
                    line.Append(c);
                }
            }
            lines.Add(line.ToString());
        }
        return lines;
    }

    /// <summary>Letters as they were designed, without the system's hinting.</summary>
    private static SKFont Font(float size) => new(Typeface, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };

    private static string Known(string text) =>
        string.Concat(text.EnumerateRunes().Select(c => Has(c.Value) ? c.ToString() : Unknown.ToString()));

    private static SKTypeface Load()
    {
        using Stream font = typeof(TextPen).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(font);
    }
}
