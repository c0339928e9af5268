namespace Wsss.Kernel;

/// <summary>What can be interrupted now.</summary>
internal sealed class Interrupts
{
    private volatile CancellationTokenSource? _running;

    /// <summary>Runs work that an interrupt asks to stop.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        // Never disposed: an interrupt may come in the moment in which the work ends.
        var source = new CancellationTokenSource();
        _running = source;
        try
        {
            return await work(source.Token).ConfigureAwait(false);
        }
        finally
        {
            _running = null;
        }
    }

    /// <summary>Asks what runs to stop; nothing happens when nothing does.</summary>
    public void Interrupt() => _running?.Cancel();
}
