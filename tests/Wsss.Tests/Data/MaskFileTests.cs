using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>Class masks in every kind of PNG that people save them in.</summary>
public sealed class MaskFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Mask => _folder.File("mask.png");

    public void Dispose() => _folder.Dispose();

    private LabelMap Read(byte[] file)
    {
        File.WriteAllBytes(Mask, file);
        return ImageFile.ReadMask(Mask);
    }

    private string Refusal(byte[] file)
    {
        File.WriteAllBytes(Mask, file);
        string message = Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(Mask)).Message;
        Assert.Contains(Mask, message);
        return message;
    }

    private static int[] Values(int width, int height, int depth) =>
        [.. Enumerable.Range(0, width * height).Select(i => i * 7 % Math.Min(1 << depth, 256))];

    [Theory]
    [InlineData(RawPng.Indexed, 1)]
    [InlineData(RawPng.Indexed, 2)]
    [InlineData(RawPng.Indexed, 4)]
    [InlineData(RawPng.Indexed, 8)]
    [InlineData(RawPng.Grey, 1)]
    [InlineData(RawPng.Grey, 2)]
    [InlineData(RawPng.Grey, 4)]
    [InlineData(RawPng.Grey, 8)]
    [InlineData(RawPng.Grey, 16)]
    public void Indices_and_grey_numbers_of_every_depth_are_labels_interlaced_or_not(byte colorType, byte depth)
    {
        // Colours that say nothing: the index counts.
        byte[]? palette = colorType == RawPng.Indexed ? [.. Enumerable.Range(0, 3 << depth).Select(i => (byte)(255 - i))] : null;
        foreach (var (width, height) in new[] { (13, 11), (1, 1), (3, 9), (8, 8), (9, 2) })
        {
            int[] values = Values(width, height, depth);
            foreach (bool interlaced in new[] { false, true })
            {
                LabelMap found = Read(RawPng.Of(width, height, colorType, depth, values, palette, interlaced));
                Assert.Equal((width, height), (found.Width, found.Height));
                Assert.Equal(values, found.Values.Select(value => (int)value));
            }
        }
    }

    [Fact]
    public void Voc_colours_are_labels_with_or_without_alpha_in_8_and_16_bits()
    {
        int[] labels = [0, 1, 15, 20, 255, 2];
        int[][] colours = [.. labels.Select(label => VocPalette.Color((byte)label)).Select(c => new int[] { c.R, c.G, c.B })];
        byte[][] files =
        [
            RawPng.Of(3, 2, RawPng.Rgb, 8, [.. colours.SelectMany(c => c)]),
            RawPng.Of(3, 2, RawPng.Rgba, 8, [.. colours.SelectMany(c => c.Append(128))]),
            RawPng.Of(3, 2, RawPng.Rgb, 16, [.. colours.SelectMany(c => c.Select(v => 257 * v))]),
            RawPng.Of(3, 2, RawPng.Rgba, 8, [0, 0, 0, 0, .. colours[1..].SelectMany(c => c.Append(255))], interlaced: true),
        ];
        foreach (byte[] file in files) Assert.Equal(labels, Read(file).Values.Select(value => (int)value));
    }

    [Fact]
    public void Grey_with_alpha_is_read_by_number() =>
        Assert.Equal([3, 0, 1], Read(RawPng.Of(3, 1, RawPng.GreyAlpha, 8, [3, 255, 0, 0, 1, 90])).Values);

    [Fact]
    public void What_could_mean_two_things_is_refused()
    {
        Assert.Contains("found 257 at x = 1, y = 0 of a 16-bit mask", Refusal(RawPng.Of(2, 1, RawPng.Grey, 16, [1, 257])));
        Assert.Contains(
            "found (128, 0, 0), fully transparent, at x = 1, y = 0",
            Refusal(RawPng.Of(2, 1, RawPng.Rgba, 8, [0, 0, 0, 0, 128, 0, 0, 0]))
        );
        Assert.Contains("found 1, fully transparent", Refusal(RawPng.Of(2, 1, RawPng.GreyAlpha, 8, [0, 0, 1, 0])));
        Assert.Contains("found (128, 0, 1) at x = 1, y = 0", Refusal(RawPng.Of(2, 1, RawPng.Rgb, 8, [0, 0, 0, 128, 0, 1])));
        string colours = Refusal(RawPng.Of(3, 1, RawPng.Rgb, 8, [255, 255, 255, 1, 1, 1, 255, 255, 255]));
        Assert.Contains("found (255, 255, 255) at x = 0, y = 0, and 1 more: (1, 1, 1):", colours);
    }

    [Fact]
    public void Rows_are_read_with_every_filter_that_encoders_choose()
    {
        // Skia filters each row as it fits best; colours of VOC's palette in a pattern that makes it choose.
        byte[] labels = [.. Enumerable.Range(0, 64 * 48).Select(i => (byte)((i % 64 * 3 + i / 64 * i % 31) % 200))];
        byte[] rgb =
        [
            .. labels.SelectMany(label => new[] { VocPalette.Color(label).R, VocPalette.Color(label).G, VocPalette.Color(label).B }),
        ];
        ImageFile.WritePng(Mask, new RgbImage(64, 48, rgb));
        Assert.Equal(labels, ImageFile.ReadMask(Mask).Values);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 128, 0, 0 }, "Fits")]
    [InlineData(new byte[] { 0, 0, 0, 0, 128, 0 }, "VocElsewhere")]
    [InlineData(new byte[] { 0, 0, 0, 255, 255, 255 }, "Own")]
    [InlineData(new byte[] { 9, 9, 9, 128, 0, 0 }, "Own")]
    public void The_palette_tells_whether_its_colours_are_those_of_the_indices(byte[] palette, string expected)
    {
        byte[] file = RawPng.Of(2, 1, RawPng.Indexed, 1, [0, 1], palette);
        Assert.Equal(expected, ImageFile.ReadMask(file, "mask.png").Palette.ToString());
    }

    [Fact]
    public void A_header_that_asks_for_more_than_the_file_holds_or_memory_allows_is_refused()
    {
        byte[] file = RawPng.Of(2, 2, RawPng.Grey, 8, [0, 1, 2, 3]);
        Assert.Contains("9000×9000 pixels, more than its data hold", Refusal(WithSize(file, 9000)));
        Assert.Contains("found 23000×23000 in its header", Refusal(WithSize(file, 23000)));
        Assert.Contains("truncated", Refusal(WithSize(file, 3)));
        File.WriteAllBytes(Mask, WithSize(file, 23000));
        Assert.Contains("23000×23000", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(Mask)).Message);
    }

    private static byte[] WithSize(byte[] png, int side)
    {
        byte[] header =
        [
            (byte)(side >> 24),
            (byte)(side >> 16),
            (byte)(side >> 8),
            (byte)side,
            (byte)(side >> 24),
            (byte)(side >> 16),
            (byte)(side >> 8),
            (byte)side,
            .. png[24..29],
        ];
        return [.. png[..8], .. RawPng.Chunk("IHDR"u8, header), .. png[33..]];
    }
}
