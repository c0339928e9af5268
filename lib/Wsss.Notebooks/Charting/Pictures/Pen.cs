using SkiaSharp;
using Wsss.Figures;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>Draws lines, areas and texts of a picture.</summary>
internal sealed class Pen(SKCanvas canvas)
{
    /// <summary>Height of a line of text against its size.</summary>
    public const float LineHeight = TextPen.LineHeight;

    private const float Ascent = 0.76f;

    public SKCanvas Canvas => canvas;

    /// <summary>Width of the widest line of a text.</summary>
    public static float Measure(string text, float size) => text.Split('\n').Max(line => TextPen.Measure(line, size));

    /// <summary>Height of a text in lines.</summary>
    public static float Height(string text, float size) => text.Split('\n').Length * size * LineHeight;

    /// <summary>Draws a text of one or several lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="x">The place that <paramref name="across"/> is a share of its width right of its left edge.</param>
    /// <param name="y">The same from its upper edge down.</param>
    /// <param name="size">Its size.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="across">0 for text that begins at x, 0.5 for text around it, 1 for text that ends there.</param>
    /// <param name="down">The same for y.</param>
    public void Text(string text, float x, float y, float size, SKColor color, float across = 0, float down = 0.5f)
    {
        string[] lines = text.Split('\n');
        float step = size * LineHeight, height = (lines.Length - 1) * step + size * Ascent;
        for (int i = 0; i < lines.Length; i++)
            TextPen.Draw(canvas, lines[i], x - across * TextPen.Measure(lines[i], size), y - down * height + i * step, size, color);
    }

    /// <summary>Draws a text turned by some degrees clockwise around a place.</summary>
    public void Turned(string text, float x, float y, float degrees, float size, SKColor color, float across)
    {
        canvas.Save();
        canvas.RotateDegrees(degrees, x, y);
        Text(text, x, y, size, color, across);
        canvas.Restore();
    }

    public void Line(float x0, float y0, float x1, float y1, SKColor color, float width = 1)
    {
        using var paint = Stroke(color, width);
        canvas.DrawLine(x0, y0, x1, y1, paint);
    }

    public void Fill(SKRect area, SKColor color)
    {
        using var paint = new SKPaint { Color = color };
        canvas.DrawRect(area, paint);
    }

    public void Fill(SKPath path, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    /// <summary>Draws a curve.</summary>
    /// <param name="path">The curve.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="width">Its width.</param>
    /// <param name="dash">plotly.js's name of its dash.</param>
    public void Curve(SKPath path, SKColor color, float width, string dash)
    {
        using var paint = Stroke(color, width);
        paint.StrokeJoin = SKStrokeJoin.Round;
        float[]? dashes = dash switch { "dash" => [4, 3], "dot" => [1, 2], "dashdot" => [4, 2, 1, 2], "longdash" => [7, 4], _ => null };
        using var effect = dashes is null ? null : SKPathEffect.CreateDash([.. dashes.Select(length => length * width)], 0);
        paint.PathEffect = effect;
        canvas.DrawPath(path, paint);
    }

    private static SKPaint Stroke(SKColor color, float width) =>
        new() { Color = color, StrokeWidth = width, Style = SKPaintStyle.Stroke, IsAntialias = true };
}
