using System.Buffers.Binary;
using SkiaSharp;
using Wsss.Data;

namespace Wsss.Tests.Hostile;

/// <summary>WebP files whose headers ask for more than they hold: each is refused before memory is taken for its pixels.</summary>
public sealed class WebpTests
{
    [Theory]
    [InlineData(SKWebpEncoderCompression.Lossy)]
    [InlineData(SKWebpEncoderCompression.Lossless)]
    public void A_header_that_its_bytes_cannot_fill_is_not_believed(SKWebpEncoderCompression compression)
    {
        byte[] webp = Resized(Webp(64, 48, compression, i => (byte)(i * 7919 % 251)), 9_000, 9_000);
        Assert.Equal((9_000, 9_000), SizeOf(webp));
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(webp, "thin.webp")).Message;
        Assert.Contains("9000×9000 pixels, more than its data hold: 'thin.webp'", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void So_it_is_in_an_extended_file()
    {
        byte[] picture = Resized(Webp(64, 48, SKWebpEncoderCompression.Lossless, i => (byte)(i * 7919 % 251)), 9_000, 9_000)[12..];
        byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, .. ThreeBytes(8_999), .. ThreeBytes(8_999)];
        byte[] webp = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. extended, .. picture];
        BinaryPrimitives.WriteInt32LittleEndian(webp.AsSpan(4), webp.Length - 8);
        Assert.Contains("more than its data hold", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(webp, "a.webp")).Message);

        static byte[] ThreeBytes(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
    }

    [Theory]
    [InlineData(SKWebpEncoderCompression.Lossy, 1)]
    [InlineData(SKWebpEncoderCompression.Lossless, 1)]
    [InlineData(SKWebpEncoderCompression.Lossless, 200)]
    public void A_file_that_is_cut_off_says_so(SKWebpEncoderCompression compression, int missing)
    {
        byte[] webp = Webp(64, 48, compression, i => (byte)(i * 7919 % 251));
        string message = Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(webp[..^missing], "cut.webp")).Message;
        Assert.Contains("truncated", message);
        Assert.Contains("'cut.webp'", message);
    }

    [Theory]
    [InlineData(SKWebpEncoderCompression.Lossy)]
    [InlineData(SKWebpEncoderCompression.Lossless)]
    public void A_large_picture_of_one_colour_is_read(SKWebpEncoderCompression compression)
    {
        byte[] webp = Webp(2_000, 1_500, compression, _ => 128);
        Assert.True(webp.Length < 20_000, $"{webp.Length}");
        RgbImage image = ImageFile.ReadRgb(webp, "plain.webp");
        Assert.Equal((2_000, 1_500), (image.Width, image.Height));
        Assert.All(new[] { image.Pixels[0], image.Pixels[^1] }, value => Assert.InRange(value, 126, 130));
    }

    [Theory]
    [InlineData(false, 1024L * 1000, 1000, true)]
    [InlineData(false, 1024L * 1000 + 1, 1000, false)]
    [InlineData(true, 1 << 24, 30, true)]
    [InlineData(true, (1 << 24) + 1, 30, false)]
    [InlineData(true, 4096L * 10_000, 10_000, true)]
    [InlineData(true, 4096L * 10_000 + 1, 10_000, false)]
    public void Lossy_pixels_need_bytes_and_lossless_ones_from_a_size_on(bool isLossless, long pixels, long bytes, bool isRead)
    {
        var error = Record.Exception(() => ImageLimit.RequireWebp("a.webp", pixels, 1, isLossless, bytes));
        Assert.Equal(isRead, error is null);
        if (!isRead) Assert.Contains($"{pixels}×1", Assert.IsType<ImageFileException>(error).Message);
    }

    private static byte[] Webp(int width, int height, SKWebpEncoderCompression compression, Func<int, byte> value)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length; i++) pixels[i] = i % 4 == 3 ? byte.MaxValue : value(i / 4);
        using var pixmap = bitmap.PeekPixels();
        using SKData data = pixmap.Encode(new SKWebpEncoderOptions(compression, 75))!;
        return data.ToArray();
    }

    // 14 bits each, behind the start code of lossy and the signature of lossless data.
    /// <summary>The same bytes under another size.</summary>
    private static byte[] Resized(byte[] webp, int width, int height)
    {
        byte[] changed = [.. webp];
        if (webp.AsSpan(12).StartsWith("VP8L"u8))
        {
            uint others = BinaryPrimitives.ReadUInt32LittleEndian(webp.AsSpan(21)) & ~((1u << 28) - 1);
            BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(21), others | (uint)(width - 1) | (uint)(height - 1) << 14);
        }
        else
        {
            Assert.True(webp.AsSpan(12).StartsWith("VP8 "u8));
            BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(26), (ushort)width);
            BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(28), (ushort)height);
        }
        return changed;
    }

    private static (int Width, int Height) SizeOf(byte[] webp)
    {
        using var data = SKData.CreateCopy(webp);
        using SKCodec codec = SKCodec.Create(data);
        return (codec.Info.Width, codec.Info.Height);
    }
}
