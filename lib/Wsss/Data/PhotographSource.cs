using Wsss.Storage;

namespace Wsss.Data;

/// <summary>A photograph on disk.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Path">The file.</param>
/// <param name="Labels">Zero-based class indices, ascending.</param>
/// <param name="Mask">Its class mask; null where there is none.</param>
internal sealed record LabelledPhotograph(string Id, string Path, IReadOnlyList<int> Labels, PhotographMask? Mask);

/// <summary>A class mask on disk.</summary>
/// <param name="Path">The file, whose bytes decide the mask; others may lie in it too.</param>
/// <param name="Read">Reads the mask, of its photograph's own size.</param>
internal sealed record PhotographMask(string Path, Func<LabelMap> Read)
{
    /// <summary>Whether it is read by the rule of <see cref="BinaryMasks"/>, which its bytes alone do not tell.</summary>
    public bool ObjectIs255 { get; init; }
}

/// <summary>Photographs on disk, read at a bounded size: those of a camera have too many pixels to learn from on a CPU.</summary>
/// <param name="name">Name for people.</param>
/// <param name="longestSide">In pixels; larger photographs and their masks are made smaller.</param>
/// <param name="classNames">Names of the C classes.</param>
/// <param name="photographs">At least one.</param>
internal sealed class PhotographSource(
    string name,
    int longestSide,
    IReadOnlyList<string> classNames,
    IReadOnlyList<LabelledPhotograph> photographs
) : IFindingSource
{
    private readonly Lazy<string> _fingerprint = new(() =>
        ArtifactStore.Key([
            "photographs/1",
            $"{longestSide}",
            .. classNames,
            .. photographs.SelectMany(photograph =>
                (string[])
                    [
                        photograph.Id,
                        string.Join(' ', photograph.Labels),
                        FileHash.Compute(photograph.Path),
                        photograph.Mask is { } mask ? (mask.ObjectIs255 ? "255 is the object " : "") + FileHash.Compute(mask.Path) : "",
                    ]
            ),
        ])
    );

    public string Name => name;

    public IReadOnlyList<string> ClassNames => classNames;

    public int Count => photographs.Count;

    public IReadOnlyList<DataFinding> Findings { get; init; } = [];

    /// <summary>Of names, labels and the bytes of photographs and masks.</summary>
    public string Fingerprint => _fingerprint.Value;

    public string Id(int index) => photographs[index].Id;

    public IReadOnlyList<int> Labels(int index) => photographs[index].Labels;

    public Sample Load(int index)
    {
        RgbImage image = ImageFile.ReadRgb(photographs[index].Path);
        var (width, height) = Resampler.Fit(image.Width, image.Height, longestSide);
        return new Sample(
            Id(index),
            (width, height) == (image.Width, image.Height) ? image : Resampler.Resize(image, width, height),
            Labels(index)
        );
    }

    public bool HasMask(int index) => photographs[index].Mask is not null;

    public LabelMap Mask(int index)
    {
        if (photographs[index].Mask is not { } mask)
            throw this.NoMask(index);
        LabelMap whole = mask.Read();
        var size = ImageFile.ReadSize(photographs[index].Path);
        if (size != (whole.Width, whole.Height))
        {
            throw new ImageFileException(
                $"Expected a mask of the {size.Width}×{size.Height} pixels of '{photographs[index].Path}', found "
                    + $"{whole.Width}×{whole.Height}: '{mask.Path}'. Replace one of them."
            );
        }
        var (width, height) = Resampler.Fit(size.Width, size.Height, longestSide);
        return Resampler.Nearest(whole, width, height);
    }

    public SceneTruth? Truth(int index) => null;
}
