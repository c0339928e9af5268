using Wsss.Data;

namespace Wsss.Menagerie.Drawing.Leaves;

/// <summary>The colour of a stain at a place in the picture (0…1), and how much of it the tissue has taken, 0…1.</summary>
internal delegate (Rgb Colour, float Strength) Stain(double x, double y);

/// <summary>A kind of stress and how its symptom is drawn. Lengths are shares of the picture's width.</summary>
/// <param name="Name">The class name.</param>
/// <param name="Pick">Draws lots for one leaf's symptom; the number is how bad it is, 0…1.</param>
internal sealed record Symptom(string Name, Func<LeafBlade, double, SeededRandom, Stain> Pick)
{
    private const double Margin = .72;

    private static readonly Rgb s_yellow = new(.82f, .76f, .25f);

    public static readonly IReadOnlyList<Symptom> All =
        [new("blotch", Blotch), new("specks", Specks), new("ring", Ring), new("mine", Mine)];

    /// <summary>One to three ragged patches; their borders are as wide as half their radius.</summary>
    private static Stain Blotch(LeafBlade leaf, double severity, SeededRandom random)
    {
        int count = 1 + random.Next(1 + (int)(severity * 3));
        double radius = .055 + .1 * severity;
        var patches = Spots(leaf, count, radius * .7, radius * 1.15, random);
        var (dead, seed) = (Brown(leaf, random), (uint)random.NextUInt64());
        double halo = random.Chance(.5) ? .5 : 0;
        Rgb deep = dead.Darker(random.NextDouble(.1, .5));
        return (x, y) =>
        {
            double nearest = 9;
            foreach (var (at, size) in patches)
            {
                double ragged = .6 + .8 * Noise.Fractal(x / size * 1.3, y / size * 1.3, seed, 3);
                nearest = Math.Min(nearest, Distance(x - at.X, y - at.Y) / size * ragged);
            }
            Rgb colour = dead.Mix(deep, Noise.Fractal(x * 30, y * 30, seed + 5, 2));
            return WithHalo(colour, 1 - Noise.Step(.7, 1.25, nearest), halo * (1 - Noise.Step(1.1, 1.6, nearest)));
        };
    }

    /// <summary>Clusters of dots of about a pixel's radius at 96 pixels.</summary>
    private static Stain Specks(LeafBlade leaf, double severity, SeededRandom random)
    {
        int clusters = 1 + random.Next(3), count = (int)(14 + 50 * severity);
        Rgb rust = Brown(leaf, random);
        var centres = Spots(leaf, clusters, .06, .1 + .12 * severity, random);
        var dots = new (Vec At, double Size)[count];
        for (int i = 0; i < count; i++)
        {
            var (centre, spread) = centres[random.Next(clusters)];
            // The sum of two numbers lies more often in the middle.
            double dx = random.NextDouble(-1, 1) + random.NextDouble(-1, 1), dy = random.NextDouble(-1, 1) + random.NextDouble(-1, 1);
            dots[i] = (centre + new Vec(dx, dy) * spread, random.NextDouble(.01, .019));
        }
        return (x, y) =>
        {
            double nearest = 9;
            foreach (var (at, size) in dots) nearest = Math.Min(nearest, Distance(x - at.X, y - at.Y) / size);
            return (rust, 1 - Noise.Step(.6, 1.4, nearest));
        };
    }

    /// <summary>Round spots with a dark rim around a pale centre, often in a yellow halo.</summary>
    private static Stain Ring(LeafBlade leaf, double severity, SeededRandom random)
    {
        var rings = Spots(leaf, 1 + random.Next(1 + (int)(severity * 6)), .035 + .02 * severity, .055 + .025 * severity, random);
        Rgb rim = Brown(leaf, random).Darker(.35), pale = Pale(random);
        double halo = random.Chance(.6) ? .6 : 0, centre = random.NextDouble(.35, .6);
        return (x, y) =>
        {
            double nearest = 9;
            foreach (var (at, size) in rings) nearest = Math.Min(nearest, Distance(x - at.X, y - at.Y) / size);
            Rgb colour = pale.Mix(rim, Noise.Step(centre - .15, centre + .15, nearest));
            return WithHalo(colour, 1 - Noise.Step(.85, 1.2, nearest), halo * (1 - Noise.Step(1.1, 1.7, nearest)));
        };
    }

    /// <summary>A winding trail, pale where a larva has eaten, with a broken dark line in the middle of it.</summary>
    private static Stain Mine(LeafBlade leaf, double severity, SeededRandom random)
    {
        int steps = (int)(9 + 22 * severity);
        double turn = random.NextDouble(0, Angle.Full), u = random.NextDouble(.2, .8), v = random.NextDouble(-.5, .5);
        double thin = random.NextDouble(.007, .011), thick = thin + random.NextDouble(.004, .012), side = random.Chance(.5) ? 1 : -1;
        var trail = new (Vec At, double Half)[steps];
        Vec at = leaf.At(u, v), middle = leaf.At(.5, 0);
        for (int i = 0; i < steps; i++)
        {
            trail[i] = (at, thin + (thick - thin) * i / steps);
            if (random.Chance(.12)) side = -side;
            turn += side * random.NextDouble(0, .75);
            Vec ahead = new(Angle.Cos(turn), Angle.Sin(turn)), home = middle - at;
            // Farther from the leaf's middle it is drawn back more, so that it winds on the blade.
            double pull = Distance(home.X, home.Y) * 1.6;
            Vec way = ahead + home * pull;
            at += way * (.022 / Math.Max(Distance(way.X, way.Y), 1e-6));
        }
        var (eaten, frass, seed) = (Pale(random), Brown(leaf, random).Darker(.4), (uint)random.NextUInt64());
        return (x, y) =>
        {
            double nearest = 9;
            for (int i = 1; i < trail.Length; i++)
                nearest = Math.Min(nearest, FromPiece(x, y, trail[i - 1].At, trail[i].At) / trail[i].Half);
            float line = (1 - Noise.Step(.2, .45, nearest)) * Noise.Step(.4, .6, Noise.Smooth(x * 45, y * 45, seed));
            return (eaten.Mix(frass, .7 * line), 1 - Noise.Step(.75, 1.35, nearest));
        };
    }

    private static (Vec At, double Size)[] Spots(LeafBlade leaf, int count, double least, double most, SeededRandom random)
    {
        var spots = new (Vec, double)[count];
        for (int i = 0; i < count; i++)
            spots[i] = (leaf.At(random.NextDouble(.14, .86), random.NextDouble(-Margin, Margin)), random.NextDouble(least, most));
        return spots;
    }

    /// <summary>Dead tissue that can be told from this leaf's green.</summary>
    private static Rgb Brown(LeafBlade leaf, SeededRandom random)
    {
        Rgb best = default;
        float distance = -1;
        for (int i = 0; i < 5 && distance < .2f; i++)
        {
            Rgb candidate = Rgb.FromHsv(random.NextDouble(.02, .12), random.NextDouble(.35, .85), random.NextDouble(.15, .8));
            if (candidate.Distance(leaf.Green) is var found && found > distance) (best, distance) = (candidate, found);
        }
        return best;
    }

    private static Rgb Pale(SeededRandom random) =>
        Rgb.FromHsv(random.NextDouble(.08, .18), random.NextDouble(.1, .4), random.NextDouble(.65, .95));

    private static (Rgb, float) WithHalo(Rgb colour, float strength, double halo)
    {
        // Below one half, the strength at which a mask begins.
        float weak = .45f * (float)halo;
        return strength >= weak ? (s_yellow.Mix(colour, strength), strength) : (s_yellow, weak);
    }

    private static double Distance(double x, double y) => Math.Sqrt(x * x + y * y);

    /// <summary>How far a place is from a line between two others.</summary>
    private static double FromPiece(double x, double y, Vec from, Vec to)
    {
        Vec along = to - from;
        double share = Math.Clamp(((x - from.X) * along.X + (y - from.Y) * along.Y) / (along.X * along.X + along.Y * along.Y), 0, 1);
        return Distance(x - from.X - along.X * share, y - from.Y - along.Y * share);
    }
}
