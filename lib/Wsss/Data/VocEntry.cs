using System.Security.Cryptography;

namespace Wsss.Data;

/// <summary>What opening a split learns about one image.</summary>
/// <param name="Id">Name of the image.</param>
/// <param name="Image">Its file.</param>
/// <param name="Labels">Zero-based indices of the classes present, ascending.</param>
internal sealed record VocEntry(string Id, string Image, int[] Labels)
{
    /// <summary>The file of its mask; null without one.</summary>
    public string? Mask { get; init; }

    /// <summary>SHA-256 of that file.</summary>
    public byte[]? MaskHash { get; init; }

    /// <summary>What the mask's palette says.</summary>
    public MaskPalette Palette { get; init; }

    /// <summary>Whether a pixel of the mask is 255.</summary>
    public bool HasIgnored { get; init; }

    /// <summary>Why the mask does not lie on the image; null if it does.</summary>
    public string? Misfit { get; init; }

    /// <summary>Whether the mask lies on the stored pixels of a photograph that is shown turned.</summary>
    public bool OnStored { get; init; }

    /// <summary>Whether the mask fits the photograph only as it is shown, turned.</summary>
    public bool OnTurned { get; init; }

    /// <summary>How the photograph is turned (<see cref="ImageHeader.Orientation"/>).</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>The annotation that names no object; null otherwise.</summary>
    public string? EmptyAnnotation { get; init; }

    /// <summary>Outermost element of that annotation.</summary>
    public string AnnotationRoot { get; init; } = "";

    /// <summary>Where the photograph or the mask lies if it is a link that leads out of the folder; null otherwise.</summary>
    public string? LinkedTo { get; init; }

    /// <summary>Whether the truths of a drawn scene are there.</summary>
    public bool HasTruth { get; init; }

    /// <exception cref="DataSetException">No image, or neither mask nor annotation, or a class outside the list.</exception>
    /// <exception cref="ImageFileException">The mask cannot be read.</exception>
    public static VocEntry Read(VocLayout layout, NamedFiles masks, string maskFolder, string id, IReadOnlyList<string> classNames)
    {
        string image = layout.FindImage(id);
        var header = HeaderOf(image);
        bool truths = File.Exists(layout.Parts(id)) && File.Exists(layout.Objectness(id)) && File.Exists(layout.Context(id));
        var found = masks.Find(id);
        if (found.Count > 0)
        {
            string path =
                found.FirstOrDefault(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase)) ?? found[0];
            byte[] bytes = ImageFile.ReadBytes(path);
            var (mask, palette) = ImageFile.ReadMask(bytes, path);
            bool fits = header is not { } h || (mask.Width, mask.Height) == h.Shown,
                turns = header is { } t && (mask.Width, mask.Height) == t.Stored;
            return new VocEntry(id, image, LabelsOf(mask, path, classNames))
            {
                Mask = path,
                MaskHash = SHA256.HashData(bytes),
                Palette = palette,
                HasIgnored = mask.Values.AsSpan().Contains(LabelMap.Ignore),
                Misfit = fits || turns ? null : DoesNotFit(mask, header!.Value, path).Message,
                OnStored = !fits && turns,
                OnTurned = header is not null && fits && !turns,
                Orientation = header?.Orientation ?? 1,
                LinkedTo = InputFile.TargetOutside(image, layout.Root) ?? InputFile.TargetOutside(path, layout.Root),
                HasTruth = truths,
            };
        }
        string annotation =
            layout.FindAnnotation(id)
            ?? throw new DataSetException(
                $"Expected labels for id '{id}', found neither '{layout.Mask(maskFolder, id)}' nor '{layout.Annotation(id)}'. Add one of "
                    + "them."
            );
        var objects = VocAnnotation.Read(annotation);
        return new VocEntry(id, image, LabelsOf(objects.Names, annotation, classNames))
        {
            Orientation = header?.Orientation ?? 1,
            EmptyAnnotation = objects.Names.Count == 0 ? annotation : null,
            AnnotationRoot = objects.Root,
            LinkedTo = InputFile.TargetOutside(image, layout.Root),
            HasTruth = truths,
        };
    }

    /// <summary>A map as it lies on the shown photograph.</summary>
    /// <exception cref="ImageFileException">It has another size; the message names it.</exception>
    public static LabelMap OnShown(LabelMap map, ImageHeader image, string path)
    {
        if ((map.Width, map.Height) == image.Shown) return map;
        if ((map.Width, map.Height) != image.Stored) throw DoesNotFit(map, image, path);
        return new LabelMap(image.Shown.Width, image.Shown.Height, image.Turn(map.Values, 1));
    }

    private static ImageFileException DoesNotFit(LabelMap map, ImageHeader image, string path) => new(
        $"Expected a map of its image's size {image.Shown.Width}×{image.Shown.Height}, found {map.Width}×{map.Height}: '{path}'. " +
        "Replace the map or the image.");

    // An image whose header cannot be read says so when it is decoded.
    private static ImageHeader? HeaderOf(string image)
    {
        try
        {
            return ImageFile.ReadHeader(image);
        }
        catch (ImageFileException)
        {
            return null;
        }
    }

    private static int[] LabelsOf(LabelMap mask, string path, IReadOnlyList<string> classNames)
    {
        Span<bool> present = stackalloc bool[256];
        foreach (byte value in mask.Values) present[value] = true;
        var labels = new List<int>();
        for (int value = 1; value < LabelMap.Ignore; value++)
        {
            if (!present[value]) continue;
            if (value > classNames.Count)
            {
                throw new DataSetException(
                    $"Expected class indices 1 to {classNames.Count} (0 background, 255 void), found {value} in '{path}'. " +
                    "Name all classes in classes.txt, one per line, or correct the mask.");
            }
            labels.Add(value - 1);
        }
        return [.. labels];
    }

    private static int[] LabelsOf(IReadOnlyList<string> names, string path, IReadOnlyList<string> classNames)
    {
        var labels = new SortedSet<int>();
        foreach (string name in names)
        {
            int label = Index(known => known == name);
            if (label < 0)
                label = Index(known => Plain(known) == Plain(name));
            if (label < 0)
                throw new DataSetException(
                    $"Expected one of the classes {string.Join(", ", classNames)}, found '{name}' in '{path}'. Add it to classes.txt or "
                        + "correct the annotation."
                );
            labels.Add(label);
        }
        return [.. labels];

        int Index(Func<string, bool> matches) =>
            classNames.Index().FirstOrDefault(known => matches(known.Item), (Index: -1, Item: "")).Index;
    }

    /// <summary>A name without case, and with one blank where it has several, as people write it in either place.</summary>
    private static string Plain(string name) =>
        ComposedNames.Compose(string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToLowerInvariant();
}
