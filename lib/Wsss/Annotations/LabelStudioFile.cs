using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml.Linq;

namespace Wsss.Annotations;

/// <summary>
/// Writes masks as tasks that Label Studio imports, each with a prediction of one brush mask for each class (labelstud.io, "Import
/// pre-annotated data" and the tag BrushLabels).
/// </summary>
public static class LabelStudioFile
{
    /// <summary>How Label Studio addresses files of a folder that it may read (LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT).</summary>
    public const string LocalFiles = "/data/local-files/?d=";

    private const string ImageTag = "image", BrushTag = "label";

    /// <summary>Writes the tasks, atomically; the images are read one after the other.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="images">In the order of the tasks.</param>
    /// <param name="model">What made the masks, as <c>model_version</c>.</param>
    /// <param name="address">What stands before a photograph's file to make its address.</param>
    /// <exception cref="AnnotationException">A mask has a label outside the classes.</exception>
    public static void Write(
        string path, IReadOnlyList<string> classNames, IEnumerable<AnnotatedImage> images, string model, string address = LocalFiles) =>
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            json.WriteStartArray();
            foreach (var image in images)
            {
                json.WriteStartObject();
                json.WriteStartObject("data");
                json.WriteString(ImageTag, address + string.Join('/', image.File.Split('/').Select(Uri.EscapeDataString)));
                json.WriteEndObject();
                json.WriteStartArray("predictions");
                json.WriteStartObject();
                json.WriteString("model_version", model);
                json.WriteStartArray("result");
                foreach (byte label in image.Labels()) WriteBrush(json, image, label, image.NameOf(classNames, label));
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                json.Flush();
            }
            json.WriteEndArray();
        });

    /// <summary>Writes the labelling interface that the tasks need, for the project's settings.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="classNames">Names of the C classes.</param>
    public static void WriteInterface(string path, IReadOnlyList<string> classNames) => AtomicFile.WriteText(path, new XElement("View",
        new XElement("Image", new XAttribute("name", ImageTag), new XAttribute("value", "$" + ImageTag)),
        new XElement("BrushLabels", new XAttribute("name", BrushTag), new XAttribute("toName", ImageTag),
            classNames.Select(name => new XElement("Label", new XAttribute("value", XmlText.Allowed(name)))))).ToString() + "\n");

    private static void WriteBrush(Utf8JsonWriter json, AnnotatedImage image, byte label, string name)
    {
        json.WriteStartObject();
        json.WriteString("id", $"label-{label}");
        json.WriteString("type", "brushlabels");
        json.WriteString("from_name", BrushTag);
        json.WriteString("to_name", ImageTag);
        json.WriteNumber("original_width", image.Mask.Width);
        json.WriteNumber("original_height", image.Mask.Height);
        json.WriteNumber("image_rotation", 0);
        json.WriteStartObject("value");
        json.WriteString("format", "rle");
        json.WriteStartArray("rle");
        foreach (byte part in LabelStudioRle.Encode(image.Mask, label)) json.WriteNumberValue(part);
        json.WriteEndArray();
        json.WriteStartArray("brushlabels");
        json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
