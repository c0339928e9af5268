namespace Wsss.Data;

/// <summary>Decodes samples ahead of the thread that uses them, in order.</summary>
internal static class Prefetch
{
    /// <summary>All samples of a source in its order, a few loaded ahead on the context's workers.</summary>
    /// <exception cref="ImageFileException">A file is broken; raised where that sample is due.</exception>
    public static IEnumerable<Sample> Samples(ISampleSource source, RunContext run)
    {
        using var samples = new OrderedPrefetch<Sample>(source.Count, 2 * run.Workers, run.Workers, source.Load);
        for (int i = 0; i < source.Count; i++) yield return samples.Next();
    }
}
