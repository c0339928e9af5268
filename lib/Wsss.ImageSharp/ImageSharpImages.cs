using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using Wsss.Data;
using Wsss.Figures;

namespace Wsss.ImageSharp;

/// <summary>
/// Images of this library as those of SixLabors.ImageSharp, and back. Pixels are copied; each side owns its own. No file is read here: the
/// library's <see cref="ImageFile"/> reads those of strangers, within bounds.
/// </summary>
public static class ImageSharpImages
{
    /// <summary>The pixels of an image as they lie: what its metadata say of orientation is not followed.</summary>
    /// <param name="image">
    /// 8-bit RGB; <c>CloneAs&lt;Rgb24&gt;()</c> makes it of other formats, <c>Mutate(x => x.AutoOrient())</c> turns it upright.
    /// </param>
    public static RgbImage ToRgbImage(this Image<Rgb24> image)
    {
        var pixels = new byte[checked(3 * image.Width * image.Height)];
        image.CopyPixelDataTo(pixels);
        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>An image of ImageSharp with the same pixels, which the caller disposes.</summary>
    /// <param name="image">The image.</param>
    public static Image<Rgb24> ToImageSharp(this RgbImage image) => Image.LoadPixelData<Rgb24>(image.Pixels, image.Width, image.Height);

    /// <summary>A mask or grey image, value by value.</summary>
    /// <param name="image">
    /// 8-bit grey, whose values are the classes. ImageSharp reads indexed PNG files, as VOC's masks are, as colours: read those with
    /// <see cref="ImageFile.ReadMask"/>.
    /// </param>
    public static LabelMap ToLabelMap(this Image<L8> image)
    {
        var values = new byte[checked(image.Width * image.Height)];
        image.CopyPixelDataTo(values);
        return new LabelMap(image.Width, image.Height, values);
    }

    /// <summary>A grey image of ImageSharp with the same values, which the caller disposes.</summary>
    /// <param name="map">A mask, a part mask or a saliency map.</param>
    public static Image<L8> ToImageSharp(this LabelMap map) => Image.LoadPixelData<L8>(map.Values, map.Width, map.Height);

    /// <summary>A mask over its image in its classes' colours, as <see cref="Overlay.Mask(RgbImage, LabelMap)"/> draws it.</summary>
    /// <param name="image">The image; it stays as it is.</param>
    /// <param name="mask">Its mask, of the same size.</param>
    /// <returns>A new image, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static Image<Rgb24> WithMask(this Image<Rgb24> image, LabelMap mask) => Overlay.Mask(image.ToRgbImage(), mask).ToImageSharp();

    /// <summary>A map over its image, as <see cref="Overlay.Heat(RgbImage, LocalizationMaps, int)"/> draws it.</summary>
    /// <param name="image">The image; it stays as it is.</param>
    /// <param name="maps">Its maps, 0…1, of the same size.</param>
    /// <param name="k">Which of <see cref="LocalizationMaps.Classes"/>.</param>
    /// <returns>A new image, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static Image<Rgb24> WithHeat(this Image<Rgb24> image, LocalizationMaps maps, int k) =>
        Overlay.Heat(image.ToRgbImage(), maps, k).ToImageSharp();
}
