using Wsss.Data;

namespace Wsss.Menagerie.Drawing.Leaves;

/// <summary>Composes one picture: a background, a leaf on it, and stains on the leaf.</summary>
internal sealed class LeafPicture
{
    /// <summary>Fewest pixels of a symptom, as a share of the picture.</summary>
    public const double LeastArea = .004;

    private static readonly Ink s_leaf = new(InkKind.Object, 1);

    private readonly Canvas _canvas;
    private readonly LeafBlade _leaf;

    private LeafPicture(int size, SeededRandom random)
    {
        _canvas = new Canvas(size);
        Backdrop.PaintSurface(_canvas, random);
        _leaf = new LeafBlade(random);
        Affine pixels = Affine.Place(default, size, size);
        Outline blade = _leaf.Contour().Transform(pixels), stalk = _leaf.Stalk().Transform(pixels);
        double depth = random.NextDouble(.008, .025) * size;
        Outline shadow = blade.Transform(Affine.Place((depth, depth), 1, 1));
        _canvas.Fill(shadow, (_, _) => Rgb.Black, new(InkKind.Scenery), random.Chance(.7) ? .3f : 0);
        Rgb wood = _leaf.Green.Mix(new(.45f, .36f, .22f), random.NextDouble(0, .7));
        _canvas.Fill(stalk, (_, _) => wood, s_leaf);
        _canvas.Fill(blade, (column, row) => _leaf.Tissue(Place(column, row)), s_leaf);
        for (int i = 0; i < _canvas.Objects.Length; i++) _canvas.Context[i] = _canvas.Objects[i];
    }

    /// <summary>Draws the leaf of a key; the same key and options give the same bytes on every machine.</summary>
    public static DrawnScene Draw(DrawnLeafOptions options, string id, long splitKey, int index)
    {
        for (int attempt = 0; ; attempt++)
        {
            var random = SeededRandom.For(options.Seed, splitKey, index, attempt);
            var picture = new LeafPicture(options.Size, random);
            // Now and then a symptom lies beyond the margin, or under another; then another leaf takes its place.
            if (picture.PaintSymptoms(random)) return DrawnScene.Of(id, picture._canvas, Symptom.All.Count, random);
        }
    }

    private bool PaintSymptoms(SeededRandom random)
    {
        int[] classes = [.. Enumerable.Range(0, Symptom.All.Count)];
        random.Shuffle(classes.AsSpan());
        double dice = random.NextDouble();
        int[] shown = classes[..(dice < .2 ? 0 : dice < .75 ? 1 : 2)];
        foreach (int c in shown)
        {
            double severity = random.Chance(.4) ? random.NextDouble(0, .2) : random.NextDouble(.2, 1);
            Paint(Symptom.All[c].Pick(_leaf, severity, random), (byte)(c + 1));
        }
        return shown.All(c => _canvas.Classes.AsSpan().Count((byte)(c + 1)) >= LeastArea * _canvas.Classes.Length);
    }

    private void Paint(Stain stain, byte value)
    {
        for (int at = 0; at < _canvas.Objects.Length; at++)
        {
            if (_canvas.Objects[at] == 0) continue;
            Vec place = Place(at % _canvas.Size, at / _canvas.Size);
            var (colour, strength) = stain(place.X, place.Y);
            // The tissue shines through a little.
            _canvas.Colours[at] = _canvas.Colours[at].Mix(colour, .92 * strength);
            if (strength < .5f) continue;
            (_canvas.Classes[at], _canvas.Context[at]) = (value, 0);
            _canvas.Parts[at] = strength >= .9f ? SceneTruth.Head : SceneTruth.Body;
        }
    }

    private Vec Place(int column, int row) => ((column + .5) / _canvas.Size, (row + .5) / _canvas.Size);
}
