namespace Wsss.Kernel;

/// <summary>Stops the work on one request after another.</summary>
internal sealed class Interrupts
{
    private volatile CancellationTokenSource? _running;

    /// <summary>Stops the work that has begun.</summary>
    public CancellationToken Token => _running?.Token ?? CancellationToken.None;

    /// <summary>Work begins that can be stopped.</summary>
    // The source is never disposed: an interrupt may come in the moment in which the work ends.
    public void Begin() => _running = new CancellationTokenSource();

    /// <summary>It has ended.</summary>
    public void End() => _running = null;

    /// <summary>Asks the work to stop; nothing happens when there is none.</summary>
    public void Interrupt() => _running?.Cancel();
}
