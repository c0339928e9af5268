using System.Globalization;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>Colours of pictures: those of <see cref="ChartStyle"/>, and what figures name.</summary>
internal static partial class Inks
{
    public static readonly SKColor Text = SKColor.Parse(ChartStyle.InkName), Grid = SKColor.Parse(ChartStyle.GridLineName);

    // plotly.js's RdBu.
    private static readonly (double At, SKColor Color)[] RedBlue =
    [
        (0, new(5, 10, 172)), (0.35, new(106, 137, 247)), (0.5, new(190, 190, 190)),
        (0.6, new(220, 170, 132)), (0.7, new(230, 145, 90)), (1, new(178, 10, 28)),
    ];

    /// <summary>The colour of the i-th trace where the figure names none.</summary>
    public static SKColor Of(int i) => SKColor.Parse(ChartStyle.PaletteNames[i % ChartStyle.PaletteNames.Count]);

    /// <summary>A colour as CSS writes it: <c>#rrggbb</c>, <c>rgb()</c>, <c>rgba()</c>, black or white.</summary>
    /// <param name="css">The text; null for none.</param>
    /// <param name="other">The colour where it is none of these.</param>
    public static SKColor Parse(string? css, SKColor other)
    {
        switch (css)
        {
            case null: return other;
            case "white": return SKColors.White;
            case "black": return SKColors.Black;
            case ['#', ..]: return SKColor.TryParse(css, out SKColor color) ? color : other;
        }
        var match = Rgb().Match(css);
        if (!match.Success) return other;
        return new(Channel(1), Channel(2), Channel(3));

        byte Channel(int group) => (byte)Math.Min(255, int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The colour of a share 0…1 of a heat map's range.</summary>
    public static SKColor Heat(double share, bool isReversed)
    {
        double at = Math.Clamp(isReversed ? 1 - share : share, 0, 1);
        int upper = Math.Max(1, Array.FindIndex(RedBlue, stop => stop.At >= at));
        var (low, high) = (RedBlue[upper - 1], RedBlue[upper]);
        double part = (at - low.At) / (high.At - low.At);
        return new(Mix(low.Color.Red, high.Color.Red), Mix(low.Color.Green, high.Color.Green), Mix(low.Color.Blue, high.Color.Blue));

        byte Mix(byte from, byte to) => (byte)Math.Round(from + part * (to - from));
    }

    [GeneratedRegex(@"^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*[\d.]+\s*)?\)$")]
    private static partial Regex Rgb();
}
