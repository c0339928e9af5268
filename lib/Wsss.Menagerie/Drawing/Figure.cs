using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>Where a figure belongs in a scene.</summary>
internal enum Ground
{
    /// <summary>Stands on the ground where there is one.</summary>
    Standing,

    /// <summary>Anywhere: it flies or lies about.</summary>
    Free,

    /// <summary>Mostly in the water where there is some, else anywhere.</summary>
    Swimming,

    /// <summary>On water.</summary>
    Afloat,

    /// <summary>On rails.</summary>
    OnRails,
}

/// <summary>Draws a figure; the number is the coat's species for the animals (their weaker cue) and means nothing to others.</summary>
internal delegate void Draw(Pen pen, Look look, SeededRandom random, int cue);

/// <summary>A kind of object: how it is drawn and where it goes.</summary>
/// <param name="Name">The class name.</param>
/// <param name="Ground">Where it belongs.</param>
/// <param name="Box">Half width, top and bottom of what it draws, in its units; one unit is about its longer side.</param>
/// <param name="Tilt">The largest turn, in degrees.</param>
/// <param name="Draw">Draws it facing right.</param>
internal sealed record Figure(string Name, Ground Ground, (double HalfWidth, double Top, double Bottom) Box, double Tilt, Draw Draw)
{
    private static readonly (double, double, double) s_square = (.45, -.45, .45);

    public static readonly IReadOnlyList<Figure> Targets =
    [
        Animal("cat", Quadruped.Cat),
        Animal("dog", Quadruped.Dog),
        Animal("rabbit", Quadruped.Rabbit),
        Animal("bear", Quadruped.Bear),
        new("bird", Ground.Standing, (.48, -.42, .39), 15, (pen, look, random, _) => Creatures.Bird(pen, look, random)),
        new("fish", Ground.Swimming, (.49, -.3, .3), 22, (pen, look, random, _) => Creatures.Fish(pen, look, random)),
        new("boat", Ground.Afloat, (.47, -.42, .43), 5, (pen, look, random, _) => Vehicles.Boat(pen, look, random)),
        new("train", Ground.OnRails, (.51, -.16, .15), 0, (pen, look, random, _) => Vehicles.Train(pen, look, random)),
    ];

    public static readonly IReadOnlyList<Figure> Others =
    [
        Other("tree", Ground.Standing, 6, OtherThings.Tree),
        Other("house", Ground.Standing, 4, OtherThings.House),
        Other("car", Ground.Standing, 8, OtherThings.Car, (.48, -.22, .26)),
        Other("cup", Ground.Standing, 12, OtherThings.Cup),
        Other("flower", Ground.Standing, 15, OtherThings.Flower),
        Other("mushroom", Ground.Standing, 12, OtherThings.Mushroom),
        Other("key", Ground.Free, 90, OtherThings.Key, (.49, -.22, .22)),
        Other("umbrella", Ground.Free, 40, OtherThings.Umbrella),
        Other("butterfly", Ground.Free, 60, OtherCreatures.Butterfly),
        Other("snail", Ground.Standing, 12, OtherCreatures.Snail, (.47, -.25, .37)),
        Other("balloon", Ground.Free, 10, OtherCreatures.Balloon),
        Other("lamp", Ground.Standing, 8, OtherThings.Lamp),
        Other("turtle", Ground.Standing, 12, OtherCreatures.Turtle, (.49, -.25, .35)),
        Other("robot", Ground.Standing, 12, OtherCreatures.Robot),
        Other("octopus", Ground.Free, 25, OtherCreatures.Octopus),
        Other("chair", Ground.Standing, 8, OtherThings.Chair),
    ];

    /// <summary>Bodies of targets without their telling part; shown as distractors.</summary>
    public static readonly IReadOnlyList<Figure> Decoys =
    [
        Other("bench", Ground.Standing, 8, Distractors.Bench, (.4, -.13, .41)),
        Other("leaf", Ground.Free, 60, Distractors.Leaf, (.48, -.2, .2)),
        Other("tub", Ground.Afloat, 5, Distractors.Tub, (.47, .07, .43)),
        Other("cart", Ground.OnRails, 0, Distractors.Cart, (.13, -.13, .15)),
    ];

    public static readonly IReadOnlyList<Figure> Clutter =
    [
        .. Enumerable.Range(0, Distractors.SimpleCount).Select(kind => new Figure(
            "clutter", Ground.Standing, s_square, 30, (pen, look, random, _) => Distractors.Simple(kind, pen, look, random))),
    ];

    /// <summary>Height in units.</summary>
    public double Height => Box.Bottom - Box.Top;

    private static Figure Animal(string name, int species) => new(
        name, Ground.Standing, (.46, species == Quadruped.Rabbit ? -.52 : -.36, .4), 8,
        (pen, look, random, cue) => Quadruped.Draw(pen, look, random, species, cue));

    private static Figure Other(
        string name, Ground ground, double tilt, Action<Pen, Look, SeededRandom> draw, (double, double, double)? box = null) =>
        new(name, ground, box ?? s_square, tilt, (pen, look, random, _) => draw(pen, look, random));
}
