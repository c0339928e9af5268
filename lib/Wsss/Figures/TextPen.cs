using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Wsss.Figures;

/// <summary>Draws antialiased text from <see cref="Glyphs"/>; needs no font on the machine.</summary>
internal static class TextPen
{
    /// <summary>Shown for a character that there is no outline of.</summary>
    private const char Unknown = '□';

    /// <summary>Baseline to baseline, in ems.</summary>
    public const float LineHeight = 1.3f;

    private const float Ascent = 0.76f;

    private const float UnitsPerEm = 1000;

    private static readonly Dictionary<char, (int Advance, string Path)> Outlines = Parse();

    /// <summary>Width of one line in pixels.</summary>
    public static float Measure(string text, float size) => text.Sum(c => Outline(c).Advance) * size / UnitsPerEm;

    /// <summary>Draws one line whose upper edge lies at <paramref name="top"/>.</summary>
    public static void Draw(SKCanvas canvas, string text, float left, float top, float size, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.Save();
        canvas.Translate(left, top + Ascent * size);
        canvas.Scale(size / UnitsPerEm);
        foreach (char c in text)
        {
            (int advance, string outline) = Outline(c);
            using SKPath path = SKPath.ParseSvgPathData(outline);
            canvas.DrawPath(path, paint);
            canvas.Translate(advance, 0);
        }
        canvas.Restore();
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
                foreach (char c in word)
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

    private static (int Advance, string Path) Outline(char c) =>
        Outlines.TryGetValue(c, out (int, string) outline) ? outline : Outlines[Unknown];

    private static Dictionary<char, (int Advance, string Path)> Parse()
    {
        var outlines = new Dictionary<char, (int, string)>();
        foreach (string line in Glyphs.Table.Split('\n'))
        {
            string[] parts = line.Split(' ', 3);
            char c = (char)int.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            outlines[c] = (int.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length > 2 ? parts[2] : "");
        }
        return outlines;
    }
}
