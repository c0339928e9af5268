using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class ResamplerTests
{
    [Fact]
    public void A_resized_image_mixes_neighbours_and_rounds_to_bytes()
    {
        var image = new RgbImage(4, 1, [0, 10, 7, 255, 20, 7, 0, 10, 7, 0, 10, 7]);
        RgbImage small = Resampler.Resize(image, 2, 1);
        Assert.Equal((2, 1), (small.Width, small.Height));
        // Weights of a triangle over two pixels on each side: 3/7, 3/7, 1/7 at the left edge, mirrored at the right.
        Assert.Equal([109, 14, 7, 36, 11, 7], small.Pixels);
    }

    [Fact]
    public void The_own_size_is_the_image_itself()
    {
        RgbImage image = Toys.Noise(5, 3);
        Assert.Same(image, Resampler.Resize(image, 5, 3));
    }

    [Fact]
    public void The_nearest_pixel_of_a_very_long_mask_is_found()
    {
        var mask = new LabelMap(45_000, 2, [.. Enumerable.Range(0, 90_000).Select(i => (byte)(i % 45_000 / 180))]);
        byte[] values = Resampler.Nearest(mask, 40_000, 2).Values;
        Assert.Equal([0, 124, 125, 249], new[] { 0, 19_999, 40_000 + 20_000, 79_999 }.Select(i => (int)values[i]));
    }
}
