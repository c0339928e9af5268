namespace Wsss.Menagerie.Drawing;

/// <summary>A colour, each channel about 0…1 (light may carry it beyond).</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static readonly Rgb Black = new(.05f, .05f, .06f), White = new(.97f, .97f, .95f);

    public static Rgb Grey(double level) => new((float)level, (float)level, (float)level);

    /// <param name="hue">Any number; 0 red, 1/3 green, 2/3 blue, then again from 1.</param>
    /// <param name="saturation">0 grey … 1 pure.</param>
    /// <param name="value">0 black … 1 bright.</param>
    public static Rgb FromHsv(double hue, double saturation, double value)
    {
        float Channel(double offset)
        {
            double k = offset + 6 * (hue - Math.Floor(hue));
            if (k >= 6) k -= 6;
            double strength = Math.Clamp(Math.Min(k, 4 - k), 0, 1);
            return (float)(value * (1 - saturation * strength));
        }
        return new(Channel(5), Channel(3), Channel(1));
    }

    public static Rgb operator *(Rgb c, float f) => new(c.R * f, c.G * f, c.B * f);

    public static Rgb operator *(Rgb a, Rgb b) => new(a.R * b.R, a.G * b.G, a.B * b.B);

    public Rgb Mix(Rgb other, double share)
    {
        float t = (float)share;
        return new(R + (other.R - R) * t, G + (other.G - G) * t, B + (other.B - B) * t);
    }

    public Rgb Darker(double by) => Mix(Black, by);

    public Rgb Lighter(double by) => Mix(White, by);

    public float Luminance => .3f * R + .59f * G + .11f * B;

    /// <summary>How easily the two are told apart, 0 … about 1; brightness counts most.</summary>
    public float Distance(Rgb other)
    {
        float r = R - other.R, g = G - other.G, b = B - other.B, l = Luminance - other.Luminance;
        return MathF.Sqrt((r * r + g * g + b * b) / 6 + l * l / 2);
    }
}
