using System.Runtime;

namespace Wsss.Notebooks.Sessions;

/// <summary>Runs user code so that a cancellation ends it wherever it is, except inside a native call.</summary>
internal static class Interruptible
{
    /// <summary>Runs the work on this thread.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Run(Action work, CancellationToken cancellationToken)
    {
        Thread thread = Thread.CurrentThread;
        // A source of our own: ControlledExecution hangs on a token that can never be cancelled.
        using var stop = new CancellationTokenSource();
        CancellationTokenRegistration stopping = cancellationToken.Register(() =>
        {
            // ControlledExecution ends running code, but it would wait for a thread that sleeps or waits.
            if (thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)) thread.Interrupt();
            stop.Cancel();
        });
        try
        {
#pragma warning disable SYSLIB0046 // It ends a thread of user code anywhere, which is what interrupting a cell means.
            ControlledExecution.Run(work, stop.Token);
#pragma warning restore SYSLIB0046
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            Settle(stopping);
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits for a wake-up that is under way; one that came too late must not hit what this thread does next.</summary>
    private static void Settle(CancellationTokenRegistration stopping)
    {
        try
        {
            stopping.Dispose();
            if (stopping.Token.IsCancellationRequested) Thread.Sleep(1);
        }
        catch (ThreadInterruptedException)
        {
            stopping.Dispose();
        }
    }
}
