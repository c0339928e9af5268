namespace Wsss;

/// <summary>
/// The progress callback of work that was given none: a host that runs other people's code, such as a notebook session, sets it for that
/// code, and every <see cref="RunContext"/> without one of its own reports there.
/// </summary>
/// <remarks>As <see cref="Interruption"/>, it belongs to a flow of execution.</remarks>
internal static class HostProgress
{
    private static readonly AsyncLocal<IProgress<WorkProgress>?> Flow = new();

    /// <summary>That of this flow; null where no host has set one.</summary>
    public static IProgress<WorkProgress>? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }
}
