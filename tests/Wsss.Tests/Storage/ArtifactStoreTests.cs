using Wsss.Storage;

namespace Wsss.Tests.Storage;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ArtifactStore _store;

    public ArtifactStoreTests() => _store = new ArtifactStore(_folder.File("store"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_appears_when_it_is_whole()
    {
        string folder = _store.Publish("kind", "key", "options", temporary =>
        {
            Assert.False(_store.Has("kind", "key"));
            File.WriteAllText(Path.Combine(temporary, "file"), "content");
        });
        Assert.True(_store.Has("kind", "key"));
        Assert.Equal(_store.FolderOf("kind", "key"), folder);
        Assert.Equal("content", File.ReadAllText(Path.Combine(folder, "file")));
        Assert.Equal([folder], Directory.GetFileSystemEntries(_store.Root));
    }

    [Fact]
    public void An_error_leaves_nothing()
    {
        Assert.Throws<OperationCanceledException>(() => _store.Publish("kind", "key", "options", temporary =>
        {
            File.WriteAllText(Path.Combine(temporary, "file"), "half");
            throw new OperationCanceledException();
        }));
        Assert.False(_store.Has("kind", "key"));
        Assert.Empty(Directory.GetFileSystemEntries(_store.Root));
    }

    [Fact]
    public void A_result_that_another_process_published_meanwhile_stays()
    {
        string folder = _store.Publish("kind", "key", "options", temporary =>
        {
            var another = new ArtifactStore(_store.Root);
            another.Publish("kind", "key", "options", other => File.WriteAllText(Path.Combine(other, "file"), "first"));
            File.WriteAllText(Path.Combine(temporary, "file"), "second");
        });
        Assert.Equal("first", File.ReadAllText(Path.Combine(folder, "file")));
        Assert.Equal([folder], Directory.GetFileSystemEntries(_store.Root));
    }

    [Fact]
    public void Beyond_the_limit_what_can_be_computed_again_goes_and_what_was_used_longest_ago_first()
    {
        string Add(ArtifactStore store, string kind, int number, int days)
        {
            string folder = store.Publish(
                kind,
                $"{number:x16}",
                "",
                temporary => File.WriteAllBytes(Path.Combine(temporary, "a"), new byte[50_000])
            );
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow.AddDays(-days));
            return folder;
        }
        string network = Add(_store, "classifier", 1, days: 100),
            newer = Add(_store, "maps", 2, days: 3),
            older = Add(_store, "maps", 3, days: 5);
        string underWay = Path.Combine(_store.Root, "maps-00000000000000ff.00000000.tmp");
        Directory.CreateDirectory(underWay);
        using var held = ArtifactLock.TryTake(underWay + ".lock");

        string added = Add(new ArtifactStore(_store.Root) { Limit = 170_000 }, "maps", 4, days: 0);
        Assert.False(Directory.Exists(older));
        Assert.Equal(new[] { network, newer, added, underWay }.Order(), Directory.GetDirectories(_store.Root).Order());
    }

    [Fact]
    public void A_key_follows_each_part()
    {
        Assert.Equal(ArtifactStore.Key("a", "b"), ArtifactStore.Key("a", "b"));
        Assert.Equal(
            5,
            new[]
            {
                ArtifactStore.Key("a", "b"),
                ArtifactStore.Key("b", "a"),
                ArtifactStore.Key("ab"),
                ArtifactStore.Key("a"),
                ArtifactStore.Key("a", ""),
            }
                .Distinct()
                .Count()
        );
        Assert.Matches("^[0-9a-f]{16}$", ArtifactStore.Key("a"));
    }
}
