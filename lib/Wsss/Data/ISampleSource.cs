namespace Wsss.Data;

/// <summary>A list of labelled images with class names: a split of a data set. Implementations are immutable and thread-safe.</summary>
public interface ISampleSource
{
    /// <summary>Name for people, such as <c>menagerie/train</c>.</summary>
    string Name { get; }

    /// <summary>Names of the C target classes; background is not among them.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>Hexadecimal hash of everything that decides the samples; equal fingerprints mean equal data.</summary>
    string Fingerprint { get; }

    /// <summary>The name of a sample, without loading it.</summary>
    string Id(int index);

    /// <summary>The image-level labels of a sample (zero-based, ascending), without decoding its image.</summary>
    IReadOnlyList<int> Labels(int index);

    /// <summary>Loads (or draws) a sample; the same index always gives the same sample.</summary>
    /// <exception cref="ImageFileException">A file of the sample is broken; the message names it.</exception>
    Sample Load(int index);
}

/// <summary>What is asked of a whole source.</summary>
public static class SampleSources
{
    /// <summary>All samples, for sources of a few images to look at.</summary>
    /// <param name="source">The source.</param>
    /// <exception cref="ImageFileException">A file of a sample is broken; the message names it.</exception>
    public static Sample[] LoadAll(this ISampleSource source) => [.. Enumerable.Range(0, source.Count).Select(source.Load)];

    /// <summary>The numbers of samples that show a class, evenly spread over the source; empty where none does.</summary>
    /// <param name="source">The source.</param>
    /// <param name="most">How many, if there are so many.</param>
    internal static int[] Spread(this ISampleSource source, int most)
    {
        int[] labelled = [.. Enumerable.Range(0, source.Count).Where(i => source.Labels(i).Count > 0)];
        int count = Math.Min(most, labelled.Length);
        return [.. Enumerable.Range(0, count).Select(i => labelled[(int)((long)i * labelled.Length / count)])];
    }
}
