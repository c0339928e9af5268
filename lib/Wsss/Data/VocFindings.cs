namespace Wsss.Data;

/// <summary>What is worth saying about how the images of a split were read; images of one kind share a finding.</summary>
internal static class VocFindings
{
    /// <summary>Of files that lie somewhere else.</summary>
    public const string LinkedOut =
        "The photograph or its mask is a link that leads out of the data set's folder; what lies there is read.";

    private const int MostNamed = 3;

    public static IEnumerable<DataFinding> Of(IReadOnlyList<VocEntry> entries, bool objectsAre255)
    {
        foreach (var entry in entries) if (entry.Misfit is { } what) yield return new DataFinding(FindingSeverity.Error, entry.Mask!, what);
        foreach (var finding in Shared(entries, objectsAre255)) if (finding is not null) yield return finding;
    }

    private static IEnumerable<DataFinding?> Shared(IReadOnlyList<VocEntry> entries, bool objectsAre255)
    {
        yield return Some(
            FindingSeverity.Note,
            entries.Where(entry => objectsAre255 && entry.HasIgnored),
            entry => entry.Mask!,
            BinaryMasks.Meaning,
            BinaryMasks.ToDo
        );
        yield return Some(
            FindingSeverity.Warning,
            entries.Where(entry => entry.Palette == MaskPalette.VocElsewhere),
            entry => entry.Mask!,
            "The palette has colours that VOC gives to other classes; read by index.",
            "See that the indices follow the class names."
        );
        yield return Some(
            FindingSeverity.Note,
            entries.Where(entry => entry.Palette == MaskPalette.Own),
            entry => entry.Mask!,
            "The palette is not VOC's; read by index."
        );
        yield return Some(
            FindingSeverity.Warning,
            entries.Where(entry => entry.OnStored),
            entry => entry.Mask!,
            "The mask fits the photograph only as it is stored; it is turned with it as the EXIF orientation says.",
            "Look at one in a figure."
        );
        yield return Some(
            FindingSeverity.Warning,
            entries.Where(entry => entry is { Orientation: not 1, Mask: not null, OnStored: false, OnTurned: false, Misfit: null }),
            entry => entry.Image,
            "The photograph is turned as its EXIF orientation says; the mask's size does not tell whether it was drawn on this view.",
            "If it was drawn on the stored pixels, turn the mask, or remove the orientation from the photograph."
        );
        yield return Some(
            FindingSeverity.Note,
            entries.Where(entry => entry is { Orientation: not 1, Mask: null } or { OnTurned: true }),
            entry => entry.Image,
            "The photograph is turned as its EXIF orientation says."
        );
        yield return Some(FindingSeverity.Note, entries.Where(entry => entry.LinkedTo is not null), entry => entry.LinkedTo!, LinkedOut);
        yield return Some(
            FindingSeverity.Note,
            entries.Where(entry => entry.EmptyAnnotation is not null && IsVoc(entry)),
            entry => entry.EmptyAnnotation!,
            "The annotation has no object: an image without label."
        );
        yield return Some(
            FindingSeverity.Warning,
            entries.Where(entry => entry.EmptyAnnotation is not null && !IsVoc(entry)),
            entry => entry.EmptyAnnotation!,
            "The annotation has no <object>, and its outermost element is not <annotation>: an image without label.",
            "Export it in VOC's format."
        );
    }

    private static bool IsVoc(VocEntry entry) => entry.AnnotationRoot.StartsWith("annotation", StringComparison.OrdinalIgnoreCase);

    private static DataFinding? Some(
        FindingSeverity severity,
        IEnumerable<VocEntry> entries,
        Func<VocEntry, string> file,
        string what,
        string toDo = ""
    )
    {
        VocEntry[] all = [.. entries];
        if (all.Length == 0)
            return null;
        string more =
            all.Length == 1
                ? ""
                : $" ({all.Length} images: {string.Join(", ", all.Take(MostNamed).Select(entry => entry.Id))}"
                    + $"{(all.Length > MostNamed ? ", …" : "")})";
        return new DataFinding(severity, file(all[0]), what + more, toDo);
    }
}
