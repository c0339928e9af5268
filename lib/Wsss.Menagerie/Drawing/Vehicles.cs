using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>Sailing boat (its sails tell) and train (its locomotive tells); tubs and carts show the rest without them.</summary>
internal static class Vehicles
{
    public static void Boat(Pen pen, Look look, SeededRandom random)
    {
        double mast = random.NextDouble(-.02, .1),
            lean = random.NextDouble(-.03, .03),
            belly = random.NextDouble(.02, .07);
        Paint canvas = random.Next(3) switch
        {
            0 => new(look.Bright, Rgb.White, Pattern.Stripes, .16, look.Seed),
            1 => new(Rgb.White.Darker(.1), look.Bright, Pattern.Checks, .12, look.Seed),
            _ => Paint.Plain(Rgb.White.Mix(look.Bright, random.NextDouble())),
        };
        pen.Part = SceneTruth.Head;
        pen.Fill(Outline.Limb(.03, .022, (mast, .12), (mast + lean, -.4)), new Rgb(.36f, .25f, .16f));
        pen.Fill(
            Outline.Smooth(
                (mast - .035, -.33),
                (mast - .04, -.1),
                (mast - .045, .05),
                (mast - .15, .06),
                (mast - .26, .05),
                (mast - .16 - belly, -.12)
            ),
            canvas
        );
        pen.Fill(Outline.Polygon((mast + .03, -.26), (mast + .21, .04), (mast + .12, .05 + belly * .3), (mast + .03, .04)), canvas);
        pen.Mark(Outline.Polygon((mast + lean, -.41), (mast - .11, -.37), (mast + lean, -.34)), look.Bright);
        pen.Part = SceneTruth.Body;
        Hull(pen, look, random);
    }

    /// <summary>A boat's body alone: the distractor that keeps it from being a certain sign of a boat.</summary>
    public static void Hull(Pen pen, Look look, SeededRandom random)
    {
        if (random.Chance(.75))
        {
            pen.Fill(Outline.Box(-.3, .07, .08, .22), look.Plain with { Base = look.Second });
            for (int i = 0; i < 3; i++) pen.Mark(Outline.Circle(-.23 + .12 * i, .13, .03), new(.75f, .88f, .95f));
        }
        Paint planks = look.Textured(Pattern.Planks, .07);
        pen.Fill(Outline.Smooth((-.46, .15), (-.2, .175), (.2, .175), (.49, .12), (.42, .32), (.3, .43), (-.22, .44), (-.38, .4)), planks);
        pen.Mark(Outline.Limb(.025, .025, (-.44, .2), (0, .215), (.44, .18)), look.Second);
    }

    public static void Train(Pen pen, Look look, SeededRandom random)
    {
        pen.Part = SceneTruth.Body;
        for (int i = 0; i < 3; i++) Wagon(pen, look, random, -.39 + .24 * i);
        pen.Part = SceneTruth.Head;
        // The wheels of both stand at .15.
        Locomotive(pen.At((.11, .027), .82), look, random);
    }

    /// <summary>Half width .12, from −.13 down to .15.</summary>
    public static void Wagon(Pen pen, Look look, SeededRandom random, double x)
    {
        pen.Fill(Outline.Box(x - .125, .07, x + .125, .1), new Rgb(.2f, .2f, .22f));
        int kind = random.Next(3);
        Paint side = look.Textured(kind == 0 ? Pattern.Plain : Pattern.Planks, .045);
        if (kind == 2)
        {
            pen.Fill(
                Outline.Smooth((x - .09, -.05), (x - .045, -.12), (x + .025, -.1), (x + .09, -.05), (x, -.02)),
                look.Second.Darker(.3)
            );
            pen.Fill(Outline.Polygon((x - .115, -.065), (x + .115, -.065), (x + .1, .075), (x - .1, .075)), side);
        }
        else
        {
            pen.Fill(Outline.Box(x - .11, -.1, x + .11, .075), side);
            pen.Fill(Outline.Polygon((x - .12, -.095), (x - .095, -.13), (x + .095, -.13), (x + .12, -.095)), look.Second.Darker(.2));
        }
        if (kind == 0)
        {
            for (int i = -1; i <= 1; i++)
                pen.Mark(Outline.Box(x + .068 * i - .023, -.06, x + .068 * i + .023, .0), new(.8f, .9f, .96f));
            pen.Mark(Outline.Box(x - .11, .03, x + .11, .045), look.Second);
        }
        Wheel(pen, x - .065, .037, look.Bright);
        Wheel(pen, x + .065, .037, look.Bright);
    }

    private static void Locomotive(Pen pen, Look look, SeededRandom random)
    {
        Rgb iron = new(.2f, .2f, .22f);
        double chimney = random.NextDouble(.08, .13);
        pen.Fill(Outline.Polygon((.42, .06), (.5, .145), (.38, .145)), iron);
        pen.Fill(Outline.Polygon((.385, -.06), (.365, -.08 - chimney), (.45, -.08 - chimney), (.43, -.06)), iron);
        pen.Fill(Outline.Ellipse(.31, -.075, .035, .04), look.Bright);
        pen.Fill(Outline.Smooth((.2, -.07), (.4, -.07), (.455, -.055), (.46, 0), (.455, .06), (.4, .075), (.2, .075)), look.Plain);
        pen.Mark(Outline.Box(.28, -.075, .3, .075), look.Bright);
        pen.Mark(Outline.Box(.37, -.075, .39, .075), look.Bright);
        pen.Fill(Outline.Box(.11, -.16, .235, .08), look.Plain);
        pen.Fill(Outline.Box(.09, -.19, .26, -.155), look.Second);
        pen.Mark(Outline.Box(.135, -.125, .21, -.045), new(.8f, .9f, .96f));
        pen.Mark(Outline.Circle(.465, -.03, .028), new(1f, .93f, .5f));
        pen.Fill(Outline.Box(.11, .07, .46, .095), iron);
        Wheel(pen, .175, .055, look.Bright);
        Wheel(pen, .29, .045, look.Bright);
        Wheel(pen, .39, .045, look.Bright);
    }

    private static void Wheel(Pen pen, double x, double radius, Rgb hub)
    {
        pen.Fill(Outline.Circle(x, .15 - radius, radius), new Rgb(.16f, .16f, .18f));
        pen.Mark(Outline.Circle(x, .15 - radius, radius * .45), hub);
    }
}
