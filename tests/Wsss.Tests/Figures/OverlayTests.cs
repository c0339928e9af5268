using Wsss.Data;
using Wsss.Figures;

namespace Wsss.Tests.Figures;

public class OverlayTests
{
    private static readonly RgbImage Gray = new(4, 4, [.. Enumerable.Repeat((byte)100, 48)]);

    private static (byte R, byte G, byte B) At(RgbImage image, int x, int y)
    {
        int i = 3 * (y * image.Width + x);
        return (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
    }

    // matplotlib's inferno at 0, 0.25, 0.5, 0.75 and 1.
    [Theory]
    [InlineData(0f, 0, 0, 4)]
    [InlineData(0.25f, 87, 16, 110)]
    [InlineData(0.5f, 188, 55, 84)]
    [InlineData(0.75f, 249, 142, 9)]
    [InlineData(1f, 252, 255, 164)]
    public void The_colour_map_is_inferno(float value, int r, int g, int b)
    {
        (byte R, byte G, byte B) color = ColorMap.Color(value);
        Assert.InRange(color.R, r - 6, r + 6);
        Assert.InRange(color.G, g - 6, g + 6);
        Assert.InRange(color.B, b - 6, b + 6);
    }

    [Fact]
    public void Values_outside_the_range_are_clamped()
    {
        Assert.Equal(ColorMap.Color(1), ColorMap.Color(7));
        Assert.Equal(ColorMap.Color(0), ColorMap.Color(-1));
        Assert.Equal(ColorMap.Color(0), ColorMap.Color(float.NaN));
    }

    [Fact]
    public void Masks_have_VOCs_colours()
    {
        RgbImage mask = Overlay.Mask(new LabelMap(5, 1, [0, 1, 2, 15, 255]));
        Assert.Equal((0, 0, 0), At(mask, 0, 0));
        Assert.Equal((128, 0, 0), At(mask, 1, 0));
        Assert.Equal((0, 128, 0), At(mask, 2, 0));
        Assert.Equal((192, 128, 128), At(mask, 3, 0));
        Assert.Equal((224, 224, 192), At(mask, 4, 0));
    }

    [Fact]
    public void A_mask_tints_its_inside_and_keeps_the_rest()
    {
        // A 3×3 object in the lower right corner: its frame towards the background is opaque.
        var mask = new LabelMap(4, 4, [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]);
        RgbImage picture = Overlay.Mask(Gray, mask);
        Assert.Equal((100, 100, 100), At(picture, 0, 0));
        Assert.Equal((128, 0, 0), At(picture, 1, 1));
        Assert.Equal((114, 50, 50), At(picture, 3, 3));
    }

    [Fact]
    public void A_map_covers_its_image_by_its_opacity()
    {
        var values = new float[32];
        values[16] = 1; // the first pixel of the second class
        var maps = new LocalizationMaps("m", 4, 4, [0, 2], values);
        Assert.Equal(ColorMap.Color(1), At(Overlay.Heat(maps, 1), 0, 0));
        Assert.Equal(ColorMap.Color(0), At(Overlay.Heat(maps, 0), 0, 0));
        (byte r, _, _) = ColorMap.Color(1);
        Assert.Equal((byte)Math.Round(100 + 0.6 * (r - 100)), At(Overlay.Heat(Gray, maps, 1), 0, 0).R);
        Assert.Equal(40, At(Overlay.Heat(Gray, maps, 0), 1, 1).R);
    }

    [Fact]
    public void Refuses_other_sizes()
    {
        Assert.Throws<ArgumentException>(() => Overlay.Mask(Gray, new LabelMap(1, 1, [0])));
        Assert.Throws<ArgumentException>(() => Overlay.Heat(Gray, new LocalizationMaps("m", 1, 1, [0], [0]), 0));
    }
}
