using TorchSharp;
using Wsss.Storage;

namespace Wsss;

/// <summary>
/// Where and how work runs: the device, the store of finished results, progress and cancellation. What is computed never
/// depends on it beyond the last bits of rounding; that is decided by recipes.
/// </summary>
public sealed record RunContext
{
    private readonly bool _isProgressGiven;

    /// <summary>Where tensors live.</summary>
    public required torch.Device Device { get; init; }

    /// <summary>Where finished results are kept.</summary>
    public required ArtifactStore Store { get; init; }

    /// <summary>Threads that decode and augment images beside the training thread.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount - 1, 1, 4);

    /// <summary>Whether interrupted training goes on from its checkpoint; otherwise it starts anew.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Progress callback of long work; null for none. Unless one or the other is given it is <see cref="HostProgress.Current"/>.
    /// </summary>
    public IProgress<WorkProgress>? Progress
    {
        get => _isProgressGiven ? field : HostProgress.Current;
        init => (field, _isProgressGiven) = (value, true);
    }

    /// <summary>
    /// Stops long work; training leaves a checkpoint. Without a token of its own it is <see cref="Interruption.Current"/>.
    /// </summary>
    public CancellationToken Cancellation
    {
        get => field.CanBeCanceled ? field : Interruption.Current;
        init;
    }

    /// <summary>
    /// Where results lie unless told otherwise: <c>out/cache</c> below the nearest folder with a solution (<c>*.sln</c>, <c>*.slnx</c>) at
    /// or above the current one, or else below the current folder.
    /// </summary>
    public static string DefaultStore => Path.Combine(ProjectFolder(), "out", "cache");

    /// <summary>The folder that somebody named for results, in full; <see cref="DefaultStore"/> for null or empty.</summary>
    public static string StoreAt(string? folder) => Path.GetFullPath(string.IsNullOrEmpty(folder) ? DefaultStore : folder);

    /// <summary>
    /// A context with results in a folder; what dead processes have left half-made there is removed, and hashes of data files are
    /// kept there.
    /// </summary>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="store">Folder of finished results; null or empty for <see cref="DefaultStore"/>.</param>
    /// <param name="storeLimit">Most bytes that the store may take (<see cref="ArtifactStore.Limit"/>); null for no bound.</param>
    /// <exception cref="TorchException">libtorch does not load, or there is no such device.</exception>
    public static RunContext Open(string device = "auto", string? store = null, long? storeLimit = null)
    {
        TorchRuntime.KeepFreedMemory();
        var run = new RunContext
        {
            Device = TorchRuntime.ResolveDevice(device),
            Store = new ArtifactStore(StoreAt(store)) { Limit = storeLimit },
        };
        run.Store.Open();
        FileHash.KeepIn(run.Store.Root);
        return run;
    }

    /// <summary>Reports progress and stops here when cancellation was asked for.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public void Report(string stage, long done, long total, string? detail = null)
    {
        Cancellation.ThrowIfCancellationRequested();
        Progress?.Report(new WorkProgress(stage, done, total, detail));
    }

    private static string ProjectFolder()
    {
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            if (folder.EnumerateFiles("*.sln", readable).Concat(folder.EnumerateFiles("*.slnx", readable)).Any()) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
