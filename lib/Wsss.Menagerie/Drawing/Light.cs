using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>The last step: brightness, tint, a gradient across the picture and the sensor's noise.</summary>
internal static class Light
{
    /// <summary>R, G, B bytes, row by row.</summary>
    public static byte[] Develop(Canvas canvas, SeededRandom random)
    {
        double gain = random.NextDouble(.85, 1.2), turn = random.NextDouble(0, Angle.Full), slope = random.NextDouble(0, .35);
        var tint = new Rgb((float)random.NextDouble(.92, 1.08), (float)random.NextDouble(.94, 1.06), (float)random.NextDouble(.92, 1.08));
        float noise = (float)random.NextDouble(.008, .035);
        double alongX = slope * Angle.Cos(turn), alongY = slope * Angle.Sin(turn);
        int size = canvas.Size;
        byte[] pixels = new byte[3 * size * size];
        for (int at = 0; at < size * size; at++)
        {
            double x = (at % size + .5) / size - .5, y = (at / size + .5) / size - .5;
            Rgb lit = canvas.Colours[at] * tint * (float)(gain * (1 + alongX * x + alongY * y));
            ulong bits = random.NextUInt64();
            pixels[3 * at] = Quantise(lit.R + noise * Grain(bits));
            pixels[3 * at + 1] = Quantise(lit.G + noise * Grain(bits >> 20));
            pixels[3 * at + 2] = Quantise(lit.B + noise * Grain(bits >> 40));
        }
        return pixels;
    }

    // The sum of two ten-bit numbers, moved to −1…1: a triangle-shaped distribution.
    private static float Grain(ulong bits) => ((int)(bits & 1023) + (int)((bits >> 10) & 1023) - 1023) * (1f / 1023);

    private static byte Quantise(float value) => (byte)Math.Clamp((int)(value * 255 + .5f), 0, 255);
}
