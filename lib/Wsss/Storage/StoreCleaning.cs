namespace Wsss.Storage;

/// <summary>A thing in a store that is to go, and why.</summary>
/// <param name="Entry">The thing.</param>
/// <param name="Reason">In words.</param>
internal sealed record StoreRemoval(StoreEntry Entry, string Reason);

/// <summary>
/// What is to go from a store: whatever is damaged, of an older version of this library, or left half-made; and more, if somebody says
/// so. What a process works on stays.
/// </summary>
internal sealed record StoreCleaning
{
    /// <summary>Results and checkpoints go that nobody used for so long; null for none.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>
    /// Results and checkpoints go, used longest ago first, until the rest takes at most so many bytes; null for no bound.
    /// </summary>
    public long? KeepBytes { get; init; }

    /// <summary>What is to go; each file of the store is read. Nothing is removed yet.</summary>
    /// <param name="root">Folder of the store.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <param name="progress">Progress callback.</param>
    /// <param name="cancellation">Stops it.</param>
    public IReadOnlyList<StoreRemoval> Plan(
        string root, DateTime now, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        StoreEntry[] entries = [.. StoreInventory.Of(root).Where(entry => !StoreInventory.IsBusy(entry))];
        var removals = new List<StoreRemoval>();
        foreach (var (done, entry) in entries.Index())
        {
            progress?.Report(new WorkProgress("check results", done + 1, entries.Length));
            if (ReasonFor(entry, now, cancellation) is { } reason) removals.Add(new StoreRemoval(entry, reason));
        }
        if (KeepBytes is not { } most) return removals;
        StoreEntry[] rest = [.. entries.Except(removals.Select(removal => removal.Entry))];
        long excess = rest.Sum(entry => entry.Bytes) - most;
        foreach (var entry in rest.OrderBy(entry => entry.Used))
        {
            if (excess <= 0) break;
            excess -= entry.Bytes;
            removals.Add(new StoreRemoval(entry, "used longest ago"));
        }
        return removals;
    }

    private string? ReasonFor(StoreEntry entry, DateTime now, CancellationToken cancellation) => entry.State switch
    {
        StoreEntryState.HalfMade => "left half-made",
        StoreEntryState.Older => "of an older version",
        _ when StoreInventory.Problems(entry, cancellation) is [var problem, ..] => problem.Message,
        _ when OlderThan is { } age && now - entry.Used > age => $"not used for {(int)(now - entry.Used).TotalDays} days",
        _ => null,
    };
}
