using System.Xml;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// CVAT's XML of a task of images, <c>annotations.xml</c> of its export "CVAT for images 1.1": an <c>image</c> for each photograph, and in
/// it tags, boxes and other shapes with a label each. Shapes are not looked at: what is in the image is.
/// </summary>
[Registered("CVAT's XML of a task of images (annotations.xml): tags and the labels of shapes", Name = "cvat", Order = 45)]
internal sealed record CvatLabels : LabelFormat
{
    /// <summary>The name that CVAT gives to its file.</summary>
    public const string FileName = "annotations.xml";

    private const string Expected = "CVAT's XML of images";

    /// <inheritdoc/>
    public override bool Fits(string path)
    {
        if (!File.Exists(path) || !EndsIn(path, ".xml"))
            return false;
        try
        {
            return AnnotationXml.Read(path, InputKind.Polygons, Expected, RootOf) == "annotations";
        }
        catch (DataSetException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var rows = AnnotationXml.Read(path, InputKind.Polygons, Expected, xml => Rows(xml, path));
        return rows.Count > 0
            ? LabelTable.Of(path, rows, classNames)
            : throw new DataSetException($"{path}: expected an image for each photograph, found none. Export the task as images.");
    }

    private static string RootOf(AnnotationXml xml)
    {
        while (xml.Next())
            if (xml.Reader.NodeType == XmlNodeType.Element) return xml.Reader.LocalName;
        return "";
    }

    private static List<NamedRow> Rows(AnnotationXml xml, string path)
    {
        var (reader, rows, labels) = (xml.Reader, new List<NamedRow>(), new List<string>());
        while (xml.Next())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.Depth == 1)
                labels = [];
            if (reader is { Depth: 1, LocalName: "image" })
            {
                string where = $"{path}, image {rows.Count + 1}";
                string name = reader.GetAttribute("name")?.Trim() is { Length: > 0 } given
                    ? given
                    : throw new DataSetException($"{where}: expected the name of a photograph, found none.");
                SplitKind? split = SplitWords.TryRead(reader.GetAttribute("subset") ?? "", out var word) ? word : null;
                rows.Add(new NamedRow(name, labels, split, where));
            }
            else if (reader.Depth == 2 && reader.GetAttribute("label")?.Trim() is { Length: > 0 } label)
                labels.Add(label);
        }
        return rows;
    }
}
