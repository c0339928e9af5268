using System.Text;
using System.Xml;

namespace Wsss.Data;

/// <summary>
/// What an annotation file of an image says: <c>annotation</c> with an <c>object</c> for each object and its <c>name</c>.
/// </summary>
/// <param name="Names">Class names of the objects, in their order; empty for an object without name.</param>
/// <param name="Root">Local name of the outermost element.</param>
internal sealed record VocAnnotation(IReadOnlyList<string> Names, string Root)
{
    /// <summary>
    /// Reads the objects wherever they are and in whichever namespace; names of parts (VOC's layout task) are not among them. Document type
    /// definitions are passed over, nothing is fetched.
    /// </summary>
    /// <exception cref="DataSetException">It is no valid XML, nested too deeply or too long, or cannot be read.</exception>
    public static VocAnnotation Read(string path) =>
        AnnotationXml.Read(path, InputKind.Annotation, "a VOC annotation", Read);

    private static VocAnnotation Read(AnnotationXml xml)
    {
        var reader = xml.Reader;
        var names = new List<string>();
        string root = "";
        int inside = -1;
        StringBuilder? name = null;
        string? found = null;
        while (xml.Next())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (root.Length == 0)
                        root = reader.LocalName;
                    if (inside < 0 && Is(reader, "object"))
                    {
                        if (reader.IsEmptyElement)
                            names.Add("");
                        else
                            (inside, found) = (reader.Depth, null);
                    }
                    else if (reader.Depth == inside + 1 && inside >= 0 && found is null && Is(reader, "name"))
                        name = reader.IsEmptyElement ? null : new StringBuilder();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    name?.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    if (name is not null && reader.Depth == inside + 1)
                        (found, name) = (name.ToString().Trim(), null);
                    if (reader.Depth != inside)
                        break;
                    names.Add(found ?? "");
                    inside = -1;
                    break;
                default:
                    break;
            }
        }
        return new VocAnnotation(names, root);
    }

    private static bool Is(XmlReader reader, string name) => reader.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase);
}
