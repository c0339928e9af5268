using Wsss.Storage;

using static System.IO.Path;

namespace Wsss.Tests.Storage;

public sealed class StoreCleaningTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ArtifactStore _store;

    public StoreCleaningTests() => _store = new ArtifactStore(_folder.File("store"));

    public void Dispose() => _folder.Dispose();

    private static string Key(int number) => $"{number:x16}";

    private string Add(int number, int bytes, int days)
    {
        string folder = _store.Publish(
            "kind", Key(number), $"number {number}", temporary => File.WriteAllBytes(Combine(temporary, "a"), new byte[bytes]));
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow.AddDays(-days));
        return folder;
    }

    private IReadOnlyList<StoreRemoval> Plan(StoreCleaning cleaning) =>
        cleaning.Plan(_store.Root, DateTime.UtcNow, cancellation: TestContext.Current.CancellationToken);

    private static IEnumerable<string> Keys(IEnumerable<StoreRemoval> removals) => removals.Select(removal => removal.Entry.Key);

    [Fact]
    public void Broken_older_and_half_made_things_go_and_all_else_stays()
    {
        Assert.Empty(Plan(new StoreCleaning()));
        string whole = Add(1, 10, days: 100), broken = Add(2, 10, days: 0);
        File.WriteAllBytes(Combine(broken, "a"), new byte[9]);
        string older = Combine(_store.Root, $"kind-{Key(3)}"), half = Combine(_store.Root, $"kind-{Key(4)}.00000000.tmp");
        string mine = Combine(_store.Root, "notes"), living = Combine(_store.Root, $"kind-{Key(5)}.00000000.tmp");
        string checkpoint = Combine(_store.Root, $"kind-{Key(6)}.checkpoint");
        foreach (string folder in (string[])[older, half, mine, living, checkpoint]) Directory.CreateDirectory(folder);
        ArtifactManifest.Write(checkpoint, "checkpoint", Key(6), "step 1");
        using var held = ArtifactLock.TryTake(living + ".lock");

        var plan = Plan(new StoreCleaning());
        Assert.Equal([Key(2), Key(3), Key(4)], Keys(plan));
        Assert.Contains("expected the 10 bytes that were written, found 9", plan[0].Reason);
        Assert.All(plan, removal => Assert.True(StoreInventory.Remove(removal.Entry)));
        Assert.Equal(new[] { whole, living, checkpoint, mine }.Order(), Directory.GetDirectories(_store.Root).Order());
        Assert.False(StoreInventory.Remove(new StoreEntry(living, StoreEntryState.HalfMade, "kind", Key(5), 0, default, null, "")));
    }

    [Fact]
    public void What_was_not_used_for_long_goes_if_somebody_says_so()
    {
        Add(1, 10, days: 40);
        Add(2, 10, days: 20);
        Assert.Equal([Key(1)], Keys(Plan(new StoreCleaning { OlderThan = TimeSpan.FromDays(30) })));
        Assert.Equal("not used for 40 days", Plan(new StoreCleaning { OlderThan = TimeSpan.FromDays(30) })[0].Reason);
        Assert.Empty(Plan(new StoreCleaning { OlderThan = TimeSpan.FromDays(50) }));
    }

    [Fact]
    public void The_rest_fits_into_the_bytes_and_what_was_used_last_stays()
    {
        Add(1, 50_000, days: 2);
        Add(2, 50_000, days: 3);
        Add(3, 50_000, days: 1);
        Assert.Empty(Plan(new StoreCleaning { KeepBytes = 160_000 }));
        Assert.Equal([Key(2)], Keys(Plan(new StoreCleaning { KeepBytes = 110_000 })));
        Assert.Equal([Key(2), Key(1)], Keys(Plan(new StoreCleaning { KeepBytes = 60_000 })));
        Assert.Equal([Key(2), Key(1), Key(3)], Keys(Plan(new StoreCleaning { KeepBytes = 0 })));
    }

    [Fact]
    public void A_result_that_is_being_made_stays()
    {
        Add(1, 10, days: 40);
        using var making = ArtifactLock.TryTake(_store.FolderOf("kind", Key(1)) + ".lock");
        Assert.Empty(Plan(new StoreCleaning { OlderThan = TimeSpan.Zero, KeepBytes = 0 }));
    }
}
