using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>
/// Objects of no class. The simple ones clutter a scene; the decoys look like a target's body without its telling
/// part, so that the body alone is no certain sign of the class.
/// </summary>
internal static class Distractors
{
    public const int SimpleCount = 6;

    public static void Simple(int kind, Pen pen, Look look, SeededRandom random)
    {
        Paint surface = look.Textured((Pattern)random.Next(8), random.NextDouble(.12, .25));
        switch (kind)
        {
            case 0:
                pen.Fill(Rock(random), look.Textured(Pattern.Shaggy, .15));
                break;
            case 1:
                pen.Fill(Outline.Box(-.4, -.38, .4, .4), surface);
                pen.Fill(Outline.Limb(.09, .09, (-.38, -.34), (.38, .36)), look.Second);
                break;
            case 2:
                pen.Fill(Outline.Polygon((-.44, .42), (0, -.45), (.44, .42)), surface);
                break;
            case 3:
                pen.Fill(Outline.Circle(0, 0, .42), surface);
                break;
            case 4:
                pen.Fill(Outline.Star((0, 0), 5 + random.Next(4), .47, random.NextDouble(.22, .36)), surface);
                break;
            default:
                pen.Fill(Outline.Box(-.28, -.42, .28, .42), look.Textured(Pattern.Stripes, .2));
                pen.Fill(Outline.Box(-.33, -.3, .33, -.22), look.Second);
                pen.Fill(Outline.Box(-.33, .2, .33, .28), look.Second);
                break;
        }
    }

    /// <summary>A bench on four legs with an animal's coat.</summary>
    public static void Bench(Pen pen, Look look, SeededRandom random)
    {
        Paint cover = look.Textured((Pattern)random.Next(5), .12);
        foreach (double x in (double[])[-.24, -.16, .2, .27])
            pen.Fill(Outline.Limb(.08, .06, (x, .05), (x * 1.06, .4)), look.Plain.Darker(.2));
        pen.Fill(Outline.Smooth((-.38, -.02), (-.3, -.12), (0, -.1), (.3, -.12), (.38, -.02), (.33, .13), (0, .15), (-.33, .13)), cover);
    }

    /// <summary>A leaf, shaped like the body of a fish or a bird.</summary>
    public static void Leaf(Pen pen, Look look, SeededRandom random)
    {
        double bend = random.NextDouble(-.08, .08);
        pen.Fill(Outline.Limb(.04, .03, (-.2, 0), (-.48, bend)), look.Second);
        pen.Fill(
            Outline.Smooth((-.34, bend * .3), (-.1, -.2), (.2, -.17), (.46, bend), (.2, .17), (-.1, .2)),
            look.Textured((Pattern)random.Next(7), .09)
        );
        pen.Mark(Outline.Limb(.025, .015, (-.3, bend * .3), (.05, .0), (.42, bend)), look.Second);
    }

    /// <summary>A boat's hull without mast and sails.</summary>
    public static void Tub(Pen pen, Look look, SeededRandom random) => Vehicles.Hull(pen, look, random);

    /// <summary>A train's wagon on its own.</summary>
    public static void Cart(Pen pen, Look look, SeededRandom random) => Vehicles.Wagon(pen, look, random, 0);

    private static Outline Rock(SeededRandom random)
    {
        var corners = new Vec[9];
        for (int i = 0; i < corners.Length; i++)
        {
            double angle = Angle.Full * i / corners.Length, radius = random.NextDouble(.28, .46);
            corners[i] = (radius * Angle.Cos(angle), .85 * radius * Angle.Sin(angle));
        }
        return random.Chance(.5) ? Outline.Smooth(corners) : new(corners);
    }
}
