using System.ComponentModel;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// The waits of <see cref="Task"/> that <see cref="InterruptRewriter"/> puts into cells in place of the framework's: an interrupt ends
/// them, and on the session's thread what is posted to it goes on meanwhile, so that a cell may wait for its own async methods.
/// Public because the compiled cells live in other assemblies; no cell needs to write it.
/// </summary>
/// <remarks>Parameters are called as the framework calls them, since cells may name them.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TaskWaits
{
    private static readonly TimeSpan Endless = Timeout.InfiniteTimeSpan;

    /// <summary>Waits until the task has ended, however it ended, and gives it back.</summary>
    /// <exception cref="OperationCanceledException">The cell is to stop.</exception>
    public static T Finished<T>(T task) where T : Task
    {
        Await(task, Endless, CancellationToken.None);
        return task;
    }

    /// <inheritdoc cref="Task.Wait()"/>
    public static void Wait(Task task) => Finished(task).Wait();

    /// <inheritdoc cref="Task.Wait(CancellationToken)"/>
    public static void Wait(Task task, CancellationToken cancellationToken) => Wait(task, Endless, cancellationToken);

    /// <inheritdoc cref="Task.Wait(int)"/>
    public static bool Wait(Task task, int millisecondsTimeout) => Wait(task, millisecondsTimeout, CancellationToken.None);

    /// <inheritdoc cref="Task.Wait(TimeSpan)"/>
    public static bool Wait(Task task, TimeSpan timeout) => Wait(task, timeout, CancellationToken.None);

    /// <inheritdoc cref="Task.Wait(int, CancellationToken)"/>
    public static bool Wait(Task task, int millisecondsTimeout, CancellationToken cancellationToken) =>
        Wait(task, TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    /// <inheritdoc cref="Task.Wait(TimeSpan, CancellationToken)"/>
    public static bool Wait(Task task, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Await(task, timeout, cancellationToken);
        return task.Wait(0, cancellationToken);
    }

    /// <inheritdoc cref="Task.WaitAll(Task[])"/>
    public static void WaitAll(params Task[] tasks) => WaitAll(tasks, Endless, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAll(ReadOnlySpan{Task})"/>
    public static void WaitAll(params ReadOnlySpan<Task> tasks) => WaitAll(tasks.ToArray(), Endless, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAll(Task[], int)"/>
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout) => WaitAll(tasks, millisecondsTimeout, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAll(Task[], TimeSpan)"/>
    public static bool WaitAll(Task[] tasks, TimeSpan timeout) => WaitAll(tasks, timeout, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAll(Task[], CancellationToken)"/>
    public static void WaitAll(Task[] tasks, CancellationToken cancellationToken) => WaitAll(tasks, Endless, cancellationToken);

    /// <inheritdoc cref="Task.WaitAll(Task[], int, CancellationToken)"/>
    public static bool WaitAll(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken) =>
        WaitAll(tasks, TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    /// <inheritdoc cref="Task.WaitAll(IEnumerable{Task}, CancellationToken)"/>
    public static void WaitAll(IEnumerable<Task> tasks) => WaitAll([.. tasks], Endless, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAll(IEnumerable{Task}, CancellationToken)"/>
    public static void WaitAll(IEnumerable<Task> tasks, CancellationToken cancellationToken) =>
        WaitAll([.. tasks], Endless, cancellationToken);

    /// <inheritdoc cref="Task.WaitAny(Task[])"/>
    public static int WaitAny(params Task[] tasks) => WaitAny(tasks, Endless, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAny(Task[], int)"/>
    public static int WaitAny(Task[] tasks, int millisecondsTimeout) => WaitAny(tasks, millisecondsTimeout, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAny(Task[], TimeSpan)"/>
    public static int WaitAny(Task[] tasks, TimeSpan timeout) => WaitAny(tasks, timeout, CancellationToken.None);

    /// <inheritdoc cref="Task.WaitAny(Task[], CancellationToken)"/>
    public static int WaitAny(Task[] tasks, CancellationToken cancellationToken) => WaitAny(tasks, Endless, cancellationToken);

    /// <inheritdoc cref="Task.WaitAny(Task[], int, CancellationToken)"/>
    public static int WaitAny(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken) =>
        WaitAny(tasks, TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    private static bool WaitAll(Task[] tasks, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Await(Task.WhenAll(tasks), timeout, cancellationToken);
        return Task.WaitAll(tasks, 0, cancellationToken);
    }

    private static int WaitAny(Task[] tasks, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (tasks.Length > 0) Await(Task.WhenAny(tasks), timeout, cancellationToken);
        return Task.WaitAny(tasks, 0, cancellationToken);
    }

    /// <summary>Until the task has ended, however it ended, the time is over or the token is cancelled.</summary>
    private static void Await(Task task, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (task.IsCompleted) return;
        CancellationToken stop = Interruption.Current;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        end.CancelAfter(timeout);
        if (SessionThread.Here is { } thread) thread.PumpUntil(task, end.Token);
        else Block(task, end.Token);
        if (task.IsCompleted) return;
        stop.ThrowIfCancellationRequested();
        // A wait of no time does not look at it.
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Block(Task task, CancellationToken cancellationToken)
    {
        try
        {
            task.Wait(cancellationToken);
        }
        catch (Exception error) when (error is AggregateException or OperationCanceledException)
        {
            // Whoever asks the task for its result is told in the form that fits the question.
        }
    }
}
