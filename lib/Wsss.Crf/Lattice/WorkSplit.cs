namespace Wsss.Crf.Lattice;

/// <summary>Runs the parts of a step on some threads; what the parts are never depends on the number of threads.</summary>
internal sealed class WorkSplit(int threads)
{
    /// <summary>Items of a part when many equal items are split: enough to hide the cost of handing a part out.</summary>
    public const int ItemsPerPart = 4096;

    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = threads };

    /// <summary>Runs <paramref name="body"/> for the parts 0…<paramref name="parts"/> − 1 and waits for all of them.</summary>
    public void Run(int parts, Action<int> body)
    {
        if (threads == 1 || parts == 1)
        {
            for (int part = 0; part < parts; part++) body(part);
        }
        else
        {
            Parallel.For(0, parts, _options, body);
        }
    }

    /// <summary>Number of parts of so many items.</summary>
    public static int Parts(int items) => (items + ItemsPerPart - 1) / ItemsPerPart;

    /// <summary>The items [from, to) of a part.</summary>
    public static (int From, int To) Range(int part, int items) =>
        (part * ItemsPerPart, Math.Min(items, (part + 1) * ItemsPerPart));
}
