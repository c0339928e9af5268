using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>Other objects that stand or lie: plants and things. None of them is a target class.</summary>
internal static class OtherThings
{
    private static readonly Rgb s_glass = new(.75f, .88f, .95f), s_iron = new(.22f, .22f, .25f);

    public static void Tree(Pen pen, Look look, SeededRandom random)
    {
        pen.Fill(
            Outline.Polygon((-.07, .48), (-.045, .0), (.05, .0), (.08, .48)),
            new Paint(new(.42f, .3f, .2f), new(.25f, .17f, .1f), Pattern.Shaggy, .04, look.Seed)
        );
        Paint leaves = look.Textured(Pattern.Patches, .1);
        if (random.Chance(.5))
        {
            for (int i = 0; i < 3; i++)
                pen.Fill(Outline.Polygon((0, -.48 + .17 * i), (.2 + .06 * i, -.12 + .16 * i), (-.2 - .06 * i, -.12 + .16 * i)), leaves);
            return;
        }
        pen.Fill(Outline.Circle(-.19, -.08, .17), leaves);
        pen.Fill(Outline.Circle(.19, -.1, .18), leaves);
        pen.Fill(Outline.Circle(0, -.23, .24), leaves);
        for (int i = 0; i < 4; i++)
            pen.Mark(Outline.Circle(random.NextDouble(-.2, .2), random.NextDouble(-.35, 0), .03), look.Bright);
    }

    public static void House(Pen pen, Look look, SeededRandom random)
    {
        Paint roof = new(look.Second, look.Second.Darker(.4), Pattern.Scales, .07, look.Seed);
        pen.Fill(Outline.Box(.14, -.44, .24, -.15), look.Textured(Pattern.Checks, .05));
        pen.Fill(Outline.Box(-.34, -.1, .34, .44), look.Textured(random.Chance(.5) ? Pattern.Planks : Pattern.Plain, .08));
        pen.Fill(Outline.Polygon((-.44, -.08), (-.02, -.46), (.44, -.08)), roof);
        pen.Fill(Outline.Box(-.08, .16, .1, .44), look.Bright.Darker(.4));
        foreach (double x in (double[])[-.22, .22])
        {
            pen.Fill(Outline.Box(x - .08, .02, x + .08, .18), s_glass);
            pen.Mark(Outline.Box(x - .012, .02, x + .012, .18), s_iron);
        }
    }

    public static void Car(Pen pen, Look look, SeededRandom random)
    {
        double roof = random.NextDouble(-.24, -.17);
        pen.Fill(Outline.Smooth((-.3, -.02), (-.2, roof), (.1, roof), (.26, .0), (0, .05)), look.Plain);
        pen.Mark(Outline.Polygon((-.22, -.02), (-.15, roof + .06), (-.04, roof + .05), (-.04, -.02)), s_glass);
        pen.Mark(Outline.Polygon((0, -.02), (0, roof + .05), (.09, roof + .06), (.18, -.02)), s_glass);
        pen.Fill(Outline.Smooth((-.47, .0), (-.3, -.03), (.25, -.02), (.45, .03), (.49, .15), (0, .17), (-.48, .15)), look.Plain);
        pen.Mark(Outline.Box(-.46, .07, .47, .1), look.Second);
        pen.Mark(Outline.Circle(.44, .06, .035), new(1f, .95f, .6f));
        foreach (double x in (double[])[-.26, .27])
        {
            pen.Fill(Outline.Circle(x, .16, .1), s_iron);
            pen.Mark(Outline.Circle(x, .16, .05), look.Bright);
        }
    }

    public static void Cup(Pen pen, Look look, SeededRandom random)
    {
        Paint glaze = look.Textured((Pattern)random.Next(3), .12);
        pen.Fill(Outline.Limb(.07, .06, (.2, -.12), (.38, -.14), (.42, .06), (.18, .18)), look.Plain);
        pen.Fill(Outline.Smooth((-.32, -.3), (.28, -.3), (.26, .1), (.16, .36), (-.02, .4), (-.2, .36), (-.3, .1)), glaze);
        pen.Fill(Outline.Ellipse(-.02, -.3, .3, .07), look.Second.Darker(.3));
        double steam = random.NextDouble(-.05, .05);
        pen.Mark(Outline.Ellipse(-.02 + steam, -.29, .22, .04), new(.3f, .18f, .1f));
    }

    public static void Flower(Pen pen, Look look, SeededRandom random)
    {
        Rgb stem = new(.25f, .5f, .22f);
        double bend = random.NextDouble(-.1, .1);
        int petals = 5 + random.Next(4);
        pen.Fill(Outline.Limb(.05, .04, (0, .48), (bend, .2), (0, -.14)), stem);
        pen.Fill(Outline.Smooth((bend * .6, .3), (.14, .1), (.28, .12), (.18, .28)), stem.Lighter(.15));
        for (int i = 0; i < petals; i++)
        {
            double angle = Angle.Full * i / petals;
            pen.Fill(
                Outline.Ellipse(.2 * Angle.Cos(angle), -.2 + .2 * Angle.Sin(angle), .14, .075, angle),
                look.Textured(Pattern.Planks, .05)
            );
        }
        pen.Fill(Outline.Circle(0, -.2, .11), look.Bright);
    }

    public static void Mushroom(Pen pen, Look look, SeededRandom random)
    {
        double lean = random.NextDouble(-.06, .06);
        pen.Fill(
            Outline.Smooth((-.11 + lean, -.05), (.11 + lean, -.05), (.1, .2), (.15, .42), (0, .45), (-.15, .42), (-.1, .2)),
            Rgb.White.Darker(.12)
        );
        pen.Fill(
            Outline.Smooth((-.42, -.02), (-.32, -.28), (lean, -.42), (.32, -.28), (.42, -.02), (.2, .05), (-.2, .05)),
            look.Textured(Pattern.Spots, .15)
        );
    }

    public static void Key(Pen pen, Look look, SeededRandom random)
    {
        Paint metal = look.Textured(Pattern.Plain, .1);
        int teeth = 2 + random.Next(2);
        for (int i = 0; i < teeth; i++) pen.Fill(Outline.Box(.2 + .1 * i, 0, .26 + .1 * i, .17), metal);
        pen.Fill(Outline.Box(-.15, -.045, .48, .045), metal);
        pen.Fill(Outline.Star((-.29, 0), 4 + random.Next(4), .22, .17), metal);
        pen.Fill(Outline.Circle(-.29, 0, .08), look.Second.Darker(.5));
    }

    public static void Umbrella(Pen pen, Look look, SeededRandom random)
    {
        int panels = 4 + random.Next(3);
        pen.Fill(Outline.Limb(.035, .035, (0, -.3), (0, .36), (.06, .45), (.13, .38)), s_iron);
        for (int i = 0; i < panels; i++)
        {
            double left = -.46 + .92 * i / panels,
                right = -.46 + .92 * (i + 1) / panels,
                middle = (left + right) / 2;
            pen.Fill(
                Outline.Polygon(
                    (left, .05),
                    (left * .8, -.18),
                    (left * .4, -.36),
                    (0, -.44),
                    (right * .4, -.36),
                    (right * .8, -.18),
                    (right, .05),
                    (middle, -.02)
                ),
                Paint.Plain(i % 2 == 0 ? look.Main : look.Second)
            );
        }
    }

    public static void Lamp(Pen pen, Look look, SeededRandom random)
    {
        double arm = random.NextDouble(.1, .2);
        pen.Fill(Outline.Ellipse(-.08, .42, .24, .06), look.Plain);
        pen.Fill(Outline.Limb(.05, .05, (-.08, .4), (-.2, .12)), s_iron);
        pen.Fill(Outline.Limb(.05, .05, (-.2, .12), (-.02 + arm, -.25)), s_iron);
        pen.Fill(Outline.Circle(-.2, .12, .05), look.Bright);
        pen.Fill(Outline.Circle(.12 + arm, -.08, .1), new Rgb(1f, .95f, .65f));
        pen.Fill(
            Outline.Polygon((-.04 + arm, -.4), (.08 + arm, -.4), (.27 + arm, -.1), (-.1 + arm, -.06)),
            look.Textured(Pattern.Stripes, .09)
        );
    }

    public static void Chair(Pen pen, Look look, SeededRandom random)
    {
        double back = random.NextDouble(-.46, -.3);
        Paint wood = look.Textured(Pattern.Shaggy, .06);
        foreach ((double x, double y) in ((double, double)[])[(-.2, .38), (.26, .38), (-.26, .46), (.2, .46)])
            pen.Fill(Outline.Limb(.06, .045, (x, .08), (x * 1.05, y)), wood);
        pen.Fill(Outline.Limb(.055, .055, (-.2, .08), (-.25, back)), wood);
        pen.Fill(Outline.Limb(.055, .055, (.14, .05), (.12, back)), wood);
        for (int i = 0; i < 3; i++) pen.Fill(Outline.Box(-.23, back + .03 + .1 * i, .13, back + .09 + .1 * i), wood);
        pen.Fill(Outline.Polygon((-.3, .06), (.22, .06), (.31, .14), (-.24, .15)), look.Textured(Pattern.Checks, .1));
    }
}
