using System.Globalization;

namespace Wsss.Data;

/// <summary>
/// How large an image may be, which is asked before any memory is taken for its pixels: a few bytes can ask for more than any machine has.
/// </summary>
internal static class ImageLimit
{
    /// <summary>Pixels of the largest image that is read unless <see cref="ImageFile.MaxPixelsVariable"/> says otherwise.</summary>
    public const long Default = 100_000_000;

    // Four bytes per pixel are one array.
    private static readonly long Largest = Array.MaxLength / 4;

    // Deflate makes at most 1,032 bytes of one.
    private const int MostExpansion = 1032;

    // JPEG takes at least a bit for each block of 8×8 pixels; twice as many are allowed for.
    private const int MostJpegPixels = 1024;

    // Lossy WebP takes at least 3.4 bits for the modes of a block of 16×16 pixels (RFC 6386, section 11), so 602 pixels are a byte.
    private const int MostLossyWebpPixels = 1024;

    // Lossless WebP may take no bit at all for an area of one colour. So many pixels of it are read, and more where bytes tell of them.
    private const int PlainWebpPixels = 1 << 24, MostLosslessWebpPixels = 4096;

    /// <summary>The limit of a text; <see cref="Default"/> for none.</summary>
    /// <exception cref="WsssException">It is no number of pixels.</exception>
    public static long Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Default;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long pixels) && pixels >= 1 && pixels <= Largest
            ? pixels
            : throw new WsssException(
                $"Expected a number of pixels of 1…{Largest} in {ImageFile.MaxPixelsVariable}, found '{text}'. Give one, or none for "
                    + $"{Default}."
            );
    }

    /// <summary>Refuses an image of too many pixels.</summary>
    /// <exception cref="ImageFileException">It has more.</exception>
    public static void Require(string path, long width, long height)
    {
        long most = Of(Environment.GetEnvironmentVariable(ImageFile.MaxPixelsVariable));
        if (width >= 1 && height >= 1 && height <= most / width) return;
        throw new ImageFileException(
            $"Expected an image of at most {most} pixels, found {width}×{height} in its header: '{path}'. " +
            $"Make it smaller, or allow more in the environment variable {ImageFile.MaxPixelsVariable}.")
        {
            Remedy = Remedy.AllowLargeImages,
        };
    }

    /// <summary>Refuses a PNG that has too few bytes for its pixels.</summary>
    /// <exception cref="ImageFileException">Its header asks for more than its bytes can hold.</exception>
    public static void RequirePng(string path, long width, long height, int bitsPerPixel, long bytes) =>
        RequireHeld(path, width, height, (width * bitsPerPixel + 7) / 8 * height <= MostExpansion * (bytes + 1));

    /// <summary>Refuses a JPEG that has too few bytes for its pixels.</summary>
    /// <inheritdoc cref="RequirePng"/>
    public static void RequireJpeg(string path, long width, long height, long bytes) =>
        RequireHeld(path, width, height, width * height <= MostJpegPixels * bytes);

    /// <summary>Refuses a WebP that has too few bytes for its pixels.</summary>
    /// <inheritdoc cref="RequirePng"/>
    public static void RequireWebp(string path, long width, long height, bool isLossless, long bytes) =>
        RequireHeld(path, width, height, width * height
            <= (isLossless ? Math.Max(PlainWebpPixels, MostLosslessWebpPixels * bytes) : MostLossyWebpPixels * bytes));

    private static void RequireHeld(string path, long width, long height, bool held)
    {
        if (!held) throw ImageFile.Broken(path, $"its header asks for {width}×{height} pixels, more than its data hold");
    }
}
