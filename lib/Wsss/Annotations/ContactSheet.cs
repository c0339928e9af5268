using Wsss.Data;
using Wsss.Figures;

namespace Wsss.Annotations;

/// <summary>A photograph with its mask over it, small.</summary>
/// <param name="Caption">The text below it.</param>
/// <param name="Picture">At most <see cref="ContactSheet.Side"/> pixels long.</param>
/// <param name="Labels">The labels that occur in its mask.</param>
public sealed record SheetPicture(string Caption, RgbImage Picture, IReadOnlyList<byte> Labels);

/// <summary>Writes pictures of many masks to look at, some dozens a page.</summary>
public static class ContactSheet
{
    /// <summary>The longer side of a picture in pixels, at most.</summary>
    public const int Side = 192;

    private const int Columns = 6, PicturesPerPage = 48;

    /// <summary>A mask over its photograph, reduced.</summary>
    /// <param name="image">The mask.</param>
    /// <param name="overlay">The mask over its photograph, of its size.</param>
    public static SheetPicture Picture(AnnotatedImage image, RgbImage overlay)
    {
        double factor = Math.Min(1, (double)Side / Math.Max(overlay.Width, overlay.Height));
        int Reduced(int side) => Math.Max(1, (int)Math.Round(side * factor));
        return new SheetPicture(image.File, Resampler.Resize(overlay, Reduced(overlay.Width), Reduced(overlay.Height)), image.Labels());
    }

    /// <summary>Writes <c>sheet-001.png</c> and so on; one page is held in memory at a time.</summary>
    /// <param name="folder">The folder to fill.</param>
    /// <param name="classNames">Names of the C classes, for the legend.</param>
    /// <param name="pictures">In their order.</param>
    /// <returns>The files.</returns>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<string> classNames, IEnumerable<SheetPicture> pictures)
    {
        var files = new List<string>();
        foreach (var page in pictures.Chunk(PicturesPerPage))
        {
            files.Add(Path.Combine(folder, NameOf(files.Count)));
            var labels = page.SelectMany(picture => picture.Labels).Distinct().Order();
            new Grid
            {
                CellSide = Side,
                Rows = [.. page.Chunk(Columns).Select(Row)],
                Legend = [.. labels.Select(label => new LegendEntry(classNames[label - 1], label))],
            }.Render().Save(files[^1]);
        }
        return files;

        static GridRow Row(SheetPicture[] row) => new(null, [.. row.Select(picture => new GridCell(picture.Picture, picture.Caption))]);
    }

    /// <summary>Names of the files for so many pictures at most.</summary>
    internal static IEnumerable<string> Names(int pictures) =>
        Enumerable.Range(0, (pictures + PicturesPerPage - 1) / PicturesPerPage).Select(NameOf);

    private static string NameOf(int page) => $"sheet-{page + 1:000}.png";
}
