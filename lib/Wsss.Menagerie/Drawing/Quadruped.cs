using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>
/// Cat, dog, rabbit and bear: one body plan, four heads. The coat and the tail together are the weaker cue: the coat
/// is that of species <c>cue</c>, which need not be the head's.
/// </summary>
internal static class Quadruped
{
    public const int Cat = 0, Dog = 1, Rabbit = 2, Bear = 3, SpeciesCount = 4;

    public static void Draw(Pen pen, Look look, SeededRandom random, int species, int cue)
    {
        double stride = random.NextDouble(-.06, .06), girth = random.NextDouble(.145, .185), raise = random.NextDouble(-.04, .07);
        Paint coat = Coat(look, cue);
        Vec head = (.27 + .03 * random.NextDouble(), -.13 - raise);
        pen.Part = SceneTruth.Body;
        Tail(pen, coat, look, cue, random.NextDouble(-.05, .05));
        Leg(pen, coat.Darker(.35), -.26, stride);
        Leg(pen, coat.Darker(.35), .16, -stride);
        pen.Fill(Outline.Limb(girth * 1.7, .2, (.06, .04), (.2, -.04), head), coat);
        pen.Fill(
            Outline.Smooth(
                (-.36, .0), (-.3, -girth * .75), (-.1, -girth * .85), (.1, -girth * .95), (.24, -girth * .5), (.26, .1),
                (.1, girth + .04), (-.12, girth), (-.3, girth * .9)),
            coat);
        if (cue == Rabbit) pen.Mark(Outline.Ellipse(-.05, girth * .75, .2, .055), look.Main.Lighter(.75), .85f);
        Leg(pen, coat, -.2, -stride);
        Leg(pen, coat, .22, stride);
        pen.Part = SceneTruth.Head;
        Head(pen.At(head, random.NextDouble(.145, .165), random.NextDouble(-.22, .22)), look, species);
    }

    private static Paint Coat(Look look, int cue) => cue switch
    {
        Cat => look.Textured(Pattern.Stripes, .11),
        Dog => look.Textured(Pattern.Patches, .16),
        Rabbit => look.Plain,
        _ => look.Textured(Pattern.Shaggy, .05),
    };

    private static void Leg(Pen pen, Paint coat, double x, double stride)
    {
        pen.Fill(Outline.Limb(.095, .065, (x, .06), (x + stride * .3, .22), (x + stride, .37)), coat);
        pen.Fill(Outline.Ellipse(x + stride + .018, .375, .05, .03), coat.Darker(.25));
    }

    private static void Tail(Pen pen, Paint coat, Look look, int cue, double wag)
    {
        switch (cue)
        {
            case Cat:
                pen.Fill(Outline.Limb(.055, .04, (-.3, -.02), (-.42, -.06), (-.46 + wag, -.24), (-.38 + wag, -.36)), coat);
                break;
            case Dog:
                pen.Fill(Outline.Limb(.075, .025, (-.3, -.04), (-.4, -.16), (-.46 + wag, -.29)), coat);
                break;
            case Rabbit:
                pen.Fill(Outline.Star((-.38, -.03 + wag * .5), 9, .085, .06), look.Main.Lighter(.75));
                break;
            default:
                pen.Fill(Outline.Ellipse(-.37, -.05 + wag * .5, .045, .04), coat);
                break;
        }
    }

    /// <summary>A face of about radius 1, turned a little to the right.</summary>
    private static void Head(Pen pen, Look look, int species)
    {
        Paint fur = new(look.Main, look.Second, Pattern.Shaggy, .5, look.Seed);
        Rgb dark = look.Main.Darker(.45), pale = look.Main.Lighter(.65), pink = new(.9f, .55f, .58f);
        switch (species)
        {
            case Cat:
                CatHead(pen, fur, pale, pink);
                break;
            case Dog:
                DogHead(pen, fur, dark, pale);
                break;
            case Rabbit:
                RabbitHead(pen, fur, pale, pink);
                break;
            default:
                BearHead(pen, fur, dark, pale);
                break;
        }
    }

    private static void CatHead(Pen pen, Paint fur, Rgb pale, Rgb pink)
    {
        foreach (double side in (double[])[-1, 1])
        {
            pen.Fill(Outline.Polygon((.95 * side, -.25), (.95 * side, -1.45), (.1 * side, -.8)), fur);
            pen.Mark(Outline.Polygon((.8 * side, -.55), (.82 * side, -1.15), (.35 * side, -.8)), pink);
        }
        pen.Fill(Outline.Ellipse(0, 0, 1.08, .92), fur);
        foreach (double side in (double[])[-1, 1])
        {
            pen.Mark(Outline.Ellipse(.12 + .47 * side, -.16, .26, .24), new(.85f, .9f, .35f));
            pen.Mark(Outline.Ellipse(.15 + .47 * side, -.16, .085, .24), Rgb.Black);
            pen.Mark(Outline.Ellipse(.12 + .22 * side, .42, .27, .2), pale);
            for (int i = -1; i <= 1; i++)
                pen.Mark(
                    Outline.Polygon((.12 + .4 * side, .4 + .06 * i), (.12 + 1.35 * side, .36 + .24 * i), (.12 + .4 * side, .5 + .06 * i)),
                    Rgb.White
                );
        }
        pen.Mark(Outline.Polygon((-.03, .2), (.27, .2), (.12, .4)), pink);
    }

    private static void DogHead(Pen pen, Paint fur, Rgb dark, Rgb pale)
    {
        pen.Fill(Outline.Ellipse(0, -.05, .92, .95), fur);
        foreach (double side in (double[])[-1, 1])
        {
            pen.Fill(
                Outline.Smooth(
                    (.5 * side, -.85),
                    (1.0 * side, -.75),
                    (1.4 * side, .1),
                    (1.25 * side, .85),
                    (.9 * side, .7),
                    (.78 * side, -.1)
                ),
                dark
            );
        }
        pen.Fill(Outline.Ellipse(.2, .45, .6, .5), pale);
        pen.Mark(Outline.Ellipse(.28, .85, .17, .28), new(.88f, .35f, .4f));
        pen.Mark(Outline.Ellipse(.27, .2, .27, .19), Rgb.Black);
        pen.Eye(-.25, -.3, .19);
        pen.Eye(.5, -.3, .19);
    }

    private static void RabbitHead(Pen pen, Paint fur, Rgb pale, Rgb pink)
    {
        foreach (double side in (double[])[-1, 1])
        {
            double lean = side < 0 ? -.55 : .15;
            pen.Fill(Outline.Ellipse(lean, -1.45, .28, .95, lean * .35), fur);
            pen.Mark(Outline.Ellipse(lean, -1.4, .13, .68, lean * .35), pink);
        }
        pen.Fill(Outline.Ellipse(0, .02, .88, .92), fur);
        foreach (double side in (double[])[-1, 1])
        {
            pen.Mark(Outline.Ellipse(.2 + .3 * side, .4, .33, .25), pale);
            pen.Eye(.15 + .48 * side, -.15, .2);
        }
        pen.Mark(Outline.Ellipse(.2, .22, .14, .1), pink);
        pen.Mark(Outline.Box(.02, .5, .19, .88), Rgb.White);
        pen.Mark(Outline.Box(.22, .5, .39, .88), Rgb.White);
    }

    private static void BearHead(Pen pen, Paint fur, Rgb dark, Rgb pale)
    {
        foreach (double side in (double[])[-1, 1])
        {
            pen.Fill(Outline.Circle(.78 * side, -.78, .42), fur);
            pen.Mark(Outline.Circle(.76 * side, -.74, .22), dark);
        }
        pen.Fill(Outline.Ellipse(0, 0, 1.08, 1), fur);
        pen.Fill(Outline.Ellipse(.15, .38, .55, .45), pale);
        pen.Mark(Outline.Ellipse(.15, .15, .26, .18), Rgb.Black);
        pen.Mark(Outline.Box(.12, .3, .19, .6), Rgb.Black);
        pen.Mark(Outline.Circle(-.32, -.25, .13), Rgb.Black);
        pen.Mark(Outline.Circle(.55, -.25, .13), Rgb.Black);
    }
}
