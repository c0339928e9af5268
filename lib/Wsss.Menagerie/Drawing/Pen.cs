using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>How a whole scene is drawn.</summary>
/// <param name="Light">Where the light comes from; a unit vector on the screen.</param>
/// <param name="Shading">0 flat … .4 round, how much darker the far side of a shape is.</param>
/// <param name="LineWidth">Width of dark outlines as a share of the picture's width; 0 for none.</param>
internal sealed record Style(Vec Light, double Shading, double LineWidth)
{
    public static Style Pick(SeededRandom random)
    {
        double angle = random.NextDouble(-1.1, 1.1);
        Vec light = (Angle.Sin(angle), -Angle.Cos(angle));
        double line = random.Chance(.6) ? random.NextDouble(.004, .009) : 0;
        return new(light, random.NextDouble(.1, .35), line);
    }
}

/// <summary>Draws one object in its own coordinates and keeps its masks.</summary>
/// <param name="canvas">Where to draw.</param>
/// <param name="place">From the object's units to pixels.</param>
/// <param name="style">The scene's style.</param>
/// <param name="ink">The object's mask values; <see cref="Part"/> overrides its part.</param>
internal sealed class Pen(Canvas canvas, Affine place, Style style, Ink ink)
{
    private Ink _ink = ink;

    /// <summary>The part that the next fills belong to; distractors stay without one.</summary>
    public byte Part
    {
        get => _ink.Part;
        set => _ink = _ink with { Part = _ink.Class == 0 ? (byte)0 : value };
    }

    /// <summary>A pen for a piece with its own coordinates, such as a head; it starts with this pen's part.</summary>
    public Pen At(Vec centre, double scale, double angle = 0, bool mirror = false) =>
        new(canvas, place.Of(Affine.Place(centre, mirror ? -scale : scale, scale, angle)), style, _ink);

    /// <summary>Fills a shape with a shaded, textured colour, with the scene's outline around it.</summary>
    public void Fill(Outline shape, Paint paint)
    {
        Outline pixels = shape.Transform(place);
        if (style.LineWidth > 0)
        {
            Rgb line = paint.Base.Mix(paint.Accent, .3).Darker(.7);
            canvas.Fill(pixels.Grow(style.LineWidth * canvas.Size), (_, _) => line, _ink);
        }
        (double left, double top, double right, double bottom) = pixels.Bounds();
        double x = (left + right) / 2, y = (top + bottom) / 2;
        // One radius for both directions, so that long thin shapes are not banded across.
        double radius = Math.Max(right - left, bottom - top) / 2 + 1e-6;
        double lightX = style.Light.X * style.Shading / radius, lightY = style.Light.Y * style.Shading / radius;
        Affine inverse = place.Inverse();
        canvas.Fill(
            pixels,
            (column, row) =>
            {
                Vec local = inverse.Apply((column + .5, row + .5));
                float shade = (float)(1 - style.Shading * .3 + (column + .5 - x) * lightX + (row + .5 - y) * lightY);
                return paint.At(local.X, local.Y) * shade;
            },
            _ink);
    }

    /// <summary>Fills a shape with a plain colour, shaded and outlined.</summary>
    public void Fill(Outline shape, Rgb colour) => Fill(shape, Paint.Plain(colour));

    /// <summary>Fills a detail with a flat colour: no shading and no outline.</summary>
    public void Mark(Outline shape, Rgb colour, float opacity = 1) =>
        canvas.Fill(shape.Transform(place), (_, _) => colour, _ink, opacity);

    /// <summary>A round eye that looks ahead (to the right).</summary>
    public void Eye(double x, double y, double radius)
    {
        Mark(Outline.Circle(x, y, radius), Rgb.White);
        Mark(Outline.Circle(x + radius * .25, y, radius * .62), Rgb.Black);
        Mark(Outline.Circle(x + radius * .05, y - radius * .25, radius * .22), Rgb.White);
    }
}
