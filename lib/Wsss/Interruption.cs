namespace Wsss;

/// <summary>
/// The cancellation that work obeys when nobody handed it a token: a host that runs other people's code, such as a notebook
/// session, sets it for that code, and every <see cref="RunContext"/> without a token of its own follows it.
/// </summary>
/// <remarks>
/// It belongs to a flow of execution: it reaches the tasks and threads that this flow starts, and no others. Read it anew at
/// each check, since an object that one cell makes may be at work in a later one.
/// </remarks>
public static class Interruption
{
    private static readonly AsyncLocal<CancellationToken> Flow = new();

    /// <summary>The token of this flow; <see cref="CancellationToken.None"/> where no host has set one.</summary>
    public static CancellationToken Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }
}
