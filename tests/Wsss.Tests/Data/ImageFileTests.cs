using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class ImageFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, 16)]
    [InlineData(37, 11)]
    [InlineData(1, 256)]
    [InlineData(256, 1)]
    public void Masks_and_grey_maps_come_back_as_they_were(int width, int height)
    {
        byte[] values = [.. Enumerable.Range(0, width * height).Select(i => (byte)i)];
        var map = new LabelMap(width, height, values);
        ImageFile.WriteMask(_folder.File("mask.png"), map);
        ImageFile.WriteGray(_folder.File("grey.png"), map);

        foreach (
            LabelMap found in new[]
            {
                ImageFile.ReadMask(_folder.File("mask.png")),
                ImageFile.ReadMask(_folder.File("grey.png")),
                ImageFile.ReadGray(_folder.File("grey.png")),
            }
        )
        {
            Assert.Equal((width, height), (found.Width, found.Height));
            Assert.Equal(values, found.Values);
        }
    }

    [Fact]
    public void A_png_image_comes_back_exactly_and_a_jpeg_nearly()
    {
        RgbImage image = HandMadeSource.Halves("a", 33, 21, 1).Image;
        ImageFile.WritePng(_folder.File("a.png"), image);
        ImageFile.WriteJpeg(_folder.File("a.jpg"), image);

        Assert.Equal(image.Pixels, ImageFile.ReadRgb(_folder.File("a.png")).Pixels);
        RgbImage jpeg = ImageFile.ReadRgb(_folder.File("a.jpg"));
        Assert.Equal((33, 21), (jpeg.Width, jpeg.Height));
        Assert.All(image.Pixels.Zip(jpeg.Pixels), pair => Assert.InRange(pair.First - pair.Second, -8, 8));
        Assert.Equal((33, 21), ImageFile.ReadSize(_folder.File("a.jpg")));
        Assert.Equal((33, 21), ImageFile.ReadSize(_folder.File("a.png")));
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.png")]
    [InlineData("mask.png")]
    public void A_truncated_file_is_an_error_that_names_it(string name)
    {
        MaskedSample sample = HandMadeSource.Halves("a", 120, 90, 1);
        string path = _folder.File(name);
        if (name == "mask.png")
            ImageFile.WriteMask(path, sample.Mask!);
        else if (name == "a.png")
            ImageFile.WritePng(path, sample.Image);
        else
            ImageFile.WriteJpeg(path, sample.Image);
        byte[] whole = File.ReadAllBytes(path);

        foreach (
            int length in new[]
            {
                0,
                1,
                20,
                60,
                whole.Length / 4,
                whole.Length / 2,
                whole.Length - 100,
                whole.Length - 12,
                whole.Length - 2,
                whole.Length - 1,
            }.Where(length => length >= 0)
        )
        {
            File.WriteAllBytes(path, whole[..length]);
            var error = Assert.Throws<ImageFileException>(() =>
            {
                _ = name == "mask.png" ? (object)ImageFile.ReadMask(path) : ImageFile.ReadRgb(path);
            });
            Assert.Contains(path, error.Message);
        }
    }

    [Fact]
    public void A_damaged_png_is_an_error()
    {
        string path = _folder.File("mask.png");
        ImageFile.WriteMask(path, HandMadeSource.Halves("a", 40, 40, 1).Mask!);
        byte[] whole = File.ReadAllBytes(path);
        const int PixelData = 8 + 25 + 12 + 768 + 8;
        for (int position = PixelData; position < whole.Length - 16; position += 5)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(path));
        }
    }

    [Fact]
    public void A_missing_file_and_a_text_file_are_errors_that_name_the_file()
    {
        string missing = _folder.File("missing.jpg"), text = _folder.File("text.jpg");
        File.WriteAllText(text, "not an image at all, but long enough to be looked at");
        Assert.Contains(missing, Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(missing)).Message);
        Assert.Contains(missing, Assert.Throws<ImageFileException>(() => ImageFile.ReadSize(missing)).Message);
        Assert.Contains(text, Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(text)).Message);
        Assert.Contains(text, Assert.Throws<ImageFileException>(() => ImageFile.ReadSize(text)).Message);
    }

    [Fact]
    public void A_mask_colour_outside_the_palette_is_an_error_that_names_pixel_and_colour()
    {
        byte[] pixels = new byte[3 * 5 * 4];
        pixels[3 * (2 * 5 + 3) + 1] = 77;
        ImageFile.WritePng(_folder.File("mask.png"), new RgbImage(5, 4, pixels));
        var error = Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(_folder.File("mask.png")));
        Assert.Contains("(0, 77, 0) at x = 3, y = 2", error.Message);
    }

    [Fact]
    public void Other_formats_are_refused_as_masks_and_grey_maps()
    {
        MaskedSample sample = HandMadeSource.Halves("a", 8, 8, 1);
        ImageFile.WriteJpeg(_folder.File("a.jpg"), sample.Image);
        ImageFile.WriteMask(_folder.File("a.png"), sample.Mask!);
        Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(_folder.File("a.jpg")));
        Assert.Throws<ImageFileException>(() => ImageFile.ReadGray(_folder.File("a.jpg")));
        Assert.Throws<ImageFileException>(() => ImageFile.ReadGray(_folder.File("a.png")));
    }

    [Fact]
    public void A_truncated_photograph_is_an_error_wherever_it_ends()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(SharedData.VocMini, "JPEGImages", "2007_000332.jpg"));
        string path = _folder.File("a.jpg");
        for (int length = whole.Length - 1; length > 0; length -= whole.Length / 23)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(path));
        }
    }
}
