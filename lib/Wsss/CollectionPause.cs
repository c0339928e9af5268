using System.Runtime;

namespace Wsss;

/// <summary>
/// Holds off garbage collection while it lives. TorchSharp 0.107 turns every number that is given to an operator into an object
/// with a finalizer, and keeps it alive only until the native call begins: a collection during the call, set off by any thread,
/// frees the number while libtorch reads it. Then a step fails with an odd message, or takes another number for its own. An
/// optimizer gives hundreds of numbers per step.
/// </summary>
/// <remarks>
/// For the whole process. Other pauses may begin meanwhile; the last one to end lets collections happen again. Where one pause
/// follows another there would be no time for them, so a pause first collects what has gathered since.
/// </remarks>
internal sealed class CollectionPause : IDisposable
{
    /// <summary>What all threads may allocate meanwhile, in bytes; beyond it a collection happens after all.</summary>
    private const long Budget = 256 << 20;

    private static readonly object Gate = new();
    private static int _pauses;
    private static bool _holding;
    private static long _allocatedAtCollection;

    private CollectionPause() { }

    /// <summary>Begins; dispose it to end. Where memory is too short for it, collections go on as ever.</summary>
    public static CollectionPause Begin()
    {
        lock (Gate)
        {
            // A program may hold collections off by itself.
            if (_pauses++ == 0 && GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
            {
                long budget = Math.Min(Budget, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);
                if (GC.GetTotalAllocatedBytes() - _allocatedAtCollection > budget / 2)
                {
                    GC.Collect();
                    _allocatedAtCollection = GC.GetTotalAllocatedBytes();
                }
                _holding = GC.TryStartNoGCRegion(budget, disallowFullBlockingGC: true);
            }
        }
        return new CollectionPause();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            if (--_pauses > 0 || !_holding) return;
            _holding = false;
            try
            {
                if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
            }
            catch (InvalidOperationException)
            {
                // Another thread spent the budget just now: the runtime has ended it by itself.
            }
        }
    }
}
