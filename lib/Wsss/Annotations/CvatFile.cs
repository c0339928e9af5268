using System.Globalization;
using System.Xml;
using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>
/// Writes masks as CVAT reads them for a task of images (docs.cvat.ai, "XML annotation format", version 1.1): one <c>mask</c> for each
/// class of an image, with its box and, row by row within it, the lengths of runs outside and inside in turn, the first one outside.
/// </summary>
public static class CvatFile
{
    /// <summary>Writes the file, atomically; the images are read one after the other.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="classNames">Names of the C classes; the task in CVAT needs labels of these names.</param>
    /// <param name="images">CVAT knows them by the names of their files.</param>
    /// <exception cref="AnnotationException">A mask has a label outside the classes.</exception>
    public static void Write(string path, IReadOnlyList<string> classNames, IEnumerable<AnnotatedImage> images) =>
        AtomicFile.Write(path, stream =>
        {
            using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n", CloseOutput = false });
            xml.WriteStartDocument();
            xml.WriteStartElement("annotations");
            xml.WriteElementString("version", "1.1");
            WriteTask(xml, classNames);
            int number = 0;
            foreach (var image in images)
            {
                xml.WriteStartElement("image");
                xml.WriteAttributeString("id", Text(number++));
                xml.WriteAttributeString("name", XmlText.Allowed(image.File));
                xml.WriteAttributeString("width", Text(image.Mask.Width));
                xml.WriteAttributeString("height", Text(image.Mask.Height));
                foreach (byte label in image.Labels()) WriteMask(xml, image, label, image.NameOf(classNames, label));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        });

    /// <summary>The runs of a label within a box, row by row, the first one outside.</summary>
    internal static IReadOnlyList<int> Runs(LabelMap mask, byte label, MaskRegion box)
    {
        var runs = new List<int>();
        bool inside = false;
        int run = 0;
        for (int y = box.Top; y < box.Top + box.Height; y++)
        {
            for (int x = box.Left; x < box.Left + box.Width; x++)
            {
                if (mask.Values[y * mask.Width + x] == label != inside)
                {
                    runs.Add(run);
                    (run, inside) = (0, !inside);
                }
                run++;
            }
        }
        runs.Add(run);
        return runs;
    }

    private static void WriteTask(XmlWriter xml, IReadOnlyList<string> classNames)
    {
        xml.WriteStartElement("meta");
        xml.WriteStartElement("task");
        xml.WriteElementString("name", "predicted masks");
        xml.WriteElementString("mode", "annotation");
        xml.WriteStartElement("labels");
        foreach (string name in classNames)
        {
            xml.WriteStartElement("label");
            xml.WriteElementString("name", XmlText.Allowed(name));
            xml.WriteElementString("type", "any");
            xml.WriteStartElement("attributes");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteMask(XmlWriter xml, AnnotatedImage image, byte label, string name)
    {
        var box = MaskRegion.Of(image.Mask, label);
        xml.WriteStartElement("mask");
        xml.WriteAttributeString("label", XmlText.Allowed(name));
        xml.WriteAttributeString("source", "auto");
        xml.WriteAttributeString("occluded", "0");
        xml.WriteAttributeString("rle", string.Join(", ", Runs(image.Mask, label, box)));
        xml.WriteAttributeString("left", Text(box.Left));
        xml.WriteAttributeString("top", Text(box.Top));
        xml.WriteAttributeString("width", Text(box.Width));
        xml.WriteAttributeString("height", Text(box.Height));
        xml.WriteAttributeString("z_order", "0");
        xml.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
