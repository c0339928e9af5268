using System.Runtime.ExceptionServices;

namespace Wsss.Data;

/// <summary>
/// Produces items 0, 1, 2, … on own threads ahead of the one consumer, who gets them in order. An error of an item reaches
/// the consumer when it asks for that item.
/// </summary>
/// <remarks>Dispose ends the threads, waits for the items that are being produced, and disposes of those that nobody took.</remarks>
internal sealed class OrderedPrefetch<T> : IDisposable
{
    private readonly Func<int, T> _produce;
    private readonly int _count;
    private readonly Slot?[] _ring;
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private int _claimed;
    private int _taken;
    private bool _stopped;

    /// <param name="count">Number of items.</param>
    /// <param name="capacity">Most items that are finished or being made and not yet taken.</param>
    /// <param name="workers">Threads; 0 produces each item when it is asked for.</param>
    /// <param name="produce">Makes an item; called from any of the threads at once.</param>
    public OrderedPrefetch(int count, int capacity, int workers, Func<int, T> produce)
    {
        (_count, _ring, _produce) = (count, new Slot?[capacity], produce);
        _threads = [.. Enumerable.Range(0, workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"Wsss loader {i}" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    private sealed record Slot(T? Item, ExceptionDispatchInfo? Error);

    /// <summary>The next item; waits until it is there.</summary>
    public T Next()
    {
        if (_threads.Length == 0) return _produce(_taken++);
        Slot slot;
        lock (_gate)
        {
            int place = _taken % _ring.Length;
            while (_ring[place] is null) Monitor.Wait(_gate);
            slot = _ring[place]!;
            _ring[place] = null;
            _taken++;
            Monitor.PulseAll(_gate);
        }
        slot.Error?.Throw();
        return slot.Item!;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread thread in _threads) thread.Join();
        foreach (Slot? slot in _ring)
            if (slot is { Item: IDisposable item }) item.Dispose();
    }

    private void Work()
    {
        while (Claim() is { } index)
        {
            Slot slot;
            try
            {
                slot = new Slot(_produce(index), null);
            }
            catch (Exception error)
            {
                // Whatever it is, it is the consumer's to handle: unhandled on this thread it would end the process.
                slot = new Slot(default, ExceptionDispatchInfo.Capture(error));
            }
            lock (_gate)
            {
                _ring[index % _ring.Length] = slot;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private int? Claim()
    {
        lock (_gate)
        {
            while (!_stopped && _claimed < _count && _claimed >= _taken + _ring.Length) Monitor.Wait(_gate);
            return _stopped || _claimed >= _count ? null : _claimed++;
        }
    }
}
