namespace Wsss.Data;

/// <summary>Decodes samples ahead of the thread that uses them, in order.</summary>
internal static class Prefetch
{
    /// <summary>All samples of a source in its order, a few loaded ahead on the context's workers.</summary>
    /// <exception cref="ImageFileException">A file is broken; raised where that sample is due.</exception>
    public static IEnumerable<Sample> Samples(ISampleSource source, RunContext run)
    {
        int ahead = 2 * run.Workers;
        var pending = new Queue<Task<Sample>>();
        for (int i = 0; i < source.Count || pending.Count > 0;)
        {
            while (i < source.Count && pending.Count < ahead)
            {
                int index = i++;
                pending.Enqueue(Task.Run(() => source.Load(index)));
            }
            yield return pending.Dequeue().GetAwaiter().GetResult();
        }
    }
}
