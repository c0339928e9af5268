using System.Numerics;
using System.Runtime.InteropServices;

namespace Wsss.Data;

/// <summary>A rectangle of pixels inside an image.</summary>
internal readonly record struct PixelRect(int X, int Y, int Width, int Height);

/// <summary>
/// Cuts a rectangle out of an image and resizes it. Colours are filtered by a triangle as wide as an output pixel (what
/// PIL and torchvision call antialiased bilinear), masks take the nearest pixel; both map pixel centres alike.
/// </summary>
/// <remarks>The same arithmetic in the same order everywhere: results do not depend on thread or vector width.</remarks>
internal static class Resampler
{
    /// <summary>Fills <paramref name="planar"/>, [3, height, width] in 0…255; unchanged pixels where sizes agree.</summary>
    public static void Triangle(RgbImage image, PixelRect crop, int width, int height, bool mirror, Span<float> planar)
    {
        Taps columns = Taps.For(crop.Width, width);
        Taps rows = Taps.For(crop.Height, height);
        float[] mixed = new float[3 * crop.Width + 1]; // one output row, still at the width of the crop; colours are read in fours
        int plane = width * height;
        for (int y = 0; y < height; y++)
        {
            Array.Clear(mixed);
            for (int tap = 0; tap < rows.Count(y); tap++)
            {
                int start = 3 * ((crop.Y + rows.First(y) + tap) * image.Width + crop.X);
                AddScaled(image.Pixels.AsSpan(start, 3 * crop.Width), rows.Weight(y, tap), mixed);
            }
            for (int x = 0; x < width; x++)
            {
                Vector4 colour = default;
                int from = 3 * columns.First(x);
                for (int tap = 0; tap < columns.Count(x); tap++, from += 3)
                    colour += columns.Weight(x, tap) * new Vector4(mixed.AsSpan(from, 4));
                int to = y * width + (mirror ? width - 1 - x : x);
                planar[to] = colour.X;
                planar[plane + to] = colour.Y;
                planar[2 * plane + to] = colour.Z;
            }
        }
    }

    /// <summary>The same of a grey map.</summary>
    /// <returns>[height, width], 0…1 for 0…255.</returns>
    public static float[] Triangle(LabelMap map, PixelRect crop, int width, int height, bool mirror)
    {
        Taps columns = Taps.For(crop.Width, width);
        Taps rows = Taps.For(crop.Height, height);
        float[] mixed = new float[crop.Width], values = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            Array.Clear(mixed);
            for (int tap = 0; tap < rows.Count(y); tap++)
                AddScaled(map.Values.AsSpan((crop.Y + rows.First(y) + tap) * map.Width + crop.X, crop.Width), rows.Weight(y, tap), mixed);
            for (int x = 0; x < width; x++)
            {
                float sum = 0;
                for (int tap = 0; tap < columns.Count(x); tap++) sum += columns.Weight(x, tap) * mixed[columns.First(x) + tap];
                values[y * width + (mirror ? width - 1 - x : x)] = Math.Min(sum / 255, 1); // weights sum to 1 but for rounding
            }
        }
        return values;
    }

    /// <summary>The whole image in another size, rounded to bytes; the image itself where the size stays.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        if ((width, height) == (image.Width, image.Height)) return image;
        int plane = width * height;
        float[] planar = new float[3 * plane];
        Triangle(image, new PixelRect(0, 0, image.Width, image.Height), width, height, mirror: false, planar);
        byte[] pixels = new byte[3 * plane];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(planar[i % 3 * plane + i / 3] + 0.5f);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>The whole grey map in another size, rounded to bytes; the map itself where the size stays.</summary>
    public static LabelMap Resize(LabelMap map, int width, int height)
    {
        if ((width, height) == (map.Width, map.Height)) return map;
        float[] values = Triangle(map, new PixelRect(0, 0, map.Width, map.Height), width, height, mirror: false);
        return new LabelMap(width, height, [.. values.Select(value => (byte)(255 * value + 0.5f))]);
    }

    /// <summary>The pixels of a label map nearest to the output's pixel centres, [height, width].</summary>
    public static byte[] Nearest(LabelMap map, PixelRect crop, int width, int height, bool mirror)
    {
        byte[] values = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            int row = (crop.Y + Middle(y, crop.Height, height)) * map.Width + crop.X;
            for (int x = 0; x < width; x++)
            {
                int to = mirror ? width - 1 - x : x;
                values[y * width + to] = map.Values[row + Middle(x, crop.Width, width)];
            }
        }
        return values;

        // Twice the product of two sides is more than an int holds.
        static int Middle(int output, int inputs, int outputs) => (int)((2L * output + 1) * inputs / (2L * outputs));
    }

    private static void AddScaled(ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        int whole = row.Length - row.Length % Vector<byte>.Count;
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum[..whole]);
        int at = 0;
        for (int i = 0; i < whole; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            sums[at++] += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(first));
            sums[at++] += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(second));
            sums[at++] += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(third));
            sums[at++] += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(fourth));
        }
        for (int i = whole; i < row.Length; i++) sum[i] += weight * row[i];
    }

    /// <summary>
    /// The size of a copy whose longer side has at most so many pixels, with the same proportions; never larger, at least 1×1.
    /// </summary>
    public static (int Width, int Height) Fit(int width, int height, int longestSide)
    {
        double scale = Math.Min(1, (double)longestSide / Math.Max(width, height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <summary>
    /// The whole mask at another size, each pixel with the label of the nearest one; the mask itself where the size is its own.
    /// </summary>
    public static LabelMap Nearest(LabelMap mask, int width, int height) => (mask.Width, mask.Height) == (width, height) ? mask
        : new LabelMap(width, height, Nearest(mask, new PixelRect(0, 0, mask.Width, mask.Height), width, height, mirror: false));

    /// <summary>Which input pixels an output pixel mixes along one axis, and how much of each.</summary>
    private sealed class Taps
    {
        private readonly (int First, int Count)[] _ranges;
        private readonly float[] _weights;
        private readonly int _stride;

        private Taps(int outputs, int stride) =>
            (_ranges, _weights, _stride) = (new (int, int)[outputs], new float[outputs * stride], stride);

        public int First(int output) => _ranges[output].First;

        public int Count(int output) => _ranges[output].Count;

        public float Weight(int output, int tap) => _weights[output * _stride + tap];

        public static Taps For(int inputs, int outputs)
        {
            double scale = (double)inputs / outputs;
            double radius = Math.Max(scale, 1); // below 1 the filter would fall between input pixels
            var taps = new Taps(outputs, 2 * (int)Math.Ceiling(radius) + 1);
            for (int output = 0; output < outputs; output++)
            {
                double center = (output + 0.5) * scale;
                int first = Math.Max((int)(center - radius + 0.5), 0);
                int count = Math.Min((int)(center + radius + 0.5), inputs) - first;
                double sum = 0;
                for (int tap = 0; tap < count; tap++) sum += Triangle((first + tap + 0.5 - center) / radius);
                for (int tap = 0; tap < count; tap++)
                    taps._weights[output * taps._stride + tap] = (float)(Triangle((first + tap + 0.5 - center) / radius) / sum);
                taps._ranges[output] = (first, count);
            }
            return taps;
        }

        private static double Triangle(double distance) => Math.Max(1 - Math.Abs(distance), 0);
    }
}
