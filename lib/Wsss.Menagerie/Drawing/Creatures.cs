using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>Bird and fish: their heads tell them apart from eggs, leaves and kites, which the distractors show.</summary>
internal static class Creatures
{
    public static void Bird(Pen pen, Look look, SeededRandom random)
    {
        double lift = random.NextDouble(-.05, .05), step = random.NextDouble(-.05, .05);
        Rgb beak = look.Bright, leg = look.Bright.Darker(.35);
        Paint feathers = look.Textured(random.Chance(.5) ? Pattern.Scales : Pattern.Plain, .07);
        Paint wing = look.Textured(random.Chance(.5) ? Pattern.Stripes : Pattern.Scales, .08) with { Base = look.Main.Darker(.25) };
        pen.Part = SceneTruth.Body;
        Leg(pen, leg, -.06, step);
        Leg(pen, leg, .06, -step);
        pen.Fill(Outline.Polygon((-.2, -.02), (-.5, -.1 + lift), (-.49, .04 + lift), (-.45, .13 + lift), (-.15, .14)), wing);
        pen.Fill(
            Outline.Smooth((-.28, .02), (-.12, -.13), (.12, -.2), (.27, -.16), (.28, .0), (.16, .17), (-.06, .22), (-.24, .14)), feathers);
        pen.Mark(Outline.Ellipse(.1, .12, .12, .06, -.4), look.Main.Lighter(.6), .6f);
        pen.Fill(Outline.Smooth((.08, -.06), (-.08, -.08), (-.3, .1 + lift), (-.12, .13), (.06, .07)), wing);
        pen.Part = SceneTruth.Head;
        Pen head = pen.At((.26, -.24), .135, random.NextDouble(-.2, .25));
        int crest = random.Next(3);
        for (int i = 0; i < crest + 1; i++)
            head.Fill(Outline.Limb(.2, .12, (-.1, -.7), (-.35 - .2 * i, -1.15 + .18 * i), (-.75 - .2 * i, -1.3 + .4 * i)), look.Bright);
        head.Fill(Outline.Polygon((.6, -.35), (1.75, .12), (.65, .12)), beak);
        head.Fill(Outline.Polygon((.6, .1), (1.5, .17), (.6, .48)), beak.Darker(.3));
        head.Fill(Outline.Circle(0, 0, .95), look.Plain);
        head.Mark(Outline.Ellipse(.15, .4, .55, .35), look.Second, .7f);
        head.Eye(.3, -.2, .3);
    }

    public static void Fish(Pen pen, Look look, SeededRandom random)
    {
        double depth = random.NextDouble(.17, .225),
            swish = random.NextDouble(-.07, .07);
        Paint skin = look.Textured(
            random.Next(3) switch
            {
                0 => Pattern.Scales,
                1 => Pattern.Stripes,
                _ => Pattern.Spots,
            },
            .085
        );
        Paint fin = new(look.Second, look.Main, Pattern.Planks, .04, look.Seed);
        pen.Part = SceneTruth.Body;
        pen.Fill(
            Outline.Smooth((-.28, 0), (-.46, -.17 + swish), (-.49, -.15 + swish), (-.42, swish), (-.49, .15 + swish), (-.46, .17 + swish)),
            fin
        );
        pen.Fill(Outline.Smooth((-.16, -depth * .8), (-.08, -depth - .12), (.12, -depth - .06), (.14, -depth * .8)), fin);
        pen.Fill(Outline.Polygon((-.12, depth * .7), (-.2, depth + .09), (.04, depth * .9)), fin);
        pen.Fill(
            Outline.Smooth(
                (.2, -depth * .88),
                (.05, -depth),
                (-.14, -depth * .8),
                (-.31, -depth * .26),
                (-.31, depth * .26),
                (-.14, depth * .8),
                (.05, depth),
                (.2, depth * .88),
                (.3, 0)
            ),
            skin
        );
        pen.Fill(Outline.Smooth((.06, .02), (-.1, .05 + swish), (-.12, .13 + swish), (.04, .1)), fin);
        pen.Part = SceneTruth.Head;
        pen.Fill(
            Outline.Smooth(
                (.19, -depth * .92),
                (.33, -depth * .68),
                (.45, -depth * .2),
                (.46, depth * .22),
                (.34, depth * .68),
                (.19, depth * .92),
                (.14, depth * .5),
                (.125, 0),
                (.14, -depth * .5)
            ),
            look.Plain with
            {
                Base = look.Main.Mix(look.Second, .3),
            }
        );
        pen.Mark(Outline.Limb(.02, .02, (.19, -depth * .6), (.165, 0), (.19, depth * .6)), look.Main.Darker(.65));
        pen.Mark(Outline.Limb(.025, .02, (.46, .045), (.4, .07), (.36, .06)), look.Main.Darker(.75));
        pen.Eye(.32, -depth * .25, .055);
    }

    private static void Leg(Pen pen, Rgb colour, double x, double step)
    {
        pen.Fill(Outline.Limb(.035, .028, (x, .16), (x + step * .4, .27), (x + step, .37)), colour);
        pen.Fill(Outline.Polygon((x + step - .04, .385), (x + step + .09, .385), (x + step, .345)), colour);
    }
}
