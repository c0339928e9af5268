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

    public override void Post(SendOrPostCallback callback, object? state)
    {
        // After the session has ended nobody is left to care for what a cell left running.
        if (!_queue.IsAddingCompleted) _queue.Add(() => callback(state));
    }

    public override void Send(SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
            callback(state);
        else
            RunAsync(() => { callback(state); return true; }).GetAwaiter().GetResult();
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs work on the thread; its errors go to the returned task.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
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

    /// <summary>On the thread itself: works off the queue until the task has ended.</summary>
    /// <exception cref="OperationCanceledException">
    /// Cancellation was asked for, and the task waits for something that does not wake.
    /// </exception>
    public void PumpUntil(Task task, CancellationToken cancellationToken)
    {
        task.ContinueWith(
            _ => Post(_ => { }, null),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        try
        {
            while (!task.IsCompleted)
                _queue.Take(cancellationToken)();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            while (!task.IsCompleted)
            {
                TimeSpan left = Unwinding - watch.Elapsed;
                if (left <= TimeSpan.Zero || !_queue.TryTake(out Action? work, left))
                    throw;
                work();
            }
        }
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
        foreach (Action work in _queue.GetConsumingEnumerable())
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                // What a finished cell left behind (an async void method, a timer) must not end the process.
                Console.Error.WriteLine($"A task of an earlier cell failed: {error.Message}");
            }
        }
    }
}
