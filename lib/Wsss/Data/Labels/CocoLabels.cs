using System.Text.Json;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// COCO's instances JSON: images, annotations and categories. Labels are the categories of an image's annotations, in the order of the
/// categories' ids; polygons and run lengths are masks, painted from large to small, where a crowd is 255.
/// </summary>
[Registered("COCO's instances JSON: labels and masks of its annotations", Name = "coco", Order = 10)]
internal sealed record CocoLabels : LabelFormat
{
    /// <inheritdoc/>
    public override bool Fits(string path)
    {
        if (!File.Exists(path) || !EndsIn(path, ".json")) return false;
        // Large files: two of the three lists tell enough, and the objects, nearly all of the file, usually follow the second's name.
        try
        {
            using var stream = InputFile.Open(path, InputKind.Polygons);
            return JsonScan.HasTopLevelNames(stream, "images", "annotations");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or InputFileException)
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
            using var stream = InputFile.Open(path, InputKind.Polygons);
            file = JsonSerializer.Deserialize<CocoFile>(stream, Options) ?? throw new JsonException("it holds null");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DataSetException($"{path}: expected COCO's images, annotations and categories; {error.Message}", error);
        }
        RequireWhole(file, path);
        var categories = file.Categories.OrderBy(category => category.Id).ToArray();
        var nameOf = categories.ToDictionary(category => category.Id, category => category.Name);
        IReadOnlyList<string> names =
            classNames ?? [.. categories.Select(category => category.Name).Where(name => !LabelTable.IsNoClass(name))];
        var annotations = file.Annotations.ToLookup(annotation => annotation.ImageId);
        var known = file.Images.Select(image => image.Id).ToHashSet();
        if (file.Annotations.FirstOrDefault(annotation => !known.Contains(annotation.ImageId)) is { } lost)
            throw new DataSetException(
                $"{path}: expected annotations of its images, found one of image {lost.ImageId}, which is none of its {known.Count}."
            );
        if (file.Annotations.FirstOrDefault(annotation => !nameOf.ContainsKey(annotation.CategoryId)) is { } odd)
            throw new DataSetException(
                $"{path}: expected annotations of its categories, found category {odd.CategoryId}, which is none of its {nameOf.Count}."
            );

        var rows = file
            .Images.Select(image => new NamedRow(
                image.FileName,
                [.. annotations[image.Id].Select(annotation => nameOf[annotation.CategoryId]).Distinct()],
                null,
                $"{path}, image {image.Id}"
            ))
            .ToArray();
        var table = LabelTable.Of(path, rows, names);
        var imageOf = file.Images.ToDictionary(image => image.FileName);
        // Categories that no object has may be none of the classes.
        var labelOf = file.Annotations.Select(annotation => annotation.CategoryId).Distinct()
            .ToDictionary(id => id, id => table.MaskValueOf(nameOf[id]));
        return table with { Rows = [.. table.Rows.Select(row => Masked(row, imageOf[row.Image]))] };

        LabelRow Masked(LabelRow row, CocoImage image)
        {
            CocoAnnotation[] own = [.. annotations[image.Id]];
            // Boxes alone are no mask.
            bool drawn = image is { Width: > 0, Height: > 0 } && own.All(HasShape);
            return drawn ? row with { Mask = () => Draw(own, labelOf, image, row.Where) } : row;
        }
    }

    /// <summary>Refuses what no later step could name: null for an entry or a name, and an id or a name that occurs twice.</summary>
    private static void RequireWhole(CocoFile file, string path)
    {
        if (
            file is { Images: null } or { Annotations: null } or { Categories: null }
            || file.Images.Any(image => image is not { FileName: not null })
            || file.Annotations.Any(annotation => annotation is null)
            || file.Categories.Any(category => category is not { Name: not null })
        )
            throw new DataSetException($"{path}: expected images with file_name, annotations and categories with name, found null.");
        if (Twice(file.Categories.Select(category => $"{category.Id}")) is { } id)
            throw new DataSetException($"{path}: expected each category once, found the id {id} again.");
        if (Twice(file.Images.Select(image => $"{image.Id}")) is { } number)
            throw new DataSetException(
                $"{path}: expected each image once, found the id {number} again. Number the images anew where files were put together."
            );
        if (Twice(file.Images.Select(image => image.FileName)) is { } name)
            throw new DataSetException($"{path}: expected each image once, found '{name}' again.");

        static string? Twice(IEnumerable<string> keys) => keys.CountBy(key => key).FirstOrDefault(key => key.Value > 1).Key;
    }

    private static bool HasShape(CocoAnnotation annotation) => annotation.Segmentation is { } shape
        && (shape.ValueKind == JsonValueKind.Object || (shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() > 0));

    /// <summary>Objects are painted from large to small, so that a small one in front stays; a crowd is not counted.</summary>
    private static LabelMap Draw(CocoAnnotation[] annotations, IReadOnlyDictionary<long, byte> labelOf, CocoImage image, string where)
    {
        ImageLimit.Require(where, image.Width, image.Height);
        var mask = new byte[image.Width * image.Height];
        try
        {
            // Each is drawn twice: shapes of the whole image's size for every object would take any amount of memory.
            foreach (var annotation in annotations.OrderByDescending(annotation => ShapeOf(annotation).Count(value => value != 0)))
            {
                byte label = annotation.Iscrowd != 0 ? LabelMap.Ignore : labelOf[annotation.CategoryId];
                byte[] shape = ShapeOf(annotation);
                for (int i = 0; i < mask.Length; i++) if (shape[i] != 0) mask[i] = label;
            }
        }
        catch (AnnotationException error)
        {
            throw new DataSetException($"{where}: {error.Message}", error);
        }
        return new LabelMap(image.Width, image.Height, mask);

        byte[] ShapeOf(CocoAnnotation annotation) => CocoMask.Read(annotation.Segmentation!.Value, image.Width, image.Height).Values;
    }

    private static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
    };
}

/// <summary>What is read of COCO's file.</summary>
internal sealed record CocoFile(
    IReadOnlyList<CocoImage> Images,
    IReadOnlyList<CocoAnnotation> Annotations,
    IReadOnlyList<CocoCategory> Categories
);

/// <summary>An image of COCO's file.</summary>
internal sealed record CocoImage(long Id, string FileName, int Width = 0, int Height = 0);

/// <summary>A category of COCO's file.</summary>
internal sealed record CocoCategory(long Id, string Name);

/// <summary>An object of COCO's file; its segmentation is polygons [[x, y, …]] or run lengths {counts, size}.</summary>
internal sealed record CocoAnnotation(long ImageId, long CategoryId, JsonElement? Segmentation = null, int Iscrowd = 0, double Area = 0);
