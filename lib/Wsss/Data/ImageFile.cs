using SkiaSharp;

namespace Wsss.Data;

/// <summary>Reads and writes image and mask files (JPEG, PNG). The only place that knows SkiaSharp's codecs.</summary>
/// <remarks>
/// Photographs come as they are shown: turned as their EXIF orientation says, as viewers and annotation tools do. There is no colour
/// management. Masks and grey maps come as they are stored.
/// Truncated files are errors. So are damaged PNG files (they carry checksums); damage inside the pixel data of a JPEG or WebP
/// cannot be told from a picture. Writing is atomic. All methods are thread-safe.
/// </remarks>
public static class ImageFile
{
    /// <summary>Quality (0…100) of <see cref="WriteJpeg"/> that keeps drawn edges clean.</summary>
    public const int DefaultJpegQuality = 95;

    /// <summary>
    /// The environment variable with the most pixels that an image may have, 100,000,000 without it: a larger one is refused by its header,
    /// before memory is taken for it.
    /// </summary>
    public const string MaxPixelsVariable = "WSSS_MAX_PIXELS";

    private const int SignatureLength = 12;

    private delegate T Decoder<T>(SKCodec codec, byte[] file);

    /// <summary>Decodes a JPEG, PNG, WebP or BMP as it is shown; transparency is dropped.</summary>
    /// <exception cref="ImageFileException">The file is missing, truncated, damaged, too large (<see cref="MaxPixelsVariable"/>), or no
    /// image.</exception>
    public static RgbImage ReadRgb(string path) => ReadRgb(ReadBytes(path), path);

    /// <summary>Reads the size in pixels as they are shown from the header, without decoding the pixels.</summary>
    /// <exception cref="ImageFileException">The file is missing, too large or no image.</exception>
    public static (int Width, int Height) ReadSize(string path) => ReadHeader(path).Shown;

    /// <summary>Reads size and orientation, without decoding the pixels.</summary>
    /// <exception cref="ImageFileException">The file is missing, too large or no image.</exception>
    internal static ImageHeader ReadHeader(string path)
    {
        try
        {
            using var stream = InputFile.Open(path, InputKind.Image);
            Span<byte> start = stackalloc byte[SignatureLength];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            if (!IsKnown(start)) throw NoImage(path);
            stream.Position = 0;
            using SKCodec codec = SKCodec.Create(stream) ?? throw NoImage(path);
            ImageLimit.Require(path, codec.Info.Width, codec.Info.Height);
            return HeaderOf(codec, () => InputFile.Open(path, InputKind.Image));
        }
        catch (InputFileException error)
        {
            throw new ImageFileException(error.Message, error);
        }
        catch (IOException error)
        {
            throw new ImageFileException($"Expected an image file that can be read: '{path}'. {error.Message}", error);
        }
    }

    /// <summary>
    /// Reads a class mask: of an indexed PNG the indices, whatever their colours; of a grey PNG of any depth its numbers; of a coloured
    /// PNG the labels of <see cref="VocPalette"/>.
    /// </summary>
    /// <exception cref="ImageFileException">
    /// The file is missing, broken or no PNG, a number is above 255, a colour is not in VOC's palette, or a coloured pixel is transparent.
    /// </exception>
    public static LabelMap ReadMask(string path) => ReadMask(ReadBytes(path), path).Mask;

    /// <summary>Reads an 8-bit grey PNG: part, objectness and saliency maps.</summary>
    /// <exception cref="ImageFileException">The file is missing or broken, or not 8-bit grey.</exception>
    public static LabelMap ReadGray(string path) => ReadGray(ReadBytes(path), path);

    /// <summary>As <see cref="ReadGray(string)"/>, from bytes that were already read; <paramref name="path"/> is for messages.</summary>
    internal static LabelMap ReadGray(byte[] file, string path)
    {
        if (!PngFormat.IsPng(file) || PngFormat.Header(file) != (8, PngFormat.Grey))
            throw new ImageFileException($"Expected an 8-bit grey PNG, found another kind of image: '{path}'. Convert it to 8-bit grey.");
        return MaskFile.Decode(file, path).Mask;
    }

    /// <summary>Writes a JPEG without chroma subsampling.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="image">The pixels.</param>
    /// <param name="quality">0…100.</param>
    public static void WriteJpeg(string path, RgbImage image, int quality = DefaultJpegQuality) =>
        Encode(
            path,
            image,
            pixmap =>
                pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore))
        );

    /// <summary>Writes an RGB PNG.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="image">The pixels.</param>
    public static void WritePng(string path, RgbImage image) =>
        Encode(path, image, pixmap => pixmap.Encode(SKPngEncoderOptions.Default));

    /// <summary>Writes a class mask as an indexed PNG with VOC's palette.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="mask">Any values 0…255.</param>
    public static void WriteMask(string path, LabelMap mask) =>
        AtomicFile.Write(path, stream => PngFormat.Write(stream, mask, VocPalette.Bytes), durable: false);

    /// <summary>Writes an 8-bit grey PNG.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="map">Any values 0…255.</param>
    public static void WriteGray(string path, LabelMap map) =>
        AtomicFile.Write(path, stream => PngFormat.Write(stream, map, []), durable: false);

    /// <summary>As <see cref="ReadMask(string)"/>, from bytes that were already read, and with what the palette says.</summary>
    internal static (LabelMap Mask, MaskPalette Palette) ReadMask(byte[] file, string path)
    {
        if (PngFormat.IsPng(file)) return MaskFile.Decode(file, path);
        return Decode<(LabelMap, MaskPalette)>(file, path, (codec, _) => throw new ImageFileException(
            $"Expected a class mask as PNG, found {codec.EncodedFormat}: '{path}'. Lossy formats change class indices."));
    }

    /// <summary>As <see cref="ReadRgb(string)"/>, from bytes that were already read; <paramref name="path"/> is for messages.</summary>
    internal static RgbImage ReadRgb(byte[] bytes, string path) => Decode(bytes, path, (codec, file) =>
    {
        byte[] rgba = Pixels(codec, path);
        byte[] rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
        var header = HeaderOf(codec, () => new MemoryStream(file));
        return new RgbImage(header.Shown.Width, header.Shown.Height, header.Turn(rgb, 3));
    });

    /// <summary>All bytes of a file; a failure is an <see cref="ImageFileException"/>.</summary>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            return InputFile.ReadBytes(path, InputKind.Image);
        }
        catch (InputFileException error)
        {
            throw new ImageFileException(error.Message, error);
        }
    }

    private static T Decode<T>(string path, Decoder<T> decode) => Decode(ReadBytes(path), path, decode);

    private static T Decode<T>(byte[] file, string path, Decoder<T> decode)
    {
        if (PngFormat.IsPng(file) && !PngFormat.IsComplete(file))
            throw Broken(path, "it ends before its end mark (truncated)");
        if (WebpFormat.IsWebp(file) && !WebpFormat.IsComplete(file))
            throw Broken(path, "it ends before the length that its header names (truncated)");
        if (!IsKnown(file))
            throw NoImage(path);
        using SKData data = SKData.CreateCopy(file);
        using SKCodec codec = SKCodec.Create(data) ?? throw NoImage(path);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        ImageLimit.Require(path, width, height);
        if (codec.EncodedFormat == SKEncodedImageFormat.Png)
            ImageLimit.RequirePng(path, width, height, PngFormat.BitsPerPixel(file), file.Length);
        if (codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
            ImageLimit.RequireJpeg(path, width, height, file.Length);
        if (codec.EncodedFormat == SKEncodedImageFormat.Webp)
            ImageLimit.RequireWebp(path, width, height, WebpFormat.IsLossless(file), file.Length);
        return decode(codec, file);
    }

    /// <summary>Whether a file begins as one of the formats that are read: Skia knows more of them, made for other purposes.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> file) => PngFormat.IsPng(file) || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith("BM"u8) || WebpFormat.IsWebp(file);

    private static ImageHeader HeaderOf(SKCodec codec, Func<Stream> open)
    {
        int orientation = (int)codec.EncodedOrigin;
        if (codec.EncodedFormat == SKEncodedImageFormat.Png)
        {
            // Skia reads it in JPEG and WebP only.
            using var png = open();
            orientation = ImageHeader.OrientationIn(PngFormat.Exif(png));
        }
        return new((codec.Info.Width, codec.Info.Height), orientation);
    }

    private static unsafe byte[] Pixels(SKCodec codec, string path)
    {
        // Without a colour space in the target, Skia leaves the stored values alone.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] pixels = new byte[info.BytesSize];
        fixed (byte* target = pixels)
        {
            SKCodecResult result = codec.GetPixels(info, (nint)target);
            if (result == SKCodecResult.IncompleteInput) throw Broken(path, "its pixels are not all there (truncated)");
            if (result != SKCodecResult.Success) throw Broken(path, $"its pixels do not decode ({result})");
        }
        return pixels;
    }

    private static unsafe void Encode(string path, RgbImage image, Func<SKPixmap, SKData?> encode)
    {
        byte[] rgba = new byte[4 * image.Width * image.Height];
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(rgba.AsSpan(to));
            rgba[to + 3] = byte.MaxValue;
        }
        fixed (byte* source = rgba)
        {
            using var pixmap = new SKPixmap(
                new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque),
                (nint)source
            );
            using SKData data =
                encode(pixmap)
                ?? throw new ImageFileException($"A {image.Width}×{image.Height} image does not fit the format of '{path}'.");
            AtomicFile.Write(path, data.SaveTo, durable: false);
        }
    }

    internal static ImageFileException NoImage(string path) =>
        new(
            $"Expected a JPEG, PNG, WebP or BMP image, found something else or only the start of one: '{path}'. Fetch or make the file "
                + "again."
        );

    internal static ImageFileException Broken(string path, string what) =>
        new($"Expected a whole image, but {what}: '{path}'. Fetch or make the file again.");
}
