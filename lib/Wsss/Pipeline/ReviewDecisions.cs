using System.Globalization;
using Wsss.Data;

namespace Wsss.Pipeline;

/// <summary>What a person decided who looked through the maps or masks of a split, as the review page saves it.</summary>
internal sealed record ReviewDecisions
{
    /// <summary>The background score, 0…1; null where masks were looked at, which have none.</summary>
    public float? Threshold { get; init; }

    /// <summary>Names of the images that nothing is to be made of.</summary>
    public IReadOnlyList<string> LeaveOut { get; init; } = [];

    /// <summary>Names of the images that were found good.</summary>
    public IReadOnlyList<string> Good { get; init; } = [];

    /// <summary>Names of the images that were found bad; they are not left out.</summary>
    public IReadOnlyList<string> Bad { get; init; } = [];

    /// <summary>Fingerprint of the images' source.</summary>
    public required string Data { get; init; }

    /// <summary>Reads decisions about the images of a split.</summary>
    /// <param name="path">The file, <c>decisions.json</c>.</param>
    /// <param name="fingerprint">Fingerprint of the split.</param>
    /// <param name="ids">Names of its images.</param>
    /// <exception cref="DataSetException">
    /// There is no such file, it is about other data, names an image that is not there or one twice, leaves all out, or its threshold
    /// is outside 0…1.
    /// </exception>
    /// <exception cref="WsssException">The file is no such JSON.</exception>
    public static ReviewDecisions Load(string path, string fingerprint, IReadOnlyList<string> ids)
    {
        if (!File.Exists(path))
            throw new DataSetException($"Expected decisions of a review at '{path}', found no such file.");
        var decisions = WsssJson.Read<ReviewDecisions>(InputFile.ReadText(path, InputKind.Document), path);
        if (decisions is { LeaveOut: null } or { Good: null } or { Bad: null })
            throw new DataSetException($"{path}: expected lists of names as leaveOut, good and bad, found null.");
        if (decisions.Data != fingerprint)
        {
            throw new DataSetException(
                $"{path}: expected decisions about the data with fingerprint '{fingerprint}', found some about other data, "
                    + $"'{decisions.Data}'. "
                    + "Give the data set, seed and split that were reviewed, or review these."
            );
        }
        if (decisions.Threshold is { } threshold && !(threshold is >= 0 and <= 1))
            throw new DataSetException(
                string.Create(CultureInfo.InvariantCulture, $"{path}: expected a threshold in 0…1, found {threshold}.")
            );
        decisions.RequireImages(path, ids);
        return decisions;
    }

    /// <summary>Reads decisions about a split.</summary>
    /// <param name="path">The file, <c>decisions.json</c>.</param>
    /// <param name="source">The split.</param>
    /// <inheritdoc cref="Load(string, string, IReadOnlyList{string})"/>
    public static ReviewDecisions Load(string path, ISampleSource source) =>
        Load(path, source.Fingerprint, [.. Enumerable.Range(0, source.Count).Select(source.Id)]);

    /// <summary>The images that are not left out, in their order.</summary>
    /// <param name="ids">Names of the images.</param>
    public IReadOnlyList<string> Keep(IReadOnlyList<string> ids)
    {
        var left = LeaveOut.ToHashSet();
        return [.. ids.Where(id => !left.Contains(id))];
    }

    /// <summary>The part of a split that is not left out; the split itself where nothing is.</summary>
    /// <param name="source">The split.</param>
    public IMaskedSource Keep(IMaskedSource source)
    {
        var left = LeaveOut.ToHashSet();
        int[] kept = [.. Enumerable.Range(0, source.Count).Where(i => !left.Contains(source.Id(i)))];
        return kept.Length == source.Count ? source : new MaskedSubset(source, kept);
    }

    private void RequireImages(string path, IReadOnlyList<string> ids)
    {
        var known = ids.ToHashSet();
        var seen = new HashSet<string>();
        foreach (string id in LeaveOut.Concat(Good).Concat(Bad))
        {
            if (!known.Contains(id))
                throw new DataSetException(
                    $"{path}: expected names of the {known.Count} images that were reviewed, found '{id}', which is none of them."
                );
            if (!seen.Add(id))
                throw new DataSetException($"{path}: expected each image once in leaveOut, good and bad, found '{id}' twice.");
        }
        if (LeaveOut.Count == known.Count)
            throw new DataSetException($"{path}: expected at least one image to be kept, found all {known.Count} left out.");
    }
}
