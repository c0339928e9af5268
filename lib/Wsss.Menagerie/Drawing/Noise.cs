namespace Wsss.Menagerie.Drawing;

/// <summary>Value noise on an integer lattice: the same bits on every machine.</summary>
internal static class Noise
{
    /// <summary>A random number in 0…1 that belongs to a lattice point.</summary>
    public static float Cell(int x, int y, uint seed)
    {
        uint h = seed ^ ((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u);
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        h = (h ^ (h >> 12)) * 0x297A2D39u;
        h ^= h >> 15;
        return (h >> 8) * (1f / (1 << 24));
    }

    /// <summary>Smooth noise in 0…1 with features one unit wide.</summary>
    public static float Smooth(double x, double y, uint seed)
    {
        double floorX = Math.Floor(x), floorY = Math.Floor(y);
        int ix = (int)floorX, iy = (int)floorY;
        float u = Ease((float)(x - floorX)), v = Ease((float)(y - floorY));
        float top = Cell(ix, iy, seed), bottom = Cell(ix, iy + 1, seed);
        top += (Cell(ix + 1, iy, seed) - top) * u;
        bottom += (Cell(ix + 1, iy + 1, seed) - bottom) * u;
        return top + (bottom - top) * v;
    }

    /// <summary>Octaves of smooth noise, each half as strong and twice as fine; 0…1, mean one half.</summary>
    public static float Fractal(double x, double y, uint seed, int octaves)
    {
        float sum = 0, weight = 1, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += weight * Smooth(x, y, seed + (uint)i);
            total += weight;
            weight *= .5f;
            x *= 2;
            y *= 2;
        }
        return sum / total;
    }

    /// <summary>0 below <paramref name="from"/>, 1 above <paramref name="to"/>, a smooth step between them.</summary>
    public static float Step(double from, double to, double value) =>
        Ease((float)Math.Clamp((value - from) / (to - from), 0, 1));

    /// <summary>A wave of period 1 in 0…1 made of parabolas.</summary>
    public static float Wave(double t)
    {
        double x = 2 * (t - Math.Floor(t)) - 1;
        double half = 4 * x * (1 - Math.Abs(x));
        return (float)(.5 + .5 * half);
    }

    private static float Ease(float t) => t * t * (3 - 2 * t);
}
