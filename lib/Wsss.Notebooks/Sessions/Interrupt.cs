using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// What <see cref="InterruptRewriter"/> puts into cells: checks whether the cell is to stop, and waits that end when it is.
/// Public because the compiled cells live in other assemblies; no cell needs to write it.
/// </summary>
/// <remarks>
/// No thread is aborted: a thread that dies inside the runtime can keep a lock of the runtime for ever. The checks throw
/// where the cell's own code stands, so that its <c>using</c> and <c>finally</c> blocks run as always.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Interrupt
{
    /// <summary>Tasks that an interrupted cell has left behind meet the slow check for this long.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    /// <summary>Stops this code if its cell is to stop. One read of a field as long as no cell of the process is.</summary>
    /// <exception cref="OperationCanceledException">The cell is to stop.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check()
    {
        if (Flag.IsUp) StopThisFlow();
    }

    /// <summary>As <see cref="Thread.Sleep(int)"/>, but an interrupt ends it.</summary>
    /// <exception cref="OperationCanceledException">The cell is to stop.</exception>
    public static void Sleep(int millisecondsTimeout)
    {
        // Zero gives the processor to another thread and waits for nothing; without a token nothing can wake a sleeper.
        if (millisecondsTimeout == 0 || !Interruption.Current.CanBeCanceled) Thread.Sleep(millisecondsTimeout);
        else Interruption.Current.WaitHandle.WaitOne(millisecondsTimeout);
        Check();
    }

    /// <summary>As <see cref="Thread.Sleep(TimeSpan)"/>, but an interrupt ends it.</summary>
    /// <exception cref="OperationCanceledException">The cell is to stop.</exception>
    public static void Sleep(TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero || !Interruption.Current.CanBeCanceled) Thread.Sleep(timeout);
        else Interruption.Current.WaitHandle.WaitOne(timeout);
        Check();
    }

    /// <summary>The task, or one that ends before it when the cell is to stop.</summary>
    public static Task Woken(Task task) => CanWake(task.IsCompleted) ? task.WaitAsync(Interruption.Current) : task;

    /// <summary>The task, or one that ends before it when the cell is to stop.</summary>
    public static Task<T> Woken<T>(Task<T> task) => CanWake(task.IsCompleted) ? task.WaitAsync(Interruption.Current) : task;

    /// <summary>The task, or one that ends before it when the cell is to stop.</summary>
    public static ValueTask Woken(ValueTask task) =>
        CanWake(task.IsCompleted) ? new ValueTask(task.AsTask().WaitAsync(Interruption.Current)) : task;

    /// <summary>The task, or one that ends before it when the cell is to stop.</summary>
    public static ValueTask<T> Woken<T>(ValueTask<T> task) =>
        CanWake(task.IsCompleted) ? new ValueTask<T>(task.AsTask().WaitAsync(Interruption.Current)) : task;

    /// <summary>From now on <see cref="Check"/> asks each flow for its own token.</summary>
    internal static void Raise() => Flag.Add(1);

    /// <summary>Undoes one <see cref="Raise"/>, after a time in which tasks that the cell left behind find out.</summary>
    internal static void LowerLater() =>
        _ = Task.Delay(Linger).ContinueWith(_ => Flag.Add(-1), TaskScheduler.Default);

    private static bool CanWake(bool isCompleted) => !isCompleted && Interruption.Current.CanBeCanceled;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StopThisFlow() => Interruption.Current.ThrowIfCancellationRequested();

    /// <summary>A class without a static constructor, so that reading the field costs nothing else.</summary>
    private static class Flag
    {
        private static volatile int _cells;

        public static bool IsUp => _cells != 0;

        public static void Add(int cells) => Interlocked.Add(ref _cells, cells);
    }
}
