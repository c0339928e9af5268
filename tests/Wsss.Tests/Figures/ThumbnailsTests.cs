using Wsss.Data;
using Wsss.Figures;

namespace Wsss.Tests.Figures;

public sealed class ThumbnailsTests
{
    [Theory]
    [InlineData(500, 375, 320, 240)]
    [InlineData(333, 500, 213, 320)]
    [InlineData(96, 96, 96, 96)]
    [InlineData(5000, 3, 320, 1)]
    public void The_longer_side_shrinks_to_what_is_asked_and_never_grows(int width, int height, int expectedWidth, int expectedHeight)
    {
        var image = Thumbnails.Of(new RgbImage(width, height, new byte[3 * width * height]), 320);
        Assert.Equal((expectedWidth, expectedHeight), (image.Width, image.Height));
        var mask = Thumbnails.Of(new LabelMap(width, height, new byte[width * height]), 320);
        Assert.Equal((expectedWidth, expectedHeight), (mask.Width, mask.Height));
    }

    [Fact]
    public void A_smaller_mask_takes_labels_and_mixes_none()
    {
        var mask = new LabelMap(4, 2, [1, 1, 9, 9, 1, 1, 9, 9]);
        Assert.Equal([1, 9], Thumbnails.Of(mask, 2).Values);
        Assert.Same(mask, Thumbnails.Of(mask, 4));
    }

    [Fact]
    public void Maps_are_rounded_to_8_bits_each_for_itself()
    {
        var maps = new LocalizationMaps("a", 2, 1, [0, 3], [0, 0.5f, 1, 0.37f]);
        var planes = Thumbnails.Of(maps, 160);
        Assert.Equal(2, planes.Count);
        Assert.Equal([0, 128], planes[0].Values);  // 127.5 is rounded up
        Assert.Equal([255, 94], planes[1].Values); // 94.35
    }

    [Fact]
    public void A_smaller_map_is_the_filtered_one()
    {
        // Halved, a pixel mixes 1:3:3:1 of its neighbourhood, without what lies outside: (3·0 + 3·0 + 1·255) / 7 and (255 · 7 - …) by
        // symmetry.
        var planes = Thumbnails.Of(new LocalizationMaps("a", 4, 1, [0], [0, 0, 1, 1]), 2);
        Assert.Equal((2, 1), (planes[0].Width, planes[0].Height));
        Assert.Equal([36, 219], planes[0].Values);
    }
}
