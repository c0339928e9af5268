namespace Wsss.Data;

/// <summary>
/// A split with its masks as a plane of each sample: what a network is taught about each pixel. Only what learns from masks
/// asks for it: a segmentation network (pseudo masks, or drawn ones for the ceiling), an affinity network (seeds).
/// </summary>
public sealed class TargetSource : ISampleSource
{
    /// <summary>Name of the plane, of <see cref="PlaneKind.Labels"/>: the classes of the mask.</summary>
    public const string Plane = "target";

    private readonly IMaskedSource _source;

    /// <summary>Attaches the masks of a split to its samples.</summary>
    /// <param name="source">Images and masks.</param>
    /// <exception cref="DataSetException">A sample has no mask; the message names it.</exception>
    public TargetSource(IMaskedSource source)
    {
        _source = source;
        for (int i = 0; i < source.Count; i++) if (!source.HasMask(i)) throw source.NoMask(i);
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _source.ClassNames;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <summary>That of the source, which its masks are part of.</summary>
    public string Fingerprint => _source.Fingerprint;

    /// <inheritdoc/>
    public string Id(int index) => _source.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => _source.Labels(index);

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        var sample = _source.Load(index);
        var mask = _source.Mask(index);
        if ((mask.Width, mask.Height) != (sample.Image.Width, sample.Image.Height))
        {
            throw new DataSetException(
                $"Expected a mask of the {sample.Image.Width}×{sample.Image.Height} pixels of '{sample.Id}' in {Name}, " +
                $"found {mask.Width}×{mask.Height}. Make the masks again from these images.");
        }
        return sample.With(Plane, new Plane(mask, PlaneKind.Labels));
    }
}
