using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>
/// Other objects that move: small animals and machines with legs, eyes, wings and patterns, so that a network
/// pre-trained on them has seen parts. None of them is a target class.
/// </summary>
internal static class OtherCreatures
{
    public static void Butterfly(Pen pen, Look look, SeededRandom random)
    {
        double open = random.NextDouble(.75, 1);
        Paint wing = look.Textured((Pattern)(1 + random.Next(3)), .12);
        foreach (double side in (double[])[-1, 1])
        {
            double s = side * open;
            pen.Fill(Outline.Smooth((.03 * s, .05), (.3 * s, .02), (.4 * s, .2), (.26 * s, .38), (.08 * s, .22)), wing.Darker(.2));
            pen.Fill(Outline.Smooth((.03 * s, .05), (.1 * s, -.22), (.36 * s, -.4), (.47 * s, -.24), (.36 * s, .02)), wing);
            pen.Mark(Outline.Circle(.34 * s, -.22, .06), look.Bright);
            pen.Mark(Outline.Limb(.022, .016, (.02 * side, -.2), (.08 * side, -.36), (.15 * side, -.4)), Rgb.Black);
        }
        pen.Fill(Outline.Limb(.09, .05, (0, -.18), (0, .1), (0, .28)), look.Second.Darker(.5));
        pen.Fill(Outline.Circle(0, -.2, .06), look.Second.Darker(.4));
    }

    public static void Snail(Pen pen, Look look, SeededRandom random)
    {
        double lift = random.NextDouble(-.06, .06);
        Paint skin = new(look.Second, look.Main, Pattern.Shaggy, .08, look.Seed);
        pen.Fill(
            Outline.Smooth((-.47, .36), (-.2, .22), (.2, .24), (.3, .0 + lift), (.4, -.06 + lift), (.47, .03 + lift), (.4, .3), (.3, .37)),
            skin
        );
        foreach (double x in (double[])[.36, .44])
        {
            pen.Fill(Outline.Limb(.035, .03, (x, .0 + lift), (x + .02, -.18 + lift)), skin);
            pen.Mark(Outline.Circle(x + .02, -.19 + lift, .035), Rgb.Black);
        }
        pen.Fill(Outline.Circle(-.05, .02, .29), look.Textured(Pattern.Stripes, .15));
        pen.Fill(Outline.Circle(-.03, .04, .19), look.Plain);
        pen.Fill(Outline.Circle(-.05, .02, .1), look.Second);
    }

    public static void Balloon(Pen pen, Look look, SeededRandom random)
    {
        double width = random.NextDouble(.29, .35);
        foreach (double side in (double[])[-1, 1])
            pen.Mark(Outline.Limb(.02, .02, (.2 * side, .02), (.08 * side, .3)), Rgb.Black);
        pen.Fill(
            Outline.Smooth((0, -.48), (width, -.32), (width, -.08), (.12, .16), (-.12, .16), (-width, -.08), (-width, -.32)),
            look.Textured(random.Chance(.5) ? Pattern.Stripes : Pattern.Checks, .16)
        );
        pen.Fill(Outline.Smooth((-.06, .16), (-.1, -.2), (0, -.47), (.1, -.2), (.06, .16)), look.Bright);
        pen.Fill(Outline.Box(-.1, .3, .1, .46), new Paint(new(.6f, .42f, .22f), new(.35f, .24f, .12f), Pattern.Checks, .05, look.Seed));
    }

    public static void Turtle(Pen pen, Look look, SeededRandom random)
    {
        double neck = random.NextDouble(-.1, .03),
            step = random.NextDouble(-.04, .04);
        Paint skin = Paint.Plain(look.Second);
        pen.Fill(Outline.Polygon((-.34, .14), (-.48, .22), (-.3, .22)), skin);
        foreach (double x in (double[])[-.24, .2])
        {
            pen.Fill(Outline.Limb(.12, .1, (x, .12), (x + .03 + step, .3)), skin);
            pen.Mark(Outline.Circle(x + .05 + step, .33, .02), look.Second.Darker(.6));
        }
        pen.Fill(Outline.Limb(.12, .1, (.22, .12), (.34, .06 + neck)), skin);
        pen.Fill(Outline.Ellipse(.39, .03 + neck, .1, .085), skin);
        pen.Eye(.42, .0 + neck, .035);
        pen.Fill(
            Outline.Smooth((-.38, .18), (-.33, -.06), (-.12, -.24), (.1, -.24), (.27, -.06), (.31, .18), (0, .22)),
            look.Textured(Pattern.Checks, .13)
        );
        pen.Fill(Outline.Limb(.06, .06, (-.38, .18), (0, .22), (.31, .18)), look.Bright);
    }

    public static void Robot(Pen pen, Look look, SeededRandom random)
    {
        double arm = random.NextDouble(-.15, .2);
        Paint metal = look.Textured(random.Chance(.5) ? Pattern.Plain : Pattern.Planks, .08);
        foreach (double side in (double[])[-1, 1])
        {
            pen.Fill(Outline.Limb(.08, .06, (.2 * side, -.02), (.35 * side, .1), (.38 * side, .1 - arm * side)), look.Second);
            pen.Fill(Outline.Box(.1 * side - .06, .25, .1 * side + .06, .46), look.Second);
        }
        pen.Fill(Outline.Box(-.23, -.1, .23, .3), metal);
        pen.Fill(Outline.Box(-.12, .0, .12, .16), look.Bright);
        pen.Mark(Outline.Limb(.025, .025, (0, -.38), (.03, -.46)), Rgb.Black);
        pen.Mark(Outline.Circle(.03, -.46, .04), look.Bright);
        pen.Fill(Outline.Box(-.18, -.38, .18, -.12), metal);
        pen.Eye(-.08, -.28, .055);
        pen.Eye(.08, -.28, .055);
        pen.Mark(Outline.Box(-.1, -.2, .1, -.165), Rgb.Black);
    }

    public static void Octopus(Pen pen, Look look, SeededRandom random)
    {
        Paint skin = look.Textured(random.Chance(.5) ? Pattern.Spots : Pattern.Patches, .1);
        for (int i = 0; i < 6; i++)
        {
            double x = -.25 + .1 * i, out1 = x * 1.5 + random.NextDouble(-.04, .04), curl = random.NextDouble(-.1, .1);
            pen.Fill(Outline.Limb(.1, .03, (x * .8, .0), (out1, .22), (out1 + curl, .38), (out1 + curl * 2, .42)), skin.Darker(i % 2 * .2));
        }
        pen.Fill(Outline.Smooth((-.25, .06), (-.3, -.2), (-.14, -.43), (.14, -.43), (.3, -.2), (.25, .06), (0, .12)), skin);
        pen.Eye(-.11, -.08, .07);
        pen.Eye(.12, -.08, .07);
    }
}
