using System.Collections.Concurrent;
using System.Diagnostics;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// One thread with a message queue, on which everything of a session runs, code after <c>await</c> included:
/// TorchSharp's dispose scopes and gradient mode belong to a thread and would be lost on another.
/// </summary>
internal sealed class SessionThread : SynchronizationContext, IDisposable
{
    /// <summary>How long code after an <c>await</c> that was woken may clean up.</summary>
    private static readonly TimeSpan Unwinding = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread _thread;
    private bool _isEnded;

    public SessionThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "Notebook session" };
        _thread.Start();
    }

    /// <summary>The session thread that this code runs on; null elsewhere.</summary>
    public static SessionThread? Here => Current is SessionThread { IsHere: true } thread ? thread : null;

    private bool IsHere => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    public override void Post(SendOrPostCallback callback, object? state)
    {
        try
        {
            _queue.Add(() => callback(state));
        }
        catch (InvalidOperationException)
        {
            // After the session has ended nobody is left to care for what a cell left running.
        }
    }

    public override void Send(SendOrPostCallback callback, object? state)
    {
        if (IsHere)
            callback(state);
        else
            RunAsync(() => { callback(state); return true; }, CancellationToken.None).GetAwaiter().GetResult();
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs work on the thread; its errors go to the returned task.</summary>
    /// <param name="work">Has ended when it returns.</param>
    /// <param name="cancellationToken">Calls the work off at once if it has not begun. Work that has begun looks at it itself.</param>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        int isDecided = 0;
        CancellationTokenRegistration calling = cancellationToken.Register(() =>
        {
            if (Interlocked.Exchange(ref isDecided, 1) == 0) done.SetCanceled(cancellationToken);
        });
        _queue.Add(() =>
        {
            if (Interlocked.Exchange(ref isDecided, 1) == 1) return;
            calling.Unregister();
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException error)
            {
                done.SetCanceled(error.CancellationToken);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    /// <summary>On the thread itself: works off the queue until the task has ended; a cancelled one may clean up.</summary>
    /// <exception cref="OperationCanceledException">
    /// Cancellation was asked for, and the task waits for something that does not wake.
    /// </exception>
    public void RunToEnd(Task task, CancellationToken cancellationToken)
    {
        if (PumpUntil(task, cancellationToken)) return;
        var watch = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            TimeSpan left = Unwinding - watch.Elapsed;
            if (left <= TimeSpan.Zero || !_queue.TryTake(out Action? work, left)) throw new OperationCanceledException(cancellationToken);
            Do(work);
        }
    }

    /// <summary>On the thread itself: works off the queue until the task has ended.</summary>
    /// <returns>False if it has not, since cancellation was asked for.</returns>
    public bool PumpUntil(Task task, CancellationToken cancellationToken)
    {
        task.ContinueWith(
            _ => Post(_ => { }, null),
            cancellationToken,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        while (!task.IsCompleted)
        {
            Action work;
            try
            {
                work = _queue.Take(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            Do(work);
        }
        return task.IsCompleted;
    }

    /// <summary>Takes no more work and leaves the thread to itself; as a background thread it keeps no process alive.</summary>
    public void Abandon()
    {
        _isEnded = true;
        _queue.CompleteAdding();
    }

    public void Dispose()
    {
        if (_isEnded) return;
        Abandon();
        // A cell in a native call ends late.
        if (_thread.Join(TimeSpan.FromSeconds(5))) _queue.Dispose();
    }

    private void Loop()
    {
        SetSynchronizationContext(this);
        foreach (Action work in _queue.GetConsumingEnumerable()) Do(work);
    }

    /// <summary>Code of a cell that nobody waits for, such as the rest of an <c>async void</c> method, ends nothing but itself.</summary>
    private static void Do(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            StrayErrors.Report(error);
        }
    }
}
