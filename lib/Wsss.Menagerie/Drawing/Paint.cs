namespace Wsss.Menagerie.Drawing;

/// <summary>What a surface shows beside its base colour.</summary>
internal enum Pattern
{
    Plain,
    Stripes,
    Spots,
    Patches,
    Shaggy,
    Checks,
    Scales,
    Planks,
}

/// <summary>A textured colour in the coordinates of the object that wears it, so that the pattern turns with it.</summary>
/// <param name="Base">The main colour.</param>
/// <param name="Accent">The colour of the pattern.</param>
/// <param name="Pattern">The kind of pattern.</param>
/// <param name="Period">Size of one repeat in the object's units.</param>
/// <param name="Seed">Chooses one of many draws of the pattern.</param>
internal sealed record Paint(Rgb Base, Rgb Accent, Pattern Pattern, double Period, uint Seed)
{
    /// <summary>A plain colour with the grain of its neighbours.</summary>
    public static Paint Plain(Rgb colour) => new(colour, colour, Pattern.Plain, .1, 1);

    public Paint Darker(double by) => this with { Base = Base.Darker(by), Accent = Accent.Darker(by) };

    public Rgb At(double x, double y)
    {
        double u = x / Period, v = y / Period;
        float grain = Noise.Smooth(x * 40, y * 40, Seed + 7);
        Rgb colour = Base.Mix(Accent, Share(u, v));
        return colour * (.93f + .14f * grain);
    }

    /// <summary>The accent's share at a place, 0…1.</summary>
    private float Share(double u, double v)
    {
        switch (Pattern)
        {
            case Pattern.Stripes:
                double bend = 1.1 * Noise.Smooth(u * .8, v * .8, Seed);
                return Noise.Step(.45, .65, Noise.Wave(u + bend));
            case Pattern.Spots:
                int column = (int)Math.Floor(u), row = (int)Math.Floor(v);
                double du = u - column - .35 - .3 * Noise.Cell(column, row, Seed);
                double dv = v - row - .35 - .3 * Noise.Cell(column, row, Seed + 1);
                return 1 - Noise.Step(.07, .13, du * du + dv * dv);
            case Pattern.Patches:
                return Noise.Step(.5, .58, Noise.Fractal(u * .45, v * .45, Seed, 2));
            case Pattern.Shaggy:
                return .8f * Noise.Fractal(u * 1.3, v * .5, Seed, 2);
            case Pattern.Checks:
                return Math.Abs(Noise.Step(.4, .6, Noise.Wave(u * .5)) - Noise.Step(.4, .6, Noise.Wave(v * .5)));
            case Pattern.Scales:
                double shift = ((int)Math.Floor(v) & 1) * .5;
                double du2 = u + shift - Math.Floor(u + shift) - .5, dv2 = v - Math.Floor(v);
                return Noise.Step(.16, .3, du2 * du2 + dv2 * dv2 * .35);
            case Pattern.Planks:
                return Noise.Step(.72, .95, Noise.Wave(v)) + .35f * Noise.Fractal(u * .6, v * 3, Seed, 2) - .1f;
            default:
                return 0;
        }
    }
}
