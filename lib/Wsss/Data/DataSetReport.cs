using System.Collections.Concurrent;

namespace Wsss.Data;

/// <summary>What a split holds.</summary>
public sealed record SplitReport
{
    /// <summary>The source's name.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of everything that decides the samples; null where a file of them cannot be read.</summary>
    public required string? Fingerprint { get; init; }

    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    /// <summary>How many of them have a mask.</summary>
    public required int Masks { get; init; }

    /// <summary>How many images show each class.</summary>
    public required IReadOnlyDictionary<string, int> ImagesPerClass { get; init; }

    /// <summary>How many images have that many labels.</summary>
    public required IReadOnlyDictionary<int, int> ImagesPerLabelCount { get; init; }

    /// <summary>How many images have each size, <c>width×height</c>, frequent ones first.</summary>
    public required IReadOnlyDictionary<string, int> ImagesPerSize { get; init; }

    /// <summary>Share of the masks' pixels of each label, 0…1: background, the classes, <see cref="DataSetReport.IgnoreName"/>.</summary>
    public required IReadOnlyDictionary<string, double> PixelShare { get; init; }
}

/// <summary>What a data set holds, and whether all of it can be read.</summary>
/// <param name="Splits">The splits that could be opened: train, validation, test.</param>
/// <param name="Findings">What is wrong, and what else a person should know, errors first. Counts leave broken samples out.</param>
public sealed record DataSetReport(IReadOnlyList<SplitReport> Splits, IReadOnlyList<DataFinding> Findings)
{
    /// <summary>Name of label 255 in <see cref="SplitReport.PixelShare"/>.</summary>
    public const string IgnoreName = "255 (ignore)";

    /// <summary>Everything that is wrong, a line for each; empty if all is well.</summary>
    public IReadOnlyList<string> Problems =>
        [.. Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.ToString())];

    /// <summary>Decodes every image and mask of a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="run">Workers, progress, cancellation.</param>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    public static DataSetReport Of(DataSet data, RunContext run)
    {
        var findings = new ConcurrentQueue<DataFinding>();
        var sources = data.OpenWhole(findings, run.Cancellation);
        var duplicates = new DuplicateImages();
        SplitReport[] splits = [.. sources.Select(source => Inspect(source, findings, duplicates, run))];
        return new DataSetReport(
            splits, [.. DataCheck.Ordered(findings.Concat(duplicates.Findings()).Concat(DataCheck.OfLabels(sources)))]);
    }

    private static SplitReport Inspect(
        IMaskedSource source, ConcurrentQueue<DataFinding> findings, DuplicateImages duplicates, RunContext run)
    {
        int masks = 0;
        var classes = new int[source.ClassNames.Count];
        var labelCounts = new SortedDictionary<int, int>();
        var sizes = new Dictionary<string, int>();
        // Of more classes than a byte can name, those beyond have no pixel; that there are too many is a finding.
        var pixels = new long[Math.Max(256, source.ClassNames.Count + 1)];
        var contradictions = new MaskContradictions(source.ClassNames);
        // An error is an item here: it must not end the reading of those behind it.
        using var samples = new OrderedPrefetch<(Sample Sample, LabelMap? Mask)?>(source.Count, 2 * run.Workers, run.Workers, index =>
        {
            try
            {
                var sample = source.Load(index);
                LabelMap? mask = source.HasMask(index) ? source.Mask(index) : null;
                // Read for its errors alone.
                _ = source.Truth(index);
                return (sample, mask);
            }
            catch (WsssException error)
            {
                findings.Enqueue(DataFinding.Of(error, source.Id(index)));
                return null;
            }
        });
        for (int i = 0; i < source.Count; i++)
        {
            run.Report($"read {source.Name}", i + 1, source.Count);
            if (samples.Next() is not var (sample, mask)) continue;
            duplicates.Add(source.Name, sample);
            foreach (int label in sample.Labels) classes[label]++;
            labelCounts[sample.Labels.Count] = labelCounts.GetValueOrDefault(sample.Labels.Count) + 1;
            string size = $"{sample.Image.Width}×{sample.Image.Height}";
            sizes[size] = sizes.GetValueOrDefault(size) + 1;
            if (mask is null) continue;
            masks++;
            foreach (byte value in mask.Values) pixels[value]++;
            contradictions.Add(sample.Id, sample.Labels, mask);
        }
        if (contradictions.What is { } what)
            findings.Enqueue(new DataFinding(FindingSeverity.Warning, source.Name, what, MaskContradictions.ToDo));
        int read = labelCounts.Values.Sum();
        double all = Math.Max(1, pixels.Sum());
        return new SplitReport
        {
            Name = source.Name,
            Fingerprint = FingerprintOf(source, read == source.Count ? findings : []),
            Images = read,
            Masks = masks,
            ImagesPerClass = source.ClassNames.Select((name, c) => (name, classes[c])).ToDictionary(),
            ImagesPerLabelCount = labelCounts,
            ImagesPerSize = sizes.OrderByDescending(size => size.Value).ToDictionary(),
            PixelShare = source.ClassNames.Select((name, c) => (name, pixels[c + 1] / all))
                .Prepend(("background", pixels[0] / all)).Append((IgnoreName, pixels[LabelMap.Ignore] / all)).ToDictionary(),
        };
    }

    private static string? FingerprintOf(IMaskedSource source, ConcurrentQueue<DataFinding> findings)
    {
        try
        {
            return source.Fingerprint;
        }
        // A sample that could not be read has said why.
        catch (WsssException error)
        {
            findings.Enqueue(DataFinding.Of(error, source.Name));
            return null;
        }
    }
}
