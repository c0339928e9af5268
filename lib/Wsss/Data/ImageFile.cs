using SkiaSharp;

namespace Wsss.Data;

/// <summary>Reads and writes image and mask files (JPEG, PNG). The only place that knows SkiaSharp's codecs.</summary>
/// <remarks>
/// Pixels come as they are stored: no colour management and no EXIF rotation, so that they lie under their masks.
/// Truncated files are errors. So are damaged PNG files (they carry checksums); damage inside the pixel data of a JPEG
/// cannot be told from a picture. Writing is atomic. All methods are thread-safe.
/// </remarks>
public static class ImageFile
{
    /// <summary>Quality (0…100) of <see cref="WriteJpeg"/> that keeps drawn edges clean.</summary>
    public const int DefaultJpegQuality = 95;

    private delegate T Decoder<T>(SKCodec codec, byte[] file);

    /// <summary>Decodes a JPEG or PNG; transparency is dropped.</summary>
    /// <exception cref="ImageFileException">The file is missing, truncated, damaged or no image.</exception>
    public static RgbImage ReadRgb(string path) => ReadRgb(ReadBytes(path), path);

    /// <summary>Reads the size in pixels from the header, without decoding the pixels.</summary>
    /// <exception cref="ImageFileException">The file is missing or no image.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using SKCodec codec = SKCodec.Create(stream) ?? throw NoImage(path);
            return (codec.Info.Width, codec.Info.Height);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(path, error);
        }
    }

    /// <summary>Reads a class mask: a coloured PNG through <see cref="VocPalette"/>, an 8-bit grey PNG as it is.</summary>
    /// <exception cref="ImageFileException">The file is missing or broken, or a colour is not in VOC's palette.</exception>
    public static LabelMap ReadMask(string path) => Decode(path, (codec, file) => DecodeMask(codec, file, path));

    /// <summary>Reads an 8-bit grey PNG: part, objectness and saliency maps.</summary>
    /// <exception cref="ImageFileException">The file is missing or broken, or not 8-bit grey.</exception>
    public static LabelMap ReadGray(string path) => Decode(path, (codec, file) =>
    {
        if (!PngFormat.IsPng(file) || PngFormat.Header(file) != (8, PngFormat.Grey))
            throw new ImageFileException($"Expected an 8-bit grey PNG, found another kind of image: '{path}'. Convert it to 8-bit grey.");
        return DecodeGray(codec, path);
    });

    /// <summary>Writes a JPEG without chroma subsampling.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="image">The pixels.</param>
    /// <param name="quality">0…100.</param>
    public static void WriteJpeg(string path, RgbImage image, int quality = DefaultJpegQuality) =>
        Encode(path, image, pixmap => pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore)));

    /// <summary>Writes an RGB PNG.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="image">The pixels.</param>
    public static void WritePng(string path, RgbImage image) =>
        Encode(path, image, pixmap => pixmap.Encode(SKPngEncoderOptions.Default));

    /// <summary>Writes a class mask as an indexed PNG with VOC's palette.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="mask">Any values 0…255.</param>
    public static void WriteMask(string path, LabelMap mask) =>
        AtomicFile.Write(path, stream => PngFormat.Write(stream, mask, VocPalette.Bytes));

    /// <summary>Writes an 8-bit grey PNG.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="map">Any values 0…255.</param>
    public static void WriteGray(string path, LabelMap map) =>
        AtomicFile.Write(path, stream => PngFormat.Write(stream, map, []));

    /// <summary>As <see cref="ReadRgb(string)"/>, from bytes that were already read; <paramref name="path"/> is for messages.</summary>
    internal static RgbImage ReadRgb(byte[] file, string path) => Decode(file, path, (codec, _) =>
    {
        byte[] rgba = Pixels(codec, SKColorType.Rgba8888, path);
        byte[] rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
        return new RgbImage(codec.Info.Width, codec.Info.Height, rgb);
    });

    /// <summary>As <see cref="ReadMask(string)"/>, from bytes that were already read; <paramref name="path"/> is for messages.</summary>
    internal static LabelMap ReadMask(byte[] file, string path) => Decode(file, path, (codec, bytes) => DecodeMask(codec, bytes, path));

    /// <summary>All bytes of a file; a failure is an <see cref="ImageFileException"/>.</summary>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(path, error);
        }
    }

    private static T Decode<T>(string path, Decoder<T> decode) => Decode(ReadBytes(path), path, decode);

    private static T Decode<T>(byte[] file, string path, Decoder<T> decode)
    {
        if (PngFormat.IsPng(file) && !PngFormat.IsComplete(file))
            throw Broken(path, "it ends before its end mark (truncated)");
        using SKData data = SKData.CreateCopy(file);
        using SKCodec codec = SKCodec.Create(data) ?? throw NoImage(path);
        return decode(codec, file);
    }

    private static LabelMap DecodeMask(SKCodec codec, byte[] file, string path)
    {
        if (!PngFormat.IsPng(file))
            throw new ImageFileException($"Expected a class mask as PNG, found {codec.EncodedFormat}: '{path}'. Lossy formats change class indices.");
        (byte bitDepth, byte colorType) = PngFormat.Header(file);
        if (colorType == PngFormat.Grey)
        {
            return bitDepth == 8 ? DecodeGray(codec, path)
                : throw new ImageFileException($"Expected a grey class mask with 8 bits per pixel, found {bitDepth}: '{path}'. Convert it to 8-bit grey.");
        }
        byte[] rgba = Pixels(codec, SKColorType.Rgba8888, path);
        byte[] values = new byte[rgba.Length / 4];
        byte index = 0;
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> pixel = rgba.AsSpan(4 * i, 4);
            // Neighbours are mostly equal: look a colour up only where it changes.
            bool same = i > 0 && pixel.SequenceEqual(rgba.AsSpan(4 * i - 4, 4));
            if (!same && !VocPalette.TryIndex(pixel[0], pixel[1], pixel[2], out index))
            {
                int width = codec.Info.Width;
                throw new ImageFileException(
                    $"Expected a colour of VOC's palette, found ({pixel[0]}, {pixel[1]}, {pixel[2]}) at x = {i % width}, y = {i / width}: '{path}'. " +
                    "Save the mask as indexed PNG with VOC's palette, or as 8-bit grey with class indices.");
            }
            values[i] = index;
        }
        return new LabelMap(codec.Info.Width, codec.Info.Height, values);
    }

    private static LabelMap DecodeGray(SKCodec codec, string path) =>
        new(codec.Info.Width, codec.Info.Height, Pixels(codec, SKColorType.Gray8, path));

    private static unsafe byte[] Pixels(SKCodec codec, SKColorType colorType, string path)
    {
        // Without a colour space in the target, Skia leaves the stored values alone.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, colorType, colorType == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        if (info.BytesSize64 > Array.MaxLength)
            throw Broken(path, $"its header asks for {info.Width}×{info.Height} pixels, more than memory allows");
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
            using var pixmap = new SKPixmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)source);
            using SKData data = encode(pixmap) ?? throw new ImageFileException($"A {image.Width}×{image.Height} image does not fit the format of '{path}'.");
            AtomicFile.Write(path, data.SaveTo);
        }
    }

    private static ImageFileException CannotOpen(string path, Exception cause) =>
        new($"Expected an image file that can be read: '{path}'. {cause.Message}", cause);

    private static ImageFileException NoImage(string path) =>
        new($"Expected a JPEG or PNG image, found something else or only the start of one: '{path}'. Fetch or make the file again.");

    private static ImageFileException Broken(string path, string what) =>
        new($"Expected a whole image, but {what}: '{path}'. Fetch or make the file again.");
}
