namespace Wsss.Data;

/// <summary>The folder of class masks of a <see cref="PhotographFolder"/>: which mask is whose, and what its values mean.</summary>
internal sealed class PhotographMasks
{
    private readonly string? _folder;
    private readonly IReadOnlyList<string> _classNames;

    /// <param name="folder">Null for none.</param>
    /// <param name="classNames">The classes, in the order of the masks' values 1, 2, ….</param>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    public PhotographMasks(string? folder, IReadOnlyList<string> classNames)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new DataSetException($"Expected a folder of class masks at '{folder}', found none. Correct the path, or name no masks.");
        (_folder, _classNames) = (folder, classNames);
    }

    /// <summary>The mask of a photograph; null for none.</summary>
    /// <param name="id">The photograph's id, whose mask is its own.</param>
    /// <param name="bareName">Its file's name without extension; null where other photographs have that name too.</param>
    public PhotographMask? Of(string id, string? bareName) =>
        (PathOf(id) ?? (bareName is null ? null : PathOf(bareName))) is { } file ? new PhotographMask(file, () => Read(file)) : null;

    /// <summary>The photographs with masks that are read as what all of them together mean: 255 may be the object.</summary>
    /// <exception cref="DataSetException">Several classes, and the masks hold 0 and 255 only.</exception>
    public IReadOnlyList<LabelledPhotograph> Decided(IReadOnlyList<LabelledPhotograph> photographs)
    {
        // Those of photographs with labels first: they show classes, which ends the reading.
        var values = photographs.Where(HasFile).OrderByDescending(photograph => photograph.Labels.Count > 0)
            .Select(photograph => ValuesOf(photograph.Mask!.Path)).OfType<MaskValues>();
        return !BinaryMasks.ObjectsAre255(_classNames, values, "for all")
            ? photographs
            :
            [
                .. photographs.Select(photograph =>
                    photograph.Mask is { } mask && HasFile(photograph)
                        ? photograph with
                        {
                            Mask = new PhotographMask(mask.Path, () => BinaryMasks.ToClasses(mask.Read())) { ObjectIs255 = true },
                        }
                        : photograph
                ),
            ];
    }

    /// <summary>What a person should know about the masks.</summary>
    /// <param name="photographs">Of all parts, as <see cref="Decided"/> gives them.</param>
    public IEnumerable<DataFinding> Findings(IReadOnlyList<LabelledPhotograph> photographs)
    {
        LabelledPhotograph[] binary = [.. photographs.Where(photograph => photograph.Mask is { ObjectIs255: true })];
        if (binary.Length > 0)
        {
            yield return new(
                FindingSeverity.Note,
                binary[0].Mask!.Path,
                $"{BinaryMasks.Meaning} ({binary.Length} masks)",
                BinaryMasks.ToDo
            );
        }
        DataFinding[] shared = [.. Shared(photographs)];
        foreach (var finding in shared)
            yield return finding;
        if (_folder is not null && shared.Length == 0 && photographs.All(photograph => photograph.Mask is null))
        {
            yield return new(
                FindingSeverity.Warning,
                _folder,
                $"Not used: holds a mask of none of the {photographs.Count} photographs, such as '{photographs[0].Id}.png'.",
                "Name masks as their photographs, or correct the path."
            );
        }
    }

    /// <summary>Masks that are nobody's, as several photographs have their name.</summary>
    private IEnumerable<DataFinding> Shared(IReadOnlyList<LabelledPhotograph> photographs)
    {
        var taken = photographs.Select(photograph => photograph.Mask?.Path).ToHashSet();
        return photographs
            .Where(photograph => photograph.Mask is null)
            .GroupBy(photograph => PathOf(Path.GetFileNameWithoutExtension(photograph.Path)))
            .Where(same => same.Key is not null && !taken.Contains(same.Key))
            .Select(same => new DataFinding(
                FindingSeverity.Warning,
                same.Key!,
                $"Not used: a mask of one of {same.Count()} photographs, such as '{same.First().Id}'.",
                $"Put it where its photograph lies, such as at '{same.First().Id}.png' below the folder of masks."
            ));
    }

    // What labels draw, such as COCO's polygons, is no file of the folder.
    private bool HasFile(LabelledPhotograph photograph) =>
        photograph.Mask is { } mask
        && (mask.Path == PathOf(photograph.Id) || mask.Path == PathOf(Path.GetFileNameWithoutExtension(photograph.Path)));

    private string? PathOf(string name) =>
        _folder is not null && Path.Combine(_folder, name + ".png") is var file && File.Exists(file) ? file : null;

    /// <summary>What values a mask has; null for one that cannot be read, which says so where it is used.</summary>
    private static MaskValues? ValuesOf(string file)
    {
        try
        {
            var values = ImageFile.ReadMask(file).Values.AsSpan();
            return new MaskValues(file, values.ContainsAnyExcept((byte)0, LabelMap.Ignore), values.Contains(LabelMap.Ignore));
        }
        catch (ImageFileException)
        {
            return null;
        }
    }

    private LabelMap Read(string file)
    {
        var mask = ImageFile.ReadMask(file);
        return mask.Values.FirstOrDefault(value => value > _classNames.Count && value != LabelMap.Ignore) is var odd and not 0
            ? throw new ImageFileException(
                $"{file}: expected class indices 0…{_classNames.Count} or {LabelMap.Ignore}, found {odd}. Name all classes in their order, "
                    + "or correct the mask."
            )
            : mask;
    }
}
