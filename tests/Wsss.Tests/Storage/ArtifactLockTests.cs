using Wsss.Storage;
using Wsss.Training;
using static System.IO.Path;

namespace Wsss.Tests.Storage;

public sealed class ArtifactLockTests : IDisposable
{
    private const string Key = "0123456789abcdef", Other = "00000000000000ff";

    private readonly TempFolder _folder = new();
    private readonly ArtifactStore _store;

    public ArtifactLockTests() => _store = new ArtifactStore(_folder.File("store"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_owner_at_a_time_and_no_file_stays()
    {
        string path = _folder.File("a.lock");
        using (ArtifactLock.TryTake(path)!)
        {
            Assert.Null(ArtifactLock.TryTake(path));
            Assert.NotNull(ArtifactLock.TryTake(_folder.File("b.lock")));
        }
        using (var again = ArtifactLock.TryTake(path)) Assert.NotNull(again);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Whoever_waits_says_so_once_and_can_be_stopped()
    {
        string path = _folder.File("a.lock");
        using var held = ArtifactLock.TryTake(path)!;
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(350));
        int told = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ArtifactLock.Take(path, () => told++, stop.Token));
        Assert.Equal(1, told);
    }

    [Fact]
    public void The_second_of_two_trainings_waits_and_takes_what_the_first_made()
    {
        var data = Toys.BlobSplits();
        using ManualResetEventSlim underWay = new(), waits = new();
        // The first goes on when the second waits for it, or it would sometimes be done before.
        var first = new Listener(_ =>
        {
            underWay.Set();
            waits.Wait(TestContext.Current.CancellationToken);
        });
        var second = new Listener(_ => waits.Set());
        TrainedClassifier? trained = null;
        Recipe recipe = Toys.Recipe with { Epochs = 12 };
        var other = new Thread(() => trained = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder) with { Progress = first }));
        other.Start();
        underWay.Wait(TestContext.Current.CancellationToken);
        using var taken = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder) with { Progress = second });
        other.Join();
        using (trained)
        {
            Assert.Equal(trained!.Folder, taken.Folder);
            Assert.Equal(36, first.Reports.Count(report => report.Stage == "train classifier"));
            Assert.Contains("is being made by another: waiting for it", Assert.Single(second.Reports).Stage);
            using var scope = TorchSharp.torch.NewDisposeScope();
            Assert.Equal(trained.Network.parameters().SelectMany(Toys.Values), taken.Network.parameters().SelectMany(Toys.Values));
        }
    }

    [Fact]
    public void A_sequence_that_another_makes_is_waited_for_and_read()
    {
        Directory.CreateDirectory(_store.Root);
        using var waits = new ManualResetEventSlim();
        var waiting = new Listener(_ => waits.Set());
        string[] read = [];
        var other = new Thread(() => read = [.. Items("mine", waiting)]);
        using (ArtifactLock.TryTake(_store.FolderOf("maps", Key) + ArtifactLock.Extension))
        {
            other.Start();
            waits.Wait(TestContext.Current.CancellationToken);
            _store.Publish("maps", Key, "", folder => File.WriteAllText(Combine(folder, "item"), "theirs"));
        }
        other.Join();
        Assert.Equal(["theirs"], read);
        Assert.Contains("is being made by another: waiting for it", Assert.Single(waiting.Reports).Stage);
    }

    [Fact]
    public void Who_is_half_way_through_a_sequence_waits_for_nobody()
    {
        var silent = new Listener(report => Assert.Fail(report.Stage));
        Assert.Equal([("first", "second")], Items("first", silent).Zip(Items("second", silent)));
        Assert.Equal(["first"], Items("third", silent));
        Assert.Single(Directory.GetFileSystemEntries(_store.Root));
    }

    private IEnumerable<string> Items(string made, Listener progress)
    {
        return _store.EnsureWhile(
            "maps", Key, "", stored => [File.ReadAllText(Combine(stored.Folder, "item"))], Fill,
            new RunContext { Device = TorchSharp.torch.CPU, Store = _store, Progress = progress });

        IEnumerable<string> Fill(string folder)
        {
            File.WriteAllText(Combine(folder, "item"), made);
            yield return made;
        }
    }

    [Fact]
    public void What_dead_processes_left_is_swept_and_what_living_ones_make_stays()
    {
        _store.Publish("kind", Key, "", _ => { });
        string Folder(string name)
        {
            Directory.CreateDirectory(Combine(_store.Root, name));
            return Combine(_store.Root, name);
        }
        string dead = Folder($"maps-{Key}.1a2b3c4d.tmp"), deadWithLock = Folder($"maps-{Key}.00000000.tmp");
        string living = Folder($"maps-{Key}.ffffffff.tmp"), finished = Folder($"kind-{Key}.checkpoint");
        string going = Folder($"kind-{Other}.checkpoint"), half = Folder($"kind-{Other}.checkpoint.next");
        string mine = Folder("my.tmp"), older = Folder($"kind-{Other}");
        File.WriteAllText(deadWithLock + ".lock", "");
        File.WriteAllText(Combine(_store.Root, $"kind-{Other}.lock"), "");
        using var held = ArtifactLock.TryTake(living + ".lock");

        new ArtifactStore(_store.Root).Open();
        Assert.Equal(
            new[] { _store.FolderOf("kind", Key), living, living + ".lock", going, mine, older }.Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(_store.Root).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(dead) || Directory.Exists(finished) || Directory.Exists(half));
    }

    [Fact]
    public void A_checkpoint_that_somebody_writes_now_is_not_swept()
    {
        string next = Combine(_store.Root, $"kind-{Key}.checkpoint.next");
        Directory.CreateDirectory(next);
        using var held = ArtifactLock.TryTake(_store.FolderOf("kind", Key) + ".lock");
        new ArtifactStore(_store.Root).Open();
        Assert.True(Directory.Exists(next));
    }
}
