using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>Counts what is asked of a source.</summary>
internal sealed class CountingSource(IMaskedSource inner) : IMaskedSource
{
    private int _loads, _masks, _truths, _hasMasks;

    public int Loads => _loads;

    public int Masks => _masks;

    public int Truths => _truths;

    public int HasMasks => _hasMasks;

    public string Name => inner.Name;

    public IReadOnlyList<string> ClassNames => inner.ClassNames;

    public int Count => inner.Count;

    public string Fingerprint => inner.Fingerprint;

    public string Id(int index) => inner.Id(index);

    public IReadOnlyList<int> Labels(int index) => inner.Labels(index);

    public Sample Load(int index)
    {
        Interlocked.Increment(ref _loads);
        return inner.Load(index);
    }

    public bool HasMask(int index)
    {
        Interlocked.Increment(ref _hasMasks);
        return inner.HasMask(index);
    }

    public LabelMap Mask(int index)
    {
        Interlocked.Increment(ref _masks);
        return inner.Mask(index);
    }

    public SceneTruth? Truth(int index)
    {
        Interlocked.Increment(ref _truths);
        return inner.Truth(index);
    }
}
