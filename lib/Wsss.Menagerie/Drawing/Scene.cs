using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>
/// Composes one scene: picks objects and what goes with them, finds places, and paints from the back to the front.
/// All lengths here are shares of the picture's width, so that a scene looks the same at every size.
/// </summary>
internal sealed class Scene
{
    private const double LeastVisible = .45, LeastArea = .01;

    private readonly DrawnSceneOptions _options;
    private readonly IReadOnlyList<Figure> _figures;
    private readonly SeededRandom _random;
    private readonly Canvas _canvas;
    private readonly Style _style;
    private readonly double _horizon;
    private readonly Water? _water;
    private readonly Rails? _rails;
    private readonly List<Item> _items = [];

    private sealed record Item(Figure Figure, byte Class, double Scale, Vec Centre, double Angle, double Foot);

    private Scene(DrawnSceneOptions options, SeededRandom random, int mostObjects)
    {
        (_options, _random) = (options, random);
        _figures = options.Subjects == SceneSubjects.Targets ? Figure.Targets : Figure.Others;
        _canvas = new Canvas(options.Size);
        _style = Style.Pick(random);
        _horizon = Backdrop.Paint(_canvas, random);
        int[] classes = PickClasses(mostObjects);
        double waterChance = .08, railsChance = .06;
        if (classes.Any(c => _figures[c].Ground == Ground.Swimming)) waterChance = .45;
        if (classes.Any(c => _figures[c].Ground == Ground.Afloat)) waterChance = options.ContextReliability;
        if (classes.Any(c => _figures[c].Ground == Ground.OnRails)) railsChance = options.ContextReliability;
        if (random.Chance(waterChance)) _water = Water.Pick(random, Math.Max(_horizon, .48));
        if (random.Chance(railsChance)) _rails = _water is null ? Rails.Pick(random, .55, .88) : Rails.Pick(random, .3, .42);
        _water?.Draw(_canvas);
        _rails?.Draw(_canvas);
        foreach (int c in classes) Place(_figures[c], (byte)(c + 1), Extent(classes.Length));
        PlaceDistractors();
    }

    /// <summary>Draws the scene of a key; the same key and options give the same bytes on every machine.</summary>
    public static DrawnScene Draw(DrawnSceneOptions options, string id, long splitKey, int index)
    {
        for (int attempt = 0; ; attempt++)
        {
            var random = SeededRandom.For(options.Seed, (long)options.Subjects, splitKey, index, attempt);
            // Now and then a crowd leaves an object almost hidden; then another scene takes its place.
            var scene = new Scene(options, random, attempt < 4 ? 3 : 1);
            if (scene.PaintItems()) return DrawnScene.Of(id, scene._canvas, scene._figures.Count, random);
        }
    }

    private int[] PickClasses(int most)
    {
        int[] all = [.. Enumerable.Range(0, _figures.Count)];
        _random.Shuffle(all.AsSpan());
        double dice = _random.NextDouble();
        return all[..Math.Min(most, dice < .45 ? 1 : dice < .83 ? 2 : 3)];
    }

    private double Extent(int count) => count switch
    {
        1 => _random.NextDouble(.5, .88),
        2 => _random.NextDouble(.42, .66),
        _ => _random.NextDouble(.36, .5),
    };

    private void PlaceDistractors()
    {
        int clutter = _random.Next(4);
        for (int i = 0; i < clutter; i++) Place(Figure.Clutter[_random.Next(Figure.Clutter.Count)], 0, _random.NextDouble(.1, .24));
        if (_options.Subjects == SceneSubjects.Others) return;
        foreach (Figure decoy in Figure.Decoys)
        {
            bool fits = decoy.Ground switch { Ground.Afloat => _water is not null, Ground.OnRails => _rails is not null, _ => true };
            if (fits && _random.Chance(.14)) Place(decoy, 0, _random.NextDouble(.3, .5));
        }
    }

    /// <summary>Takes the least crowded of some places that suit the figure.</summary>
    private void Place(Figure figure, byte classValue, double scale)
    {
        // A train is long and flat: at the same width it would be a dwarf.
        if (figure.Ground == Ground.OnRails) scale *= 1.3;
        bool onRails = figure.Ground == Ground.OnRails && _rails is not null;
        double tilt = onRails ? _rails!.Angle : Angle.FromDegrees(figure.Tilt) * _random.NextDouble(-1, 1);
        // Every third object may stand before or behind another; the rest keep clear where they can.
        double crowding = _random.Chance(.35) ? .45 : .1;
        Item? best = null;
        double bestOverlap = double.MaxValue;
        for (int i = 0; i < 12 && bestOverlap > crowding; i++)
        {
            double margin = Math.Min(.5, figure.Box.HalfWidth * scale * .85);
            double x = _random.NextDouble(margin, 1 - margin), foot = Foot(figure, scale, x);
            double lift = onRails ? figure.Box.Bottom * scale / Angle.Cos(tilt) : figure.Box.Bottom * scale;
            var item = new Item(figure, classValue, scale, (x, foot - lift), tilt, foot);
            double overlap = _items.Count == 0 ? 0 : _items.Max(other => Overlap(item, other));
            if (overlap < bestOverlap) (best, bestOverlap) = (item, overlap);
        }
        // An object of a class may hide a little of another; a distractor that finds no room stays away.
        if (classValue > 0 || bestOverlap < .3) _items.Add(best!);
    }

    /// <summary>The height of an object's lowest point.</summary>
    private double Foot(Figure figure, double scale, double x)
    {
        double height = figure.Height * scale, lowest = 1.03, highest = Math.Min(.9 * height, lowest);
        if (figure.Ground == Ground.OnRails && _rails is not null) return _rails.At(x) + .012;
        if (figure.Ground == Ground.Afloat && _water is not null)
            return _random.NextDouble(Math.Max(_water.Top + .05, highest), Math.Max(Math.Min(_water.Bottom, .98), highest + .01));
        if (figure.Ground == Ground.Swimming && _water is not null && _random.Chance(.8))
            highest = Math.Max(highest, Math.Min(_water.Top + height * .8, lowest));
        else if (figure.Ground is not (Ground.Free or Ground.Swimming))
            highest = Math.Max(highest, Math.Min(_horizon + .06, lowest));
        return _random.NextDouble(highest, lowest);
    }

    /// <summary>The shared area of two boxes as a share of the smaller one.</summary>
    private static double Overlap(Item a, Item b)
    {
        double width = Math.Min(Right(a), Right(b)) - Math.Max(Left(a), Left(b));
        double height = Math.Min(a.Foot, b.Foot) - Math.Max(Top(a), Top(b));
        if (width <= 0 || height <= 0) return 0;
        return width * height / Math.Min(Area(a), Area(b));

        static double Left(Item i) => i.Centre.X - i.Figure.Box.HalfWidth * i.Scale;
        static double Right(Item i) => i.Centre.X + i.Figure.Box.HalfWidth * i.Scale;
        static double Top(Item i) => i.Foot - i.Figure.Height * i.Scale;
        static double Area(Item i) => 2 * i.Figure.Box.HalfWidth * i.Figure.Height * i.Scale * i.Scale;
    }

    /// <summary>Paints all objects, the farthest first; false if one of a class ends up almost hidden.</summary>
    private bool PaintItems()
    {
        Item[] ordered = [.. _items.OrderBy(item => item.Foot)];
        int[] drawn = new int[ordered.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            Paint(ordered[i], (byte)(i + 1));
            drawn[i] = Count((byte)(i + 1));
        }
        for (int i = 0; i < ordered.Length; i++)
        {
            int visible = Count((byte)(i + 1));
            if (ordered[i].Class > 0 && (visible < LeastVisible * drawn[i] || visible < LeastArea * _canvas.Instances.Length)) return false;
        }
        return true;

        int Count(byte instance) => _canvas.Instances.AsSpan().Count(instance);
    }

    private void Paint(Item item, byte instance)
    {
        double size = _canvas.Size;
        double halfWidth = item.Figure.Box.HalfWidth * item.Scale;
        bool floats = item.Figure.Ground == Ground.Afloat && _water is not null;
        if (item.Figure.Ground == Ground.Standing && _horizon > 0)
        {
            Outline shadow = Outline.Ellipse(item.Centre.X * size, (item.Foot - .01) * size, halfWidth * size, halfWidth * .16 * size);
            _canvas.Fill(shadow, (_, _) => Rgb.Black, new(InkKind.Scenery), .35f);
        }
        Affine place = Affine.Place(item.Centre * size, (_random.Chance(.5) ? -1 : 1) * item.Scale * size, item.Scale * size, item.Angle);
        var pen = new Pen(_canvas, place, _style, new(InkKind.Object, instance, item.Class)) { Part = SceneTruth.Body };
        // Both numbers are always drawn, so that another reliability changes the coats and nothing else.
        bool right = _random.Chance(_options.CueReliability);
        int shift = 1 + _random.Next(Quadruped.SpeciesCount - 1);
        int cue = right ? item.Class - 1 : (item.Class - 1 + shift) % Quadruped.SpeciesCount;
        item.Figure.Draw(pen, Look.Pick(_random, Behind(item)), _random, cue);
        if (floats) _water!.Lap(_canvas, item.Centre.X - halfWidth, item.Centre.X + halfWidth, item.Foot, .055 * item.Scale);
    }

    /// <summary>The mean colour where an object will be.</summary>
    private Rgb Behind(Item item)
    {
        Rgb sum = default;
        double middle = item.Foot - item.Figure.Height * item.Scale / 2;
        for (int i = 0; i < 16; i++)
        {
            Rgb colour = _canvas.Colours[
                Pixel(middle, item.Figure.Height, i / 4) * _canvas.Size + Pixel(item.Centre.X, 2 * item.Figure.Box.HalfWidth, i % 4)
            ];
            sum = new(sum.R + colour.R, sum.G + colour.G, sum.B + colour.B);
        }
        return sum * (1f / 16);

        int Pixel(double centre, double extent, int step) =>
            Math.Clamp((int)((centre + extent * item.Scale * (step - 1.5) / 4) * _canvas.Size), 0, _canvas.Size - 1);
    }
}
