using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>The colours of one object, drawn without regard to its class, so that colour tells nothing about it.</summary>
/// <param name="Main">The main colour.</param>
/// <param name="Second">A colour that goes with it.</param>
/// <param name="Bright">A colour for small striking things.</param>
/// <param name="Seed">For the textures.</param>
internal sealed record Look(Rgb Main, Rgb Second, Rgb Bright, uint Seed)
{
    /// <summary>Picks colours that can be seen before <paramref name="behind"/>.</summary>
    public static Look Pick(SeededRandom random, Rgb behind)
    {
        Rgb best = default;
        float bestDistance = -1;
        for (int i = 0; i < 6 && bestDistance < .25f; i++)
        {
            Rgb candidate = Coat(random);
            float distance = candidate.Distance(behind);
            if (distance > bestDistance) (best, bestDistance) = (candidate, distance);
        }
        double contrast = random.NextDouble(.35, .7);
        Rgb second = random.Chance(.3) ? Coat(random)
            : best.Luminance > .45f ? best.Darker(contrast) : best.Lighter(contrast);
        Rgb bright = Rgb.FromHsv(random.NextDouble(), random.NextDouble(.6, .9), random.NextDouble(.7, .95));
        return new(best, second, bright, (uint)random.NextUInt64());
    }

    public Paint Plain => Textured(Pattern.Plain, .1);

    public Paint Textured(Pattern pattern, double period) => new(Main, Second, pattern, period, Seed);

    private static Rgb Coat(SeededRandom random)
    {
        double shade = random.NextDouble();
        return random.Next(5) switch
        {
            0 => Rgb.FromHsv(random.NextDouble(.05, .12), random.NextDouble(.3, .75), .35 + .5 * shade),
            1 => Rgb.FromHsv(random.NextDouble(), random.NextDouble(0, .15), .25 + .7 * shade),
            _ => Rgb.FromHsv(random.NextDouble(), random.NextDouble(.35, .8), .4 + .55 * shade),
        };
    }
}
