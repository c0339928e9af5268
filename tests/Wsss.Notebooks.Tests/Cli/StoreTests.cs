using System.Security.Cryptography;
using System.Text.Json;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>The store as several processes use it, some of which die.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data, _store;

    public StoreTests()
    {
        (_data, _store) = (_folder.File("shapes"), _folder.File("store"));
        ShapesFolder.Write(_data);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Train(int epochs, string store) =>
    [
        "train", "--data", _data, "--weights", "random", "--epochs", $"{epochs}", "--size", "32", "--batch", "4",
        "--device", "cpu", "--threads", "1", "--store", store,
    ];

    [Fact]
    public async Task List_check_and_clean()
    {
        Assert.Contains("empty", (await WsssProcess.RunAsync("store", "list", "--store", _store)).Success());
        (await WsssProcess.RunAsync(Train(1, _store))).Success();
        string list = (await WsssProcess.RunAsync("store", "list", "--store", _store)).Success();
        Assert.Contains("| classifier |", list);
        Assert.Contains("epochs 1, batch 4, size 32, seed 1, cpu, threads 1", list);
        Assert.Contains("1 results, each as it was written.", (await WsssProcess.RunAsync("store", "check", "--store", _store)).Success());

        string weights = Directory.GetFiles(_store, "network.safetensors", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^5] ^= 4;
        File.WriteAllBytes(weights, bytes);
        var check = await WsssProcess.RunAsync("store", "check", "--store", _store);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains(weights, check.Output);
        var train = await WsssProcess.RunAsync(Train(1, _store));
        Assert.Equal(1, train.ExitCode);
        Assert.Contains(weights, train.Errors);
        Assert.Contains("wsss store clean", train.Errors);

        Assert.Contains("would remove 1", (await WsssProcess.RunAsync("store", "clean", "--store", _store, "--dry-run")).Success());
        Assert.True(File.Exists(weights));
        using (var removed = JsonDocument.Parse((await WsssProcess.RunAsync("store", "clean", "--store", _store, "--json")).Success()))
        {
            var removal = Assert.Single(removed.RootElement.EnumerateArray());
            Assert.Equal("classifier", removal.GetProperty("entry").GetProperty("kind").GetString());
        }
        Assert.False(File.Exists(weights));
        (await WsssProcess.RunAsync(Train(1, _store))).Success();
        Assert.True(File.Exists(weights));
    }

    [Fact]
    public async Task A_photograph_of_other_bytes_and_as_many_gives_another_training()
    {
        (await WsssProcess.RunAsync(Train(1, _store))).Success();
        string photograph = Path.Combine(_data, "JPEGImages", "train_0.jpg");
        byte[] bytes = File.ReadAllBytes(photograph);
        // In the tables of the file's head: the pixels are others, and as many bytes.
        bytes[30] ^= 1;
        File.WriteAllBytes(photograph, bytes);
        (await WsssProcess.RunAsync(Train(1, _store))).Success();
        Assert.Equal(2, Directory.GetDirectories(_store, "classifier-*").Length);
    }

    [Fact]
    public async Task Of_two_processes_one_trains_and_the_other_takes_its_result()
    {
        const int Epochs = 25;
        using var first = WsssProcess.Start(Train(Epochs, _store));
        using var second = WsssProcess.Start(Train(Epochs, _store));
        var outcomes = await Task.WhenAll(first.EndAsync(), second.EndAsync());
        Assert.Equal(outcomes[0].Success(), outcomes[1].Success()); // with the times of the one training
        Assert.Single(outcomes, outcome => outcome.Errors.Contains($"train classifier: {2 * Epochs}/{2 * Epochs}"));
        Assert.Single(Directory.GetDirectories(_store));
        Assert.Empty(Directory.GetFiles(_store, "*.lock"));
    }

    [Fact]
    public async Task Of_two_processes_one_makes_the_maps_and_the_other_reads_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The numbers of signals are Linux's.");
        (await WsssProcess.RunAsync(Train(1, _store))).Success();
        string classifier = Directory.GetDirectories(_store, "classifier-*").Single();
        string[] Maps(string name) =>
        [
            "maps", "--classifier", classifier, "--data", _data, "--split", "train", "--out", _folder.File(name), "--pictures", "0",
            "--scales", "0.5,1,1.5,2,2.5,3", "--device", "cpu", "--threads", "1", "--store", _store,
        ];
        using var first = WsssProcess.Start(Maps("first"));
        while (!first.HasExited && Directory.GetDirectories(_store, "maps-*.tmp").Length == 0) Thread.Sleep(1);
        first.StandStill();
        using var second = WsssProcess.Start(Maps("second"));
        await second.SaysAsync("is being made by another: waiting for it");
        Assert.False(second.HasExited);
        first.GoOn();
        var (made, read) = (await first.EndAsync(), await second.EndAsync());
        Assert.Contains("maps of 8 images", made.Success());
        Assert.Contains("maps of 8 images", read.Success());
        Assert.Matches(@"\] maps of .*: 8/8", made.Errors);
        Assert.DoesNotMatch(@"\] maps of", read.Errors);
        foreach (string file in Directory.GetFiles(_folder.File("first"), "*.npz"))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.File("second"), Path.GetFileName(file))));
        Assert.Single(Directory.GetDirectories(_store, "maps-*"));
        Assert.Empty(Directory.GetFiles(_store, "*.lock"));
    }

    [Fact]
    public async Task Killed_at_any_moment_and_run_again_it_ends_as_in_one_go()
    {
        const int Epochs = 6;
        (await WsssProcess.RunAsync(Train(Epochs, _folder.File("whole")))).Success();
        string expected = Hash(_folder.File("whole"));
        // When it holds the claim, writes its first checkpoint, has one, and writes its result.
        string[] moments = ["*.lock", "*.checkpoint.next", "*.checkpoint", "*.tmp"];
        foreach (string moment in moments)
        {
            string store = _folder.File($"killed at {Array.IndexOf(moments, moment)}");
            Directory.CreateDirectory(store);
            using (var process = WsssProcess.Start(Train(Epochs, store)))
            {
                while (!process.HasExited && Directory.GetFileSystemEntries(store, moment).Length == 0) Thread.Sleep(1);
                process.KillAtOnce();
                await process.EndAsync();
            }
            (await WsssProcess.RunAsync([.. Train(Epochs, store), "--resume"])).Success();
            Assert.Equal(expected, Hash(store));
            Assert.Single(Directory.GetDirectories(store));
            Assert.Empty(Directory.GetFiles(store, "*.lock"));
        }
    }

    private static string Hash(string store) => Convert.ToHexString(SHA256.HashData(
        File.ReadAllBytes(Directory.GetFiles(store, "network.safetensors", SearchOption.AllDirectories).Single())));
}
