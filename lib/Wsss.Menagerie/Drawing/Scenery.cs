using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>A stretch of water across the picture, in 0…1 from the top.</summary>
internal sealed record Water(double Top, double Bottom, Rgb Deep, uint Seed)
{
    private static readonly Ink s_ink = new(InkKind.Context);

    public static Water Pick(SeededRandom random, double from)
    {
        double top = random.NextDouble(from, from + .14);
        double bottom = random.Chance(.65) ? 1 : Math.Min(1, top + random.NextDouble(.24, .34));
        Rgb deep = Rgb.FromHsv(random.NextDouble(.47, .63), random.NextDouble(.35, .7), random.NextDouble(.35, .75));
        return new(top, bottom, deep, (uint)random.NextUInt64());
    }

    public void Draw(Canvas canvas)
    {
        const int Steps = 16;
        var shore = new List<Vec>();
        for (int i = 0; i <= Steps; i++)
            shore.Add(((double)i / Steps, Top + .02 * Noise.Smooth(i * .6, 0, Seed)));
        for (int i = Steps; i >= 0; i--)
            shore.Add(((double)i / Steps, Bottom >= 1 ? 1 : Bottom + .03 * Noise.Smooth(i * .6, 9, Seed)));
        Fill(canvas, new Outline([.. shore]));
    }

    /// <summary>Ripples over the foot of a floating object, which so looks sunk in by a little.</summary>
    public void Lap(Canvas canvas, double left, double right, double y, double height)
    {
        const int Steps = 8;
        var ripple = new List<Vec>();
        for (int i = 0; i <= Steps; i++)
            ripple.Add((left + (right - left) * i / Steps, y - height * (i is 0 or Steps ? 0 : .4 + .6 * Noise.Cell(i, 3, Seed))));
        ripple.Add((right, y + height * .5));
        ripple.Add((left, y + height * .5));
        Fill(canvas, Outline.Smooth([.. ripple]));
    }

    private void Fill(Canvas canvas, Outline shape)
    {
        Rgb foam = Deep.Lighter(.7), bright = Deep.Lighter(.3);
        double size = canvas.Size;
        canvas.Fill(
            shape.Transform(Affine.Place(default, size, size)),
            (column, row) =>
            {
                double x = (column + .5) / size, y = (row + .5) / size;
                // Waves lie flat, and get longer and farther apart towards the viewer.
                double near = 1.4 - .8 * y, wave = y * 22 * near + 1.6 * Noise.Fractal(x * 5 * near, y * 14, Seed, 2);
                Rgb colour = Deep.Mix(bright, Noise.Fractal(x * 6, y * 18, Seed + 4, 3));
                return colour.Mix(foam, .75 * Noise.Step(.86, .98, Noise.Wave(wave)));
            },
            s_ink);
    }
}

/// <summary>A railway line across the picture: its height at the middle (0…1 from the top) and its slope.</summary>
internal sealed record Rails(double Y, double Angle, uint Seed)
{
    private const double HalfBed = .034;

    public static Rails Pick(SeededRandom random, double from, double to) =>
        new(random.NextDouble(from, to), random.NextDouble(-.12, .12), (uint)random.NextUInt64());

    /// <summary>The height of the line's middle at a place.</summary>
    public double At(double x) => Y + (x - .5) * Drawing.Angle.Sin(Angle) / Drawing.Angle.Cos(Angle);

    public void Draw(Canvas canvas)
    {
        var pen = new Pen(
            canvas,
            Affine.Place((.5 * canvas.Size, Y * canvas.Size), canvas.Size, canvas.Size, Angle),
            new Style((0, -1), .1, 0),
            new(InkKind.Context)
        );
        pen.Fill(
            Outline.Box(-.8, -HalfBed, .8, HalfBed * 1.2),
            new Paint(new(.5f, .47f, .44f), new(.32f, .3f, .29f), Pattern.Spots, .022, Seed)
        );
        for (double x = -.8; x < .8; x += .055)
            pen.Mark(
                Outline.Polygon((x, -HalfBed * .75), (x + .022, -HalfBed * .75), (x + .028, HalfBed), (x, HalfBed)),
                new(.33f, .22f, .14f)
            );
        foreach (double y in (double[])[-.018, .016])
        {
            pen.Mark(Outline.Box(-.8, y - .005, .8, y + .007), new(.28f, .28f, .31f));
            pen.Mark(Outline.Box(-.8, y - .005, .8, y), new(.82f, .84f, .88f));
        }
    }
}
