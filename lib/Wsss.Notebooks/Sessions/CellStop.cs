namespace Wsss.Notebooks.Sessions;

/// <summary>While it lives, the cell that runs in this flow of execution, with the tasks and threads it starts, obeys a token.</summary>
internal sealed class CellStop : IDisposable
{
    // Never disposed: tasks that outlive the cell may still wait for it, and the caller may dispose its own source at once.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _asking;
    private int _raised;

    /// <summary>Begins, for the flow that calls.</summary>
    public CellStop(CancellationToken cancellationToken)
    {
        Interruption.Current = cancellationToken.CanBeCanceled ? _source.Token : CancellationToken.None;
        _asking = cancellationToken.Register(Ask);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for an Ask that is under way.
        _asking.Dispose();
        Interruption.Current = CancellationToken.None;
        if (Volatile.Read(ref _raised) == 1) Interrupt.LowerLater();
    }

    private void Ask()
    {
        Interrupt.Raise();
        Volatile.Write(ref _raised, 1);
        _source.Cancel();
    }
}
