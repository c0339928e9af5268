using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>What lies behind everything: a landscape, a room, or a textured surface without up and down.</summary>
internal static class Backdrop
{
    private delegate Rgb Surface(double x, double y);

    /// <summary>Paints the whole picture; returns the horizon's height in 0…1, 0 where there is none.</summary>
    public static double Paint(Canvas canvas, SeededRandom random)
    {
        uint seed = (uint)random.NextUInt64();
        double kind = random.NextDouble();
        if (kind < .45) return Landscape(canvas, random, seed);
        if (kind < .65) return Room(canvas, random, seed);
        Cover(canvas, Wall(random, seed));
        return 0;
    }

    /// <summary>Paints a table, cloth or paper, plain in half of the pictures: what something small is laid on.</summary>
    public static void PaintSurface(Canvas canvas, SeededRandom random)
    {
        uint seed = (uint)random.NextUInt64();
        if (random.Chance(.5))
        {
            Cover(canvas, Wall(random, seed));
            return;
        }
        Rgb sheet = random.Chance(.6) ? Rgb.Grey(random.NextDouble(.7, .97)) : AnyTone(random);
        Cover(canvas, (x, y) => sheet * (.94f + .1f * Noise.Fractal(x * 3, y * 3, seed, 2)));
    }

    private static double Landscape(Canvas canvas, SeededRandom random, uint seed)
    {
        double horizon = random.NextDouble(.26, .5), roughness = random.NextDouble(.02, .16), coarse = random.NextDouble(1.5, 5);
        double cloudiness = random.NextDouble(.35, .75);
        Rgb zenith = Tone(random, random.Chance(.75) ? .58 : .03, .06, .25, .65, .55, .95);
        Rgb haze = zenith.Lighter(random.NextDouble(.3, .7)), hills = Tone(random, .4, .25, .15, .4, .35, .65);
        Surface ground = Ground(random, seed);
        Cover(canvas, (x, y) =>
        {
            if (y >= horizon) return ground(x, y);
            float ridge = Noise.Fractal(x * coarse, 3.7, seed + 9, 3);
            if (y > horizon - roughness * 2 * ridge) return hills * (.85f + .3f * Noise.Fractal(x * 20, y * 20, seed, 2));
            float cloud = Noise.Step(cloudiness, cloudiness + .25, Noise.Fractal(x * 3, y * 7, seed + 20, 4));
            return zenith.Mix(haze, y / horizon).Mix(Rgb.White, .8 * cloud);
        });
        return horizon;
    }

    private static Surface Ground(SeededRandom random, uint seed)
    {
        Rgb near = random.Next(4) switch
        {
            0 => Tone(random, .11, .03, .25, .5, .5, .85),
            1 => Rgb.Grey(random.NextDouble(.45, .9)),
            _ => Tone(random, .27, .08, .3, .65, .3, .65),
        };
        Rgb far = near.Mix(Rgb.FromHsv(random.NextDouble(), .3, .7), .25), blade = near.Darker(.45);
        double tall = random.NextDouble(5, 40), wide = random.NextDouble(20, 60), strength = random.NextDouble(.3, .9);
        return (x, y) =>
        {
            Rgb soil = far.Mix(near, y * Noise.Fractal(x * 4, y * 6, seed + 30, 3) * 2);
            return soil.Mix(blade, strength * Noise.Step(.45, .8, Noise.Fractal(x * wide, y * tall, seed + 40, 2)));
        };
    }

    private static double Room(Canvas canvas, SeededRandom random, uint seed)
    {
        double horizon = random.NextDouble(.4, .65);
        Rgb paper = AnyTone(random),
            figure = paper.Mix(AnyTone(random), .5),
            wood = Tone(random, .08, .04, .3, .6, .35, .75);
        var wall = new Paint(paper, figure, (Pattern)random.Next(8), random.NextDouble(.06, .18), seed);
        var floor = new Paint(
            wood,
            wood.Darker(.4),
            random.Chance(.5) ? Pattern.Planks : Pattern.Checks,
            random.NextDouble(.06, .14),
            seed + 1
        );
        Rgb skirting = paper.Lighter(.6);
        Cover(
            canvas,
            (x, y) =>
                y < horizon - .025 ? wall.At(x, y)
                : y < horizon ? skirting
                // The floor widens towards the viewer.
                : floor.At((x - .5) / (.35 + y) + .5, y)
        );
        return horizon;
    }

    private static Surface Wall(SeededRandom random, uint seed)
    {
        Rgb a = AnyTone(random),
            b = a.Mix(AnyTone(random), random.NextDouble(.3, .9)),
            c = AnyTone(random);
        double turn = random.NextDouble(0, Math.PI),
            cos = Angle.Cos(turn),
            sin = Angle.Sin(turn);
        double fine = random.NextDouble(2, 9),
            stretch = random.NextDouble(.3, 3);
        switch (random.Next(4))
        {
            case 0:
                return (x, y) =>
                {
                    float cloud = Noise.Fractal(x * fine, y * fine * stretch, seed, 4);
                    return a.Mix(b, Noise.Step(.3, .7, cloud))
                        .Mix(c, .5 * Noise.Step(.55, .75, Noise.Fractal(x * fine * 2, y * fine * 2, seed + 50, 2)));
                };
            case 1:
                double soft = random.NextDouble(.02, .3),
                    wobble = random.NextDouble(0, 1.2);
                return (x, y) =>
                {
                    double along = (cos * x + sin * y) * fine + wobble * Noise.Smooth(x * 4, y * 4, seed);
                    return a.Mix(b, Noise.Step(.5 - soft, .5 + soft, Noise.Wave(along))) * Grain(x, y, seed);
                };
            case 2:
                return (x, y) => a.Mix(c, Math.Clamp(.5 + (cos * (x - .5) + sin * (y - .5)) * .9, 0, 1)) * Grain(x, y, seed);
            default:
                // Foliage: three layers of blotches, each a step brighter.
                return (x, y) =>
                {
                    Rgb colour = a.Darker(.4);
                    for (uint layer = 0; layer < 3; layer++)
                        colour = colour.Mix(
                            a.Mix(b, layer * .5),
                            Noise.Step(.5, .6, Noise.Fractal(x * fine * 1.6, y * fine * 1.6, seed + 60 + 5 * layer, 2))
                        );
                    return colour * Grain(x, y, seed);
                };
        }
    }

    private static float Grain(double x, double y, uint seed) => .85f + .3f * Noise.Fractal(x * 45, y * 45, seed + 70, 2);

    private static void Cover(Canvas canvas, Surface surface)
    {
        for (int row = 0; row < canvas.Size; row++)
            for (int column = 0; column < canvas.Size; column++)
                canvas.Colours[row * canvas.Size + column] = surface((column + .5) / canvas.Size, (row + .5) / canvas.Size);
    }

    private static Rgb AnyTone(SeededRandom random) =>
        Rgb.FromHsv(random.NextDouble(), random.NextDouble(.1, .6), random.NextDouble(.3, .9));

    private static Rgb Tone(SeededRandom random, double hue, double spread, double pale, double pure, double dark, double bright) =>
        Rgb.FromHsv(hue + random.NextDouble(-spread, spread), random.NextDouble(pale, pure), random.NextDouble(dark, bright));
}
