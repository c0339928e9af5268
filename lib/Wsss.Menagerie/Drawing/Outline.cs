namespace Wsss.Menagerie.Drawing;

/// <summary>A closed contour, flattened to a polygon. Fills use the non-zero rule.</summary>
internal sealed class Outline(Vec[] points)
{
    public Vec[] Points { get; } = points;

    public static Outline Polygon(params Vec[] points) => new(points);

    public static Outline Ellipse(double x, double y, double radiusX, double radiusY, double angle = 0)
    {
        const int Corners = 24;
        var placed = Affine.Place((x, y), radiusX, radiusY, angle);
        var points = new Vec[Corners];
        for (int i = 0; i < Corners; i++)
            points[i] = placed.Apply((Angle.Cos(Angle.Full * i / Corners), Angle.Sin(Angle.Full * i / Corners)));
        return new(points);
    }

    public static Outline Circle(double x, double y, double radius) => Ellipse(x, y, radius, radius);

    public static Outline Box(double left, double top, double right, double bottom) =>
        new([(left, top), (right, top), (right, bottom), (left, bottom)]);

    /// <summary>A star, flower or cog: <paramref name="tips"/> times from the outer to the inner radius and back.</summary>
    public static Outline Star(Vec centre, int tips, double outer, double inner, double turn = 0)
    {
        var points = new Vec[2 * tips];
        for (int i = 0; i < points.Length; i++)
        {
            double angle = turn + Math.PI * i / tips, radius = i % 2 == 0 ? outer : inner;
            points[i] = centre + new Vec(Angle.Sin(angle), -Angle.Cos(angle)) * radius;
        }
        return new(points);
    }

    /// <summary>A smooth closed curve through the points (Catmull–Rom).</summary>
    public static Outline Smooth(params Vec[] through) => new(Spline(through, closed: true));

    /// <summary>A leg, tail or neck: a band along a smooth line, its width going from one end's to the other's.</summary>
    public static Outline Limb(double startWidth, double endWidth, params Vec[] along)
    {
        Vec[] line = Spline(along, closed: false);
        int n = line.Length;
        var left = new List<Vec>(2 * n + 6);
        var right = new List<Vec>(n);
        for (int i = 0; i < n; i++)
        {
            Vec normal = (line[Math.Min(i + 1, n - 1)] - line[Math.Max(i - 1, 0)]).Normal();
            double half = .5 * (startWidth + (endWidth - startWidth) * i / (n - 1));
            left.Add(line[i] + normal * half);
            right.Add(line[i] - normal * half);
        }
        Vec tip = (line[n - 1] - line[n - 2]).Normal();
        Vec forward = new(-tip.Y, tip.X);
        // A blunt, rounded end in three points.
        left.Add(line[n - 1] + (tip * .35 + forward * .4) * endWidth);
        left.Add(line[n - 1] + forward * (.5 * endWidth));
        left.Add(line[n - 1] + (tip * -.35 + forward * .4) * endWidth);
        right.Reverse();
        left.AddRange(right);
        return new([.. left]);
    }

    public Outline Transform(Affine by) => new(Array.ConvertAll(Points, by.Apply));

    /// <summary>Moves every corner outwards; meant for small distances.</summary>
    public Outline Grow(double distance)
    {
        double area = 0;
        int n = Points.Length;
        for (int i = 0; i < n; i++)
        {
            Vec a = Points[i], b = Points[(i + 1) % n];
            area += a.X * b.Y - b.X * a.Y;
        }
        double outward = area > 0 ? distance : -distance;
        var grown = new Vec[n];
        for (int i = 0; i < n; i++)
        {
            Vec before = (Points[i] - Points[(i + n - 1) % n]).Normal(), after = (Points[(i + 1) % n] - Points[i]).Normal();
            Vec sum = before + after;
            // A mitre, bounded so that needle-sharp corners do not shoot away.
            double length2 = Math.Max(sum.X * sum.X + sum.Y * sum.Y, .8);
            grown[i] = Points[i] + sum * (2 * outward / length2);
        }
        return new(grown);
    }

    /// <summary>Left, top, right, bottom.</summary>
    public (double Left, double Top, double Right, double Bottom) Bounds()
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (Vec p in Points)
        {
            left = Math.Min(left, p.X);
            right = Math.Max(right, p.X);
            top = Math.Min(top, p.Y);
            bottom = Math.Max(bottom, p.Y);
        }
        return (left, top, right, bottom);
    }

    private static Vec[] Spline(Vec[] through, bool closed)
    {
        const int Steps = 5;
        int n = through.Length, segments = closed ? n : n - 1;
        Vec At(int i) => closed ? through[(i + n) % n] : through[Math.Clamp(i, 0, n - 1)];
        var points = new Vec[segments * Steps + (closed ? 0 : 1)];
        for (int s = 0; s < segments; s++)
        {
            Vec a = At(s - 1), b = At(s), c = At(s + 1), d = At(s + 2);
            for (int k = 0; k < Steps; k++)
            {
                double t = (double)k / Steps;
                points[s * Steps + k] = b + ((c - a) + ((a * 2 - b * 5 + c * 4 - d) + (b * 3 - a + d - c * 3) * t) * t) * (.5 * t);
            }
        }
        if (!closed) points[^1] = through[n - 1];
        return points;
    }
}
