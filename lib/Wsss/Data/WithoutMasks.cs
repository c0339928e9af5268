namespace Wsss.Data;

/// <summary>Images and labels of which no mask is known, for what also takes masks where there are some.</summary>
/// <param name="source">The images and labels.</param>
internal sealed class WithoutMasks(ISampleSource source) : IMaskedSource
{
    public string Name => source.Name;

    public IReadOnlyList<string> ClassNames => source.ClassNames;

    public int Count => source.Count;

    public string Fingerprint => source.Fingerprint;

    /// <summary>The source itself where it knows masks.</summary>
    public static IMaskedSource Of(ISampleSource source) => source as IMaskedSource ?? new WithoutMasks(source);

    public string Id(int index) => source.Id(index);

    public IReadOnlyList<int> Labels(int index) => source.Labels(index);

    public Sample Load(int index) => source.Load(index);

    public bool HasMask(int index) => false;

    public LabelMap Mask(int index) => throw this.NoMask(index);

    public SceneTruth? Truth(int index) => null;
}
