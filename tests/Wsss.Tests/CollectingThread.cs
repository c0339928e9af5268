using System.Diagnostics;

namespace Wsss.Tests;

/// <summary>A thread that collects garbage at random moments of another thread's work, for as long as it is not disposed.</summary>
/// <remarks>
/// Collections in a tight loop can keep the other thread suspended for ever: on a busy machine the next one begins before the scheduler
/// let it go on. So each waits until the work has moved on since the one before.
/// </remarks>
internal sealed class CollectingThread : IDisposable
{
    private readonly Func<long> _progress;
    private readonly TimeSpan _patience;
    private readonly Thread _thread;
    private volatile bool _done;

    /// <summary>Begins to collect.</summary>
    /// <param name="progress">A number that changes when the other thread has done a piece of its work.</param>
    /// <param name="patience">How long to wait for a change: a thread that works at something else moves no number.</param>
    public CollectingThread(Func<long> progress, TimeSpan patience)
    {
        (_progress, _patience) = (progress, patience);
        _thread = new Thread(Collect) { IsBackground = true, Name = "Garbage collections" };
        _thread.Start();
    }

    /// <summary>How often garbage was collected.</summary>
    public int Collections { get; private set; }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _done = true;
        _thread.Join();
    }

    private void Collect()
    {
        var random = new Random(1);
        while (!_done)
        {
            for (int i = 0; i < 10; i++) _ = new byte[20_000];
            // Anywhere within the piece of work, not always at its beginning.
            Thread.SpinWait(random.Next(2_000));
            GC.Collect(0);
            Collections++;
            long place = _progress(), since = Stopwatch.GetTimestamp();
            while (!_done && _progress() == place && Stopwatch.GetElapsedTime(since) < _patience) Thread.Yield();
        }
    }
}
