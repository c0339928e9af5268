using Wsss.Storage;

namespace Wsss.Data;

/// <summary>Some samples of a source, in a given order.</summary>
public class Subset : ISampleSource
{
    private readonly ISampleSource _source;
    private readonly int[] _indices;

    /// <summary>Chooses samples.</summary>
    /// <param name="source">Where they come from.</param>
    /// <param name="indices">Their numbers in it, from 0; at least one.</param>
    /// <exception cref="DataSetException">None is chosen, or one is not there.</exception>
    public Subset(ISampleSource source, IReadOnlyList<int> indices)
    {
        if (indices.Count == 0 || indices.Any(index => index < 0 || index >= source.Count))
            throw new DataSetException(
                $"Expected at least one of the samples 0…{source.Count - 1} of {source.Name}, found "
                    + $"[{string.Join(", ", indices.Take(20))}]."
            );
        (_source, _indices) = (source, [.. indices]);
        Fingerprint = ArtifactStore.Key(["subset", source.Fingerprint, .. indices.Select(index => index.ToString())]);
    }

    /// <summary>Where the samples come from; never a subset itself.</summary>
    public ISampleSource Whole => _source is Subset part ? part.Whole : _source;

    /// <inheritdoc/>
    public string Name => $"{_indices.Length} of {_source.Name}";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _source.ClassNames;

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public string Id(int index) => _source.Id(_indices[index]);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => _source.Labels(_indices[index]);

    /// <inheritdoc/>
    public Sample Load(int index) => _source.Load(_indices[index]);

    /// <summary>The number of a sample in <see cref="Whole"/>.</summary>
    internal int NumberInWhole(int index) => _source is Subset part ? part.NumberInWhole(_indices[index]) : _indices[index];

    /// <summary>The number of a sample in the source that it comes from.</summary>
    private protected int NumberOf(int index) => _indices[index];
}

/// <summary>Some samples of a source with masks, in a given order.</summary>
/// <inheritdoc cref="Subset(ISampleSource, IReadOnlyList{int})"/>
public sealed class MaskedSubset(IMaskedSource source, IReadOnlyList<int> indices) : Subset(source, indices), IMaskedSource
{
    /// <inheritdoc/>
    public bool HasMask(int index) => source.HasMask(NumberOf(index));

    /// <inheritdoc/>
    public LabelMap Mask(int index) => source.Mask(NumberOf(index));

    /// <inheritdoc/>
    public SceneTruth? Truth(int index) => source.Truth(NumberOf(index));
}
