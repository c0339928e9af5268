using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using Wsss.Data;
using Wsss.Figures;
using Wsss.ImageSharp;

namespace Wsss.Tests.ImageSharp;

public sealed class ImageSharpImagesTests
{
    // 3 × 2 pixels, each byte another value.
    private static readonly RgbImage Numbered = new(3, 2, [.. Enumerable.Range(1, 18).Select(i => (byte)i)]);

    [Fact]
    public void Each_pixel_of_an_image_stays_where_it_is()
    {
        using Image<Rgb24> image = Numbered.ToImageSharp();
        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal(new Rgb24(1, 2, 3), image[0, 0]);
        Assert.Equal(new Rgb24(7, 8, 9), image[2, 0]);
        Assert.Equal(new Rgb24(10, 11, 12), image[0, 1]);
        RgbImage back = image.ToRgbImage();
        Assert.Equal((3, 2), (back.Width, back.Height));
        Assert.Equal(Numbered.Pixels, back.Pixels);
    }

    [Fact]
    public void Each_value_of_a_mask_stays_where_it_is()
    {
        var mask = new LabelMap(2, 3, [0, 1, 20, LabelMap.Ignore, 7, 0]);
        using Image<L8> image = mask.ToImageSharp();
        Assert.Equal(new L8(1), image[1, 0]);
        Assert.Equal(new L8(LabelMap.Ignore), image[1, 1]);
        LabelMap back = image.ToLabelMap();
        Assert.Equal((2, 3), (back.Width, back.Height));
        Assert.Equal(mask.Values, back.Values);
    }

    [Fact]
    public void Neither_side_sees_what_the_other_changes_later()
    {
        using Image<Rgb24> image = Numbered.ToImageSharp();
        RgbImage copy = image.ToRgbImage();
        image[0, 0] = new Rgb24(200, 200, 200);
        Assert.Equal(1, copy.Pixels[0]);
        Assert.Equal(1, Numbered.Pixels[0]);
    }

    [Fact]
    public void A_large_image_survives_the_way_there_and_back()
    {
        var random = new Random(3);
        var pixels = new byte[3 * 1201 * 907];
        random.NextBytes(pixels);
        using Image<Rgb24> image = new RgbImage(1201, 907, pixels).ToImageSharp();
        Assert.Equal(pixels, image.ToRgbImage().Pixels);
    }

    [Fact]
    public void Overlays_are_those_of_the_library()
    {
        var mask = new LabelMap(3, 2, [0, 1, 1, 0, 2, LabelMap.Ignore]);
        var maps = new LocalizationMaps("a", 3, 2, [4], [0, .2f, .4f, .6f, .8f, 1]);
        using Image<Rgb24> image = Numbered.ToImageSharp();
        using Image<Rgb24> withMask = image.WithMask(mask), withHeat = image.WithHeat(maps, 0);
        Assert.Equal(Overlay.Mask(Numbered, mask).Pixels, withMask.ToRgbImage().Pixels);
        Assert.Equal(Overlay.Heat(Numbered, maps, 0).Pixels, withHeat.ToRgbImage().Pixels);
        Assert.Equal(Numbered.Pixels, image.ToRgbImage().Pixels);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        using Image<Rgb24> image = Numbered.ToImageSharp();
        Assert.Contains("2×3", Assert.Throws<ArgumentException>(() => image.WithMask(new LabelMap(2, 3, new byte[6]))).Message);
    }
}
