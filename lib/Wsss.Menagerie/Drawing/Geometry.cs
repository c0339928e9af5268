namespace Wsss.Menagerie.Drawing;

/// <summary>A point or a direction; y grows downwards.</summary>
internal readonly record struct Vec(double X, double Y)
{
    public static implicit operator Vec((double X, double Y) pair) => new(pair.X, pair.Y);

    public static Vec operator +(Vec a, Vec b) => new(a.X + b.X, a.Y + b.Y);

    public static Vec operator -(Vec a, Vec b) => new(a.X - b.X, a.Y - b.Y);

    public static Vec operator *(Vec a, double factor) => new(a.X * factor, a.Y * factor);

    /// <summary>The unit vector to the left of this direction; zero for zero.</summary>
    public Vec Normal()
    {
        double length = Math.Sqrt(X * X + Y * Y);
        return length < 1e-12 ? default : new(Y / length, -X / length);
    }
}

/// <summary>Sine and cosine in plain arithmetic: the runtime's differ in the last bit from one platform to another.</summary>
internal static class Angle
{
    public const double Full = 2 * Math.PI;

    public static double Sin(double angle)
    {
        double x = angle - Full * Math.Round(angle / Full);
        if (x > Math.PI / 2) x = Math.PI - x;
        else if (x < -Math.PI / 2) x = -Math.PI - x;
        double s = x * x;
        return x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))));
    }

    public static double Cos(double angle) => Sin(angle + Math.PI / 2);

    public static double FromDegrees(double degrees) => degrees * (Math.PI / 180);
}

/// <summary>x' = A x + B y + Dx; y' = C x + D y + Dy.</summary>
internal readonly record struct Affine(double A, double B, double C, double D, double Dx, double Dy)
{
    /// <summary>Scales (negative <paramref name="scaleX"/> mirrors), then turns clockwise on the screen, then moves.</summary>
    public static Affine Place(Vec at, double scaleX, double scaleY, double angle = 0)
    {
        double cos = Angle.Cos(angle), sin = Angle.Sin(angle);
        return new(cos * scaleX, -sin * scaleY, sin * scaleX, cos * scaleY, at.X, at.Y);
    }

    public Vec Apply(Vec p) => new(A * p.X + B * p.Y + Dx, C * p.X + D * p.Y + Dy);

    /// <summary>This transform of the results of <paramref name="inner"/>.</summary>
    public Affine Of(Affine inner)
    {
        Vec origin = Apply((inner.Dx, inner.Dy));
        return new(
            A * inner.A + B * inner.C, A * inner.B + B * inner.D,
            C * inner.A + D * inner.C, C * inner.B + D * inner.D, origin.X, origin.Y);
    }

    public Affine Inverse()
    {
        double f = 1 / (A * D - B * C);
        return new(D * f, -B * f, -C * f, A * f, (B * Dy - D * Dx) * f, (C * Dx - A * Dy) * f);
    }
}
