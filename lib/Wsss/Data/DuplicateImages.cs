using System.Security.Cryptography;

namespace Wsss.Data;

/// <summary>Finds photographs that lie in a data set twice, under other names: by their pixels, however the files are written.</summary>
internal sealed class DuplicateImages
{
    private const int MostNamed = 3;

    private readonly Dictionary<string, List<Found>> _same = [];

    /// <summary>Takes a photograph in.</summary>
    /// <param name="part">Name of its part of the data set.</param>
    /// <param name="sample">The photograph.</param>
    public void Add(string part, Sample sample)
    {
        byte[] pixels = sample.Image.Pixels;
        // Pictures of one colour are alike and of nothing.
        if (pixels.AsSpan(3).SequenceEqual(pixels.AsSpan(0, pixels.Length - 3))) return;
        string key = $"{sample.Image.Width} {Convert.ToHexString(SHA256.HashData(pixels))}";
        if (!_same.TryGetValue(key, out var same)) _same.Add(key, same = []);
        // Parts may share photographs by their names, which is told elsewhere.
        if (same.All(other => other.Id != sample.Id)) same.Add(new Found(part, sample.Id, sample.Labels));
    }

    /// <summary>What was found, worst first.</summary>
    public IEnumerable<DataFinding> Findings()
    {
        var twice = _same.Values.Where(same => same.Count > 1).ToArray();
        var otherwise = twice.Where(same => same.Any(one => !one.Labels.SequenceEqual(same[0].Labels))).ToArray();
        var across = twice.Except(otherwise).Where(same => same.Select(one => one.Part).Distinct().Count() > 1).ToArray();
        var within = twice.Except(otherwise).Except(across).ToArray();
        if (otherwise.Length > 0)
            yield return Finding(
                FindingSeverity.Warning,
                otherwise,
                "with other labels",
                "Keep one of each, with all of its labels, or correct the labels.");
        if (across.Length > 0)
            yield return Finding(
                FindingSeverity.Warning,
                across,
                "in several splits",
                "Keep one of each: a network that is scored on what it has learnt looks better than it is.");
        if (within.Length > 0)
            yield return Finding(FindingSeverity.Note, within, "in one split", "Keep one of each, unless they are meant to count more.");
    }

    private static DataFinding Finding(FindingSeverity severity, List<Found>[] found, string how, string toDo)
    {
        string[] shown =
        [
            .. found.Take(MostNamed).Select(same => string.Join(" = ", same.Select(one => $"'{one.Id}' ({one.Part})"))),
        ];
        return new DataFinding(
            severity,
            found[0][0].Part,
            $"{found.Length} photographs occur more than once under other names, {how}: {string.Join(", ", shown)}"
                + (found.Length > MostNamed ? ", …" : "") + ".",
            toDo);
    }

    private sealed record Found(string Part, string Id, IReadOnlyList<int> Labels);
}
