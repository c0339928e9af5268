using System.Text.Json;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// COCO's instances JSON: images, annotations and categories. Labels are the categories of an image's annotations, in the order of the
/// categories' ids; polygons and run lengths are masks, painted from large to small, where a crowd is 255.
/// </summary>
[Registered("COCO's instances JSON: labels and masks of its annotations", Name = "coco", Order = 10)]
public sealed record CocoLabels : LabelFormat
{
    /// <inheritdoc/>
    public override bool Fits(string path)
    {
        if (!File.Exists(path) || !EndsIn(path, ".json")) return false;
        // Large files: the three lists are looked for without a tree of the whole.
        try
        {
            using var stream = File.OpenRead(path);
            return JsonScan.TopLevelNames(stream).IsSupersetOf(["images", "annotations", "categories"]);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        CocoFile file;
        try
        {
            using var stream = File.OpenRead(path);
            file = JsonSerializer.Deserialize<CocoFile>(stream, Options) ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new DataSetException($"{path}: expected COCO's images, annotations and categories; {error.Message}", error);
        }
        var categories = file.Categories.OrderBy(category => category.Id).ToArray();
        var nameOf = categories.ToDictionary(category => category.Id, category => category.Name);
        List<string> names = classNames is not null ? [.. classNames] : [.. categories.Select(category => category.Name).Where(name => !ClassList.IsBackground(name))];
        var annotations = file.Annotations.ToLookup(annotation => annotation.ImageId);
        var known = file.Images.Select(image => image.Id).ToHashSet();
        if (file.Annotations.FirstOrDefault(annotation => !known.Contains(annotation.ImageId)) is { } lost)
            throw new DataSetException($"{path}: expected annotations of its images, found one of image {lost.ImageId}, which is none of its {known.Count}.");
        if (file.Annotations.FirstOrDefault(annotation => !nameOf.ContainsKey(annotation.CategoryId)) is { } odd)
            throw new DataSetException($"{path}: expected annotations of its categories, found category {odd.CategoryId}, which is none of its {nameOf.Count}.");

        var rows = file.Images.Select(image => new NamedRow(
            image.FileName, [.. annotations[image.Id].Select(annotation => nameOf[annotation.CategoryId]).Distinct()], null, $"{path}, image {image.Id}")).ToArray();
        var table = LabelTable.Of(path, rows, names);
        var imageOf = file.Images.ToDictionary(image => image.FileName);
        var labelOf = categories.ToDictionary(category => category.Id, category => (byte)(names.IndexOf(category.Name) + 1));
        return table with { Rows = [.. table.Rows.Select(row => Masked(row, imageOf[row.Image]))] };

        LabelRow Masked(LabelRow row, CocoImage image)
        {
            CocoAnnotation[] own = [.. annotations[image.Id]];
            // Boxes alone are no mask.
            bool drawn = image is { Width: > 0, Height: > 0 } && own.All(HasShape);
            return drawn ? row with { Mask = () => Draw(own, labelOf, image, row.Where) } : row;
        }
    }

    private static bool HasShape(CocoAnnotation annotation) => annotation.Segmentation is { } shape
        && (shape.ValueKind == JsonValueKind.Object || (shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() > 0));

    /// <summary>Objects are painted from large to small, so that a small one in front stays; a crowd is not counted.</summary>
    private static LabelMap Draw(CocoAnnotation[] annotations, IReadOnlyDictionary<long, byte> labelOf, CocoImage image, string where)
    {
        var mask = new byte[image.Width * image.Height];
        try
        {
            var shapes = annotations.Select(annotation => (annotation, Shape: CocoMask.Read(annotation.Segmentation!.Value, image.Width, image.Height)));
            foreach (var (annotation, shape) in shapes.OrderByDescending(item => item.Shape.Values.Count(value => value != 0)))
            {
                byte label = annotation.Iscrowd != 0 ? LabelMap.Ignore : labelOf[annotation.CategoryId];
                for (int i = 0; i < mask.Length; i++) if (shape.Values[i] != 0) mask[i] = label;
            }
        }
        catch (AnnotationException error)
        {
            throw new DataSetException($"{where}: {error.Message}", error);
        }
        return new LabelMap(image.Width, image.Height, mask);
    }

    private static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
    };
}

/// <summary>What is read of COCO's file.</summary>
internal sealed record CocoFile(IReadOnlyList<CocoImage> Images, IReadOnlyList<CocoAnnotation> Annotations, IReadOnlyList<CocoCategory> Categories);

/// <summary>An image of COCO's file.</summary>
internal sealed record CocoImage(long Id, string FileName, int Width = 0, int Height = 0);

/// <summary>A category of COCO's file.</summary>
internal sealed record CocoCategory(long Id, string Name);

/// <summary>An object of COCO's file; its segmentation is polygons [[x, y, …]] or run lengths {counts, size}.</summary>
internal sealed record CocoAnnotation(long ImageId, long CategoryId, JsonElement? Segmentation = null, int Iscrowd = 0, double Area = 0);
