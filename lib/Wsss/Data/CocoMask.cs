using System.Text.Json;

namespace Wsss.Data;

/// <summary>Reads the <c>segmentation</c> of a COCO annotation, in any of its forms.</summary>
internal static class CocoMask
{
    /// <summary>The mask of a <c>segmentation</c>.</summary>
    /// <param name="segmentation">
    /// A list of polygons, or <c>{"size": [height, width], "counts": …}</c> with run lengths as numbers or in compressed form.
    /// </param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    /// <returns>1 inside, 0 outside.</returns>
    /// <exception cref="AnnotationException">It has none of these forms, another size, or numbers that cannot be.</exception>
    public static LabelMap Read(JsonElement segmentation, int width, int height)
    {
        if (segmentation.ValueKind == JsonValueKind.Array)
            return CocoPolygon.Fill([.. segmentation.EnumerateArray().Select(Numbers)], width, height);
        if (segmentation.ValueKind != JsonValueKind.Object || !segmentation.TryGetProperty("counts", out var counts))
            throw new AnnotationException($"Expected a list of polygons or run lengths under 'counts', found {Shown(segmentation)}.");
        if (segmentation.TryGetProperty("size", out var size) && Numbers(size) is var found && !found.SequenceEqual([height, width]))
        {
            throw new AnnotationException(
                $"Expected run lengths of the image's size [{height}, {width}], found [{string.Join(", ", found)}].");
        }
        return counts.ValueKind == JsonValueKind.String
            ? CocoRle.Decode(Text(counts), width, height)
            : CocoRle.Decode([.. Numbers(counts).Select(Whole)], width, height);
    }

    private static string Text(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        // What System.Text.Json raises for text that is not valid Unicode.
        catch (InvalidOperationException error)
        {
            throw new AnnotationException($"Expected run lengths as text, found {Shown(text)}.", error);
        }
    }

    private static IReadOnlyList<double> Numbers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new AnnotationException($"Expected a list of numbers, found {Shown(list)}.");
        return [.. list.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number) ? number
                : throw new AnnotationException($"Expected numbers only, found {Shown(item)}."))];
    }

    private static int Whole(double number) => number is >= 0 and <= int.MaxValue && number == Math.Floor(number) ? (int)number
        : throw new AnnotationException($"Expected run lengths that are whole numbers of 0…{int.MaxValue}, found {number}.");

    private static string Shown(JsonElement value)
    {
        const int Most = 40;
        string text = value.GetRawText();
        return text.Length <= Most ? text : text[..Most] + "…";
    }
}
