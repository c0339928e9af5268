using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TorchSharp;

namespace Wsss;

/// <summary>
/// Work on several images at once, in order for the one consumer. On a CPU's cores a network of small layers gains next to nothing by a
/// second thread; a second image beside it doubles what gets done. A GPU has work from one image while others are prepared and read back.
/// </summary>
internal static class ImagesInParallel
{
    /// <summary>More images at once than that would need memory that a machine with many cores may not have.</summary>
    private const int MostAtOnce = 4;

    /// <summary>
    /// A larger item is worked on alone: its layers gain by more threads of a CPU, and it needs the memory of several. On a GPU, which has
    /// some hundred bytes for each pixel of a network's first layers, four of these need 3 GB.
    /// </summary>
    public static long LargestPixels(torch.Device device) => device.type == DeviceType.CPU ? 1_000_000 : 2_000_000;

    /// <summary>
    /// What <paramref name="compute"/> makes of each item, in their order. It is called by several threads at once, which divide libtorch's
    /// threads of the calling one among themselves; on a CPU with one thread, and for a large image, by the calling thread.
    /// </summary>
    /// <param name="items">Read by the calling thread, a few ahead.</param>
    /// <param name="pixels">How many pixels the image has, or the images of an item have together.</param>
    /// <param name="device">Where the work runs.</param>
    /// <param name="compute">Must not write to what calls share; works without gradients unless it asks for them.</param>
    /// <remarks>An error, of an item or of the work on it, is raised where that item is due.</remarks>
    public static IEnumerable<TResult> Select<T, TResult>(
        IEnumerable<T> items, Func<T, long> pixels, torch.Device device, Func<T, TResult> compute)
    {
        int threads = torch.get_num_threads(), lanes = device.type == DeviceType.CPU ? Math.Min(threads, MostAtOnce) : MostAtOnce;
        long largest = LargestPixels(device);
        return lanes < 2 ? items.Select(compute) : Stream(items, item => pixels(item) > largest, threads, lanes, compute);
    }

    private static IEnumerable<TResult> Stream<T, TResult>(
        IEnumerable<T> items, Func<T, bool> isLarge, int threads, int lanes, Func<T, TResult> compute)
    {
        using var work = new LaneThreads(threads, lanes);
        using var source = items.GetEnumerator();
        var started = new Queue<Func<TResult>>();
        ExceptionDispatchInfo? broken = null;
        bool more = true;
        while (more || started.Count > 0)
        {
            // One more than there are lanes: none stands idle while the next result is waited for.
            while (more && started.Count <= lanes)
            {
                more = TryNext(source, out T item, out broken);
                if (!more) break;
                started.Enqueue(isLarge(item) ? () => compute(item) : work.Start(() => compute(item)));
            }
            if (started.TryDequeue(out var next)) yield return next();
        }
        broken?.Throw();
    }

    private static bool TryNext<T>(IEnumerator<T> source, out T item, out ExceptionDispatchInfo? broken)
    {
        (item, broken) = (default!, null);
        try
        {
            if (!source.MoveNext()) return false;
            item = source.Current;
            return true;
        }
        catch (Exception error)
        {
            // The items before it are still due.
            broken = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    /// <summary>Threads that share libtorch's; Dispose waits for the work at hand and drops the rest.</summary>
    private sealed class LaneThreads : IDisposable
    {
        private readonly BlockingCollection<Action> _work = [];
        private readonly CountdownEvent _ready;
        private readonly Thread[] _lanes;
        private volatile bool _stopped;

        public LaneThreads(int threads, int lanes)
        {
            _ready = new CountdownEvent(lanes);
            _lanes = [.. Enumerable.Range(0, lanes).Select(lane =>
                new Thread(() => Work(Math.Max(1, threads / lanes))) { IsBackground = true, Name = $"Wsss image {lane}" })];
            foreach (var lane in _lanes) lane.Start();
            _ready.Wait();
            // libtorch keeps a number for each thread, and the last one that was set for threads to come.
            torch.set_num_threads(threads);
        }

        /// <summary>Begins a work, and gives what waits for its result.</summary>
        public Func<T> Start<T>(Func<T> compute)
        {
            var task = new Task<T>(compute);
            _work.Add(() => task.RunSynchronously());
            return () => task.GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            _stopped = true;
            _work.CompleteAdding();
            foreach (var lane in _lanes) lane.Join();
            _work.Dispose();
            _ready.Dispose();
        }

        private void Work(int threads)
        {
            // A thread that asks or computes for the first time takes the number for threads to come, over its own.
            _ = torch.get_num_threads();
            torch.set_num_threads(threads);
            _ready.Signal();
            foreach (var action in _work.GetConsumingEnumerable())
                if (!_stopped) action();
        }
    }
}
