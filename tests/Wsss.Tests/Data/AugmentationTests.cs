using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly Augmentation Still = Augmentation.Resize(8);

    [Fact]
    public void The_same_stream_gives_the_same_bits_and_another_one_others()
    {
        Sample sample = HandMadeSource.Halves("a", 61, 43, 1).WithTarget;
        var augmentation = new Augmentation { Size = 32 };
        PreparedSample first = augmentation.Apply(sample, SeededRandom.For(1, 2, 3));
        PreparedSample again = augmentation.Apply(sample, SeededRandom.For(1, 2, 3));
        PreparedSample other = augmentation.Apply(sample, SeededRandom.For(1, 2, 4));
        Assert.Equal(3 * 32 * 32, first.Image.Length);
        Assert.Equal(first.Image, again.Image);
        Assert.Equal(Mask(first), Mask(again));
        Assert.NotEqual(first.Image, other.Image);
    }

    [Fact]
    public void Image_and_mask_share_their_geometry()
    {
        // Red says which label lies below: after any crop and flip it must still do so, away from the filtered edges.
        const int Width = 90,
            Height = 70,
            Size = 48;
        byte[] pixels = new byte[3 * Width * Height],
            mask = new byte[Width * Height];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(i % Width / 18 + 5 * (i / Width / 14));
            pixels[3 * i] = (byte)(10 * mask[i]);
        }
        var sample = new MaskedSample("a", new RgbImage(Width, Height, pixels), []) { Mask = new LabelMap(Width, Height, mask) }.WithTarget;
        var augmentation = new Augmentation
        {
            Size = Size,
            Brightness = 0,
            Contrast = 0,
            Saturation = 0,
        };
        for (int seed = 0; seed < 20; seed++)
        {
            PreparedSample found = augmentation.Apply(sample, SeededRandom.For(seed));
            int inside = 0;
            for (int y = 2; y < Size - 2; y++)
            {
                for (int x = 2; x < Size - 2; x++)
                {
                    byte label = Mask(found)[y * Size + x];
                    bool flat = Enumerable
                        .Range(-2, 5)
                        .All(dy => Enumerable.Range(-2, 5).All(dx => Mask(found)[(y + dy) * Size + x + dx] == label));
                    if (!flat)
                        continue;
                    inside++;
                    Assert.Equal(10 * label, Red(found, x, y), 0.01);
                }
            }
            Assert.True(inside > 100);
        }
    }

    [Fact]
    public void Crops_reach_every_pixel()
    {
        // Crops of one pixel of 2 × 2, each of which has a red of its own.
        byte[] reds = [10, 60, 110, 160];
        var sample = new Sample("a", new RgbImage(2, 2, [.. reds.SelectMany(red => new byte[] { red, 0, 0 })]), []);
        var quarter = Augmentation.Resize(1) with { Crop = true, MinScale = 0.25, MaxScale = 0.25, MinRatio = 1, MaxRatio = 1 };
        var seen = Enumerable.Range(0, 100).Select(seed => Red(quarter.Apply(sample, SeededRandom.For(seed)), 0, 0));
        Assert.Equal([10, 60, 110, 160], seen.Select(red => (int)Math.Round(red)).Distinct().Order());
    }

    [Fact]
    public void Crops_are_as_often_wide_as_tall()
    {
        // Red is the column and green the row, so that their differences between a crop's corners are its sides.
        byte[] pixels = [.. Enumerable.Range(0, 6400).SelectMany(i => new[] { (byte)(i % 80), (byte)(i / 80), (byte)0 })];
        var fifth = Augmentation.Resize(2) with { Crop = true, MinScale = 0.2, MaxScale = 0.2, MinRatio = 0.25, MaxRatio = 4 };
        int wide = Enumerable.Range(0, 400).Count(seed =>
        {
            var sample = new Sample("a", new RgbImage(80, 80, pixels), []);
            float[] crop = fifth.Apply(sample, SeededRandom.For(seed)).Image;                                        // [3, 2, 2]
            return (crop[1] - crop[0]) * Normalization.Std[0] > (crop[4 + 2] - crop[4]) * Normalization.Std[1];
        });
        Assert.InRange(wide, 160, 240);
    }

    [Fact]
    public void A_flip_mirrors_image_and_mask()
    {
        Sample sample = HandMadeSource.Halves("a", 8, 8, 1).WithTarget;
        PreparedSample plain = Still.Apply(sample, SeededRandom.For(0));
        PreparedSample flipped = (Still with { FlipProbability = 1 }).Apply(sample, SeededRandom.For(0));
        for (int i = 0; i < 64; i++)
        {
            int mirrored = i / 8 * 8 + 7 - i % 8;
            Assert.Equal(plain.Image[i], flipped.Image[mirrored]);
            Assert.Equal(Mask(plain)[i], Mask(flipped)[mirrored]);
        }
    }

    [Fact]
    public void Resizing_to_the_own_size_changes_nothing()
    {
        Sample sample = HandMadeSource.Halves("a", 8, 8, 2).WithTarget;
        PreparedSample resized = Still.Apply(sample, SeededRandom.For(0));
        PreparedSample unchanged = PreparedSample.Unchanged(sample);
        Assert.Equal(unchanged.Image, resized.Image);
        Assert.Equal(sample.Planes[TargetSource.Plane].Values.Values, Mask(resized));
        Assert.Equal((8, 8), (unchanged.Width, unchanged.Height));
        Assert.Equal((sample.Image.Pixels[3 * 5 + 1] / 255f - 0.456f) / 0.224f, unchanged.Image[64 + 5], 1e-6f);
    }

    [Fact]
    public void Known_values_of_the_triangle_filter()
    {
        // Halving 0, 10, 20, 30: each output pixel weighs its neighbours 3, 3, 1 (at the border) over 7, as PIL does.
        Assert.Equal([50.0 / 7, 160.0 / 7], ResizedRow([0, 10, 20, 30], 2), Near);
        Assert.Equal([50.0 / 7, 160.0 / 7], ResizedColumn([0, 10, 20, 30], 2), Near);
        // Doubling 0, 100: the outputs' centres lie a quarter of a pixel beside the inputs'.
        Assert.Equal([0.0, 25, 75, 100], ResizedRow([0, 100], 4), Near);
        Assert.Equal([0.0, 25, 75, 100], ResizedColumn([0, 100], 4), Near);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(50)]
    public void A_constant_image_stays_constant_at_any_size(int size)
    {
        var image = new RgbImage(37, 29, [.. Enumerable.Repeat((byte)200, 3 * 37 * 29)]);
        PreparedSample found = Augmentation.Resize(size).Apply(new Sample("a", image, []), SeededRandom.For(0));
        for (int i = 0; i < size * size; i++) Assert.Equal(200, Red(found, i % size, i / size), 0.001);
    }

    [Fact]
    public void Jitter_stays_in_range_and_full_saturation_loss_is_grey()
    {
        Sample sample = HandMadeSource.Halves("a", 8, 8, 1).WithTarget;
        var strong = Still with { Brightness = 1, Contrast = 1, Saturation = 1 };
        for (int seed = 0; seed < 10; seed++)
        {
            PreparedSample found = strong.Apply(sample, SeededRandom.For(seed));
            for (int i = 0; i < 64; i++) Assert.InRange(Red(found, i % 8, i / 8), -0.01, 255.01);
        }
        var brightnessOnly = Still with { Brightness = 0.5 };
        PreparedSample plain = Still.Apply(sample, SeededRandom.For(3)), bright = brightnessOnly.Apply(sample, SeededRandom.For(3));
        double factor = Red(bright, 2, 0) / Red(plain, 2, 0);
        Assert.InRange(factor, 0.5, 1.5);
        Assert.Equal(factor, Red(bright, 3, 0) / Red(plain, 3, 0), 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(13)]
    public void Jitter_and_normalisation_are_bit_for_bit_what_one_number_after_the_other_gives(int side)
    {
        var pixels = new byte[3 * side * side];
        new Random(side).NextBytes(pixels);
        var sample = new Sample("a", new RgbImage(side, side, pixels), []);
        var jitter = Augmentation.Resize(side) with { Brightness = 0.5, Contrast = 0.5, Saturation = 0.5 };
        float[] found = jitter.Apply(sample, SeededRandom.For(7)).Image;

        var random = SeededRandom.For(7);
        random.Chance(0); // whether it is mirrored
        float brightness = Factor(), contrast = Factor(), saturation = Factor();
        float[][] colours = [.. pixels.Chunk(3).Select(rgb => rgb.Select(v => Math.Clamp(brightness * v, 0, 255)).ToArray())];
        double sum = 0;
        foreach (float[] rgb in colours) sum += Grey(rgb);
        float mean = (float)(sum / colours.Length);
        for (int i = 0; i < colours.Length; i++)
        {
            float[] rgb = [.. colours[i].Select(v => Math.Clamp(mean + contrast * (v - mean), 0, 255))];
            float grey = Grey(rgb);
            for (int c = 0; c < 3; c++)
            {
                float value = Math.Clamp(grey + saturation * (rgb[c] - grey), 0, 255);
                Assert.Equal((value / 255 - Normalization.Mean[c]) / Normalization.Std[c], found[c * colours.Length + i]);
            }
        }

        float Factor() => (float)random.NextDouble(0.5, 1.5);
        float Grey(float[] rgb) => 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
    }

    [Fact]
    public void An_image_too_long_for_any_permitted_crop_is_cut_in_the_middle()
    {
        Sample sample = HandMadeSource.Halves("a", 400, 6, 1).WithTarget;
        PreparedSample found = new Augmentation { Size = 8, MinScale = 1, FlipProbability = 0 }.Apply(sample, SeededRandom.For(0));
        Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2], Mask(found)[..8]);
    }

    [Fact]
    public void Options_out_of_range_are_errors_that_name_the_option()
    {
        foreach ((Augmentation options, string name) in new[]
        {
            (new Augmentation { Size = 0 }, "Size"), (new Augmentation { MinScale = 0 }, "MinScale"),
            (new Augmentation { MaxScale = 1.5 }, "MaxScale"), (new Augmentation { MinRatio = 2 }, "MinRatio"),
            (new Augmentation { FlipProbability = -1 }, "FlipProbability"), (new Augmentation { Brightness = 2 }, "Brightness"),
            (new Augmentation { Contrast = double.NaN }, "Contrast"), (new Augmentation { Saturation = 2 }, "Saturation"),
        })
            Assert.Contains(name, Assert.Throws<RecipeException>(options.Validate).Message);
    }

    private static byte[] Mask(PreparedSample sample) => sample.LabelPlanes[TargetSource.Plane];

    private static double Red(PreparedSample sample, int x, int y) =>
        255 * (sample.Image[y * sample.Width + x] * (double)Normalization.Std[0] + Normalization.Mean[0]);

    private static double[] ResizedRow(byte[] row, int size)
    {
        PreparedSample found = Resize(row.Length, row.Length, (x, _) => row[x], size);
        return [.. Enumerable.Range(0, size).Select(x => Red(found, x, size / 2))];
    }

    private static double[] ResizedColumn(byte[] column, int size)
    {
        PreparedSample found = Resize(column.Length, column.Length, (_, y) => column[y], size);
        return [.. Enumerable.Range(0, size).Select(y => Red(found, size / 2, y))];
    }

    private static PreparedSample Resize(int width, int height, Func<int, int, byte> red, int size)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) pixels[3 * i] = red(i % width, i / width);
        return Augmentation.Resize(size).Apply(new Sample("a", new RgbImage(width, height, pixels), []), SeededRandom.For(0));
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-3;
}
