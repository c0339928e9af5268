using Wsss.Data;

namespace Wsss.Menagerie.Drawing.Leaves;

/// <summary>
/// One leaf: where it lies, its outline, veins and colours. Places on it are told by u, 0 at its base … 1 at its tip, and v, −1 … 1 from
/// one margin over the midrib (0) to the other. Lengths are shares of the picture's width.
/// </summary>
internal sealed class LeafBlade
{
    private readonly Affine _place, _inverse;
    private readonly double _halfWidth, _bend, _skew, _blunt, _teeth, _toothDepth, _slant, _fold, _mottle;
    private readonly int _veins;
    private readonly float _veinTone;
    private readonly Rgb _second;
    private readonly uint _seed;

    public LeafBlade(SeededRandom random)
    {
        double length = random.NextDouble(.88, 1.12), angle = random.NextDouble(0, Angle.Full);
        _place = Affine.Place((random.NextDouble(.45, .55), random.NextDouble(.45, .55)), length, length, angle);
        _inverse = _place.Inverse();
        _halfWidth = random.NextDouble(.21, .34);
        _bend = random.NextDouble(-.09, .09);
        _skew = random.NextDouble(-.15, .5);
        _blunt = random.NextDouble(.15, .85);
        _teeth = random.Chance(.4) ? 9 + random.Next(10) : 0;
        _toothDepth = random.NextDouble(.02, .07);
        _slant = random.NextDouble(.1, .3);
        _fold = random.NextDouble(-.22, .22);
        _mottle = random.NextDouble(.1, .45);
        _veins = 5 + random.Next(6);
        _veinTone = (float)random.NextDouble(-.25, .5);
        double hue = random.NextDouble(.19, .4), value = random.NextDouble(.28, .68);
        Green = Rgb.FromHsv(hue, random.NextDouble(.35, .8), value);
        _second = Rgb.FromHsv(hue + random.NextDouble(-.06, .04), random.NextDouble(.35, .7), value * random.NextDouble(.75, 1.25));
        _seed = (uint)random.NextUInt64();
    }

    /// <summary>The main colour of the healthy tissue.</summary>
    public Rgb Green { get; }

    /// <summary>The blade's contour.</summary>
    public Outline Contour()
    {
        const int Steps = 40;
        var points = new List<Vec>(2 * Steps);
        for (int i = 0; i < Steps; i++) points.Add(At((double)i / Steps, 1 + Tooth((double)i / Steps)));
        for (int i = Steps; i > 0; i--) points.Add(At((double)i / Steps, -1 - Tooth((double)i / Steps)));
        return Outline.Polygon([.. points]);
    }

    /// <summary>The stalk's contour.</summary>
    public Outline Stalk() => Outline.Limb(.028, .02, (-.46, Middle(.04)), (-.56, -.01), (-.68, _bend * .8)).Transform(_place);

    /// <summary>The place in the picture of a place on the leaf.</summary>
    public Vec At(double u, double v) => _place.Apply((u - .5, Middle(u) + v * HalfWidth(u)));

    /// <summary>The healthy tissue's colour at a place in the picture.</summary>
    public Rgb Tissue(Vec at)
    {
        Vec local = _inverse.Apply(at);
        double u = local.X + .5, off = local.Y - Middle(u), across = Math.Abs(off) / Math.Max(HalfWidth(u), .01);
        Rgb colour = Green.Mix(_second, _mottle * 2 * Noise.Fractal(local.X * 5, local.Y * 5, _seed, 3));
        double between = Noise.Wave((u - _slant * across * (1 + .4 * across)) * _veins);
        float rib = 1 - Noise.Step(.004, .013 + .008 * (1 - u), Math.Abs(off));
        float side = (1 - Noise.Step(.03, .16, 1 - between)) * (float)(.75 - .5 * Math.Min(across, 1));
        float vein = Math.Max(rib, side) * Math.Abs(_veinTone) * 1.4f;
        colour = colour.Mix(_veinTone < 0 ? Green.Darker(.6) : Green.Lighter(.55), Math.Min(vein, .8f));
        // The blade bulges between its veins, one half is turned to the light, and margins fall away from it.
        double fold = _fold * Math.Clamp(off / .05, -1, 1) * (.4 + .6 * Math.Min(across, 1));
        double shade = 1 - .1 * (between - .5) + fold - .16 * Noise.Step(.7, 1.05, across);
        return colour * ((float)shade * (.94f + .12f * Noise.Smooth(local.X * 70, local.Y * 70, _seed + 9)));
    }

    private double Middle(double u) => _bend * 4 * u * (1 - u) - .5 * _bend;

    private double HalfWidth(double u)
    {
        double t = Math.Clamp(u, 0, 1), bow = 4 * t * (1 - t);
        // A parabola has pointed ends, its root round ones; the skew moves the widest place towards the base.
        return _halfWidth * ((1 - _blunt) * bow * (1 + _skew * (1 - 2 * t)) + _blunt * Math.Sqrt(bow) * (1 + .6 * _skew * (1 - 2 * t)));
    }

    private double Tooth(double u)
    {
        double wave = .05 * (Noise.Smooth(u * 5, 0, _seed + 3) - .5);
        return _teeth > 0 ? wave + _toothDepth * (u * _teeth - Math.Floor(u * _teeth)) : wave;
    }
}
