using System.Text.Encodings.Web;
using System.Text.Json;
using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>How a COCO file says which pixels are meant.</summary>
public enum CocoForm
{
    /// <summary>Compressed run lengths (<see cref="CocoRle.Compress"/>): exact and small.</summary>
    Rle,

    /// <summary>Run lengths as numbers: exact, for programs without COCO's toolbox.</summary>
    Counts,

    /// <summary>
    /// Polygons along the sides of pixels, one for each region, a hole joined by a cut: exact with COCO's toolbox and
    /// <see cref="CocoPolygon"/>; programs that fill otherwise may differ at the edge.
    /// </summary>
    Polygons,
}

/// <summary>
/// Writes masks as COCO's object annotations (cocodataset.org, "data format"): one annotation for each class of an image, with its
/// area in pixels and its box; category c + 1 is class c.
/// </summary>
public static class CocoFile
{
    /// <summary>Writes the file, atomically; the images are read one after the other.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="images">Numbered from 1 in their order.</param>
    /// <param name="form">How pixels are said.</param>
    /// <exception cref="AnnotationException">A mask has a label outside the classes.</exception>
    public static void Write(string path, IReadOnlyList<string> classNames, IEnumerable<AnnotatedImage> images, CocoForm form) =>
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            var names = new List<(string File, int Width, int Height)>();
            json.WriteStartObject();
            json.WriteStartObject("info");
            json.WriteString("description", "predicted masks, one annotation for each class of an image");
            json.WriteEndObject();
            WriteCategories(json, classNames);
            int annotation = 0;
            json.WriteStartArray("annotations");
            foreach (var image in images)
            {
                names.Add((image.File, image.Mask.Width, image.Mask.Height));
                foreach (byte label in image.Labels())
                {
                    _ = image.NameOf(classNames, label);
                    WriteAnnotation(json, ++annotation, names.Count, image, label, form);
                    // Run lengths of a large folder do not fit into memory.
                    json.Flush();
                }
            }
            json.WriteEndArray();
            WriteImages(json, names);
            json.WriteEndObject();
        });

    private static void WriteCategories(Utf8JsonWriter json, IReadOnlyList<string> classNames)
    {
        json.WriteStartArray("categories");
        for (int c = 0; c < classNames.Count; c++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", c + 1);
            json.WriteString("name", classNames[c]);
            json.WriteString("supercategory", "");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteImages(Utf8JsonWriter json, IReadOnlyList<(string File, int Width, int Height)> names)
    {
        json.WriteStartArray("images");
        for (int i = 0; i < names.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", i + 1);
            json.WriteString("file_name", names[i].File);
            json.WriteNumber("width", names[i].Width);
            json.WriteNumber("height", names[i].Height);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteAnnotation(Utf8JsonWriter json, int id, int image, AnnotatedImage annotated, byte label, CocoForm form)
    {
        var region = MaskRegion.Of(annotated.Mask, label);
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", image);
        json.WriteNumber("category_id", label);
        json.WritePropertyName("segmentation");
        if (form == CocoForm.Polygons) WritePolygons(json, annotated, label);
        else WriteRuns(json, annotated, label, form);
        json.WriteNumber("area", region.Area);
        WriteNumbers(json, "bbox", [region.Left, region.Top, region.Width, region.Height]);
        json.WriteNumber("iscrowd", 0);
        json.WriteEndObject();
    }

    private static void WritePolygons(Utf8JsonWriter json, AnnotatedImage image, byte label)
    {
        json.WriteStartArray();
        foreach (int[] polygon in Contours.Polygons(image.Mask, label)) WriteNumbers(json, null, polygon);
        json.WriteEndArray();
    }

    private static void WriteRuns(Utf8JsonWriter json, AnnotatedImage image, byte label, CocoForm form)
    {
        int[] counts = CocoRle.Encode(image.Mask, label);
        json.WriteStartObject();
        WriteNumbers(json, "size", [image.Mask.Height, image.Mask.Width]);
        if (form == CocoForm.Rle) json.WriteString("counts", CocoRle.Compress(counts));
        else WriteNumbers(json, "counts", counts);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string? name, ReadOnlySpan<int> numbers)
    {
        if (name is null) json.WriteStartArray();
        else json.WriteStartArray(name);
        foreach (int number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
