using System.Runtime.CompilerServices;

namespace Wsss.Data;

/// <summary>
/// A list of labelled images whose masks are known as well: for evaluation, for the choice of a threshold, and for networks
/// that learn from masks (<see cref="TargetSource"/>). What learns from labels alone takes an <see cref="ISampleSource"/>.
/// </summary>
/// <remarks>Nothing here decodes the photograph.</remarks>
public interface IMaskedSource : ISampleSource
{
    /// <summary>Whether a sample has a mask.</summary>
    bool HasMask(int index);

    /// <summary>The class mask of a sample, of the image's size: 0 background, c + 1 for class c, 255 ignore.</summary>
    /// <exception cref="DataSetException">It has none; the message names it.</exception>
    /// <exception cref="ImageFileException">Its file is broken or does not fit the image; the message names it.</exception>
    LabelMap Mask(int index);

    /// <summary>What only drawn scenes know about themselves; null for photographs.</summary>
    /// <exception cref="ImageFileException">A file of it is broken or does not fit the image; the message names it.</exception>
    SceneTruth? Truth(int index);
}

/// <summary>What is asked of a source with masks by a sample's name.</summary>
public static class MaskedSources
{
    // Sources do not change, so the numbers of their samples are found once; they go with the source.
    private static readonly ConditionalWeakTable<ISampleSource, IReadOnlyDictionary<string, int>> Numbers = [];

    /// <summary>The mask of a sample; null where it has none.</summary>
    /// <param name="source">The source.</param>
    /// <param name="id">The sample's name.</param>
    /// <exception cref="DataSetException">There is no sample of that name.</exception>
    public static LabelMap? MaskOf(this IMaskedSource source, string id)
    {
        int index = source.IndexOf(id);
        return source.HasMask(index) ? source.Mask(index) : null;
    }

    /// <summary>The samples that have masks: the source itself where all have, null where none has.</summary>
    /// <param name="source">The source.</param>
    public static IMaskedSource? WithMasks(this IMaskedSource source)
    {
        int[] known = [.. Enumerable.Range(0, source.Count).Where(source.HasMask)];
        return known.Length == source.Count ? source : known.Length > 0 ? new MaskedSubset(source, known) : null;
    }

    /// <summary>The number of a sample, from 0; the first of that name.</summary>
    /// <param name="source">The source.</param>
    /// <param name="id">The sample's name.</param>
    /// <exception cref="DataSetException">There is no sample of that name.</exception>
    public static int IndexOf(this ISampleSource source, string id) =>
        Numbers.GetValue(source, Number).TryGetValue(id, out int index) ? index : throw new DataSetException(
            $"Expected a sample of {source.Name}, found '{id}', which is none of its {source.Count}. " +
            "Ask the split that the sample comes from.");

    /// <summary>The error of a source that is asked for a mask it does not have.</summary>
    internal static DataSetException NoMask(this IMaskedSource source, int index) => new(
        $"Expected a mask of '{source.Id(index)}' in {source.Name}, found none. Choose a split whose images all have masks.");

    private static IReadOnlyDictionary<string, int> Number(ISampleSource source)
    {
        var numbers = new Dictionary<string, int>(source.Count);
        for (int i = 0; i < source.Count; i++) numbers.TryAdd(source.Id(i), i);
        return numbers;
    }
}
