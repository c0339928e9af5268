using System.Globalization;
using System.Text;

namespace Wsss.Annotations;

/// <summary>
/// Writes how much of each image each class covers, as CSV (RFC 4180): image, class, pixels, share of the image in 0…1. Images without
/// any class have a row of the background alone. A name that a spreadsheet would compute gets an apostrophe before it.
/// </summary>
public static class AreaTable
{
    private const string Background = "background";

    /// <summary>Writes the file, atomically; the images are read one after the other.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="images">In the order of the rows.</param>
    /// <exception cref="AnnotationException">A mask has a label outside the classes.</exception>
    public static void Write(string path, IReadOnlyList<string> classNames, IEnumerable<AnnotatedImage> images) =>
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            text.WriteLine("image,class,pixels,share");
            foreach (var image in images)
            {
                var labels = image.Labels();
                if (labels.Count == 0) WriteRow(text, image, Background, image.Mask.Values.Length);
                foreach (byte label in labels)
                    WriteRow(text, image, image.NameOf(classNames, label), image.Mask.Values.Count(value => value == label));
            }
        });

    private static void WriteRow(StreamWriter text, AnnotatedImage image, string name, int pixels)
    {
        double share = (double)pixels / image.Mask.Values.Length;
        text.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{CsvCell.Of(image.File)},{CsvCell.Of(name)},{pixels},{share:0.######}")
        );
    }
}
