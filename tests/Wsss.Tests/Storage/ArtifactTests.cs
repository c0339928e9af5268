using Wsss.Storage;

using static System.IO.Path;

namespace Wsss.Tests.Storage;

public sealed class ArtifactTests : IDisposable
{
    private const string Key = "0123456789abcdef";

    private readonly TempFolder _folder = new();
    private readonly ArtifactStore _store;

    public ArtifactTests() => _store = new ArtifactStore(_folder.File("store"));

    public void Dispose() => _folder.Dispose();

    private string Publish(string kind = "kind") => _store.Publish(kind, Key, "seed 1", temporary =>
    {
        File.WriteAllText(Combine(temporary, "notes.txt"), "six notes");
        AtomicFile.Write(Combine(temporary, "inner", "numbers.bin"), stream => stream.Write([0, 1, 2, 255]));
    });

    [Fact]
    public void The_manifest_says_what_each_file_contains()
    {
        Publish();
        var manifest = _store.Find("kind", Key)!.Manifest;
        Assert.Equal((1, "kind", Key, "seed 1"), (manifest.Schema, manifest.Kind, manifest.Key, manifest.About));
        Assert.Equal(["inner/numbers.bin", "notes.txt"], manifest.Files.Keys);
        // printf '\000\001\002\377' | sha256sum
        const string Numbers = "3d1f57c984978ef98a18378c8166c1cb8ede02c03eeb6aee7e2f121dfeee3e56";
        Assert.Equal(new StoredFile(4, Numbers), manifest.Files["inner/numbers.bin"]);
        Assert.Equal(9, manifest.Files["notes.txt"].Bytes);
        Assert.InRange(manifest.Made, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        _store.Find("kind", Key)!.Verify();
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("inner/numbers.bin")]
    [InlineData("artifact.json")]
    public void Any_bit_that_flips_in_any_file_is_an_error_that_names_the_file(string name)
    {
        string folder = Publish(), path = Combine(folder, name);
        byte[] whole = File.ReadAllBytes(path);
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, changed);
            AssertBroken(folder, name);
        }
        File.WriteAllBytes(path, whole);
        _store.Find("kind", Key)!.Verify();
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("inner/numbers.bin")]
    [InlineData("artifact.json")]
    public void A_file_cut_off_anywhere_is_an_error_that_names_it(string name)
    {
        string folder = Publish(), path = Combine(folder, name);
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            AssertBroken(folder, name);
        }
    }

    [Fact]
    public void A_missing_file_is_named_and_each_broken_one_is_listed()
    {
        string folder = Publish();
        File.Delete(Combine(folder, "notes.txt"));
        File.WriteAllBytes(Combine(folder, "inner", "numbers.bin"), [0, 1, 3, 255]);
        var stored = _store.Find("kind", Key)!;
        string[] problems = [.. stored.Problems(TestContext.Current.CancellationToken).Select(problem => problem.Message)];
        Assert.Equal(2, problems.Length);
        Assert.Contains("numbers.bin: expected the content that was written (SHA-256 3d1f57c9…)", problems[0]);
        Assert.Contains("notes.txt: expected a file of the result that can be read", problems[1]);
    }

    [Fact]
    public void A_file_is_compared_when_it_is_read_and_others_are_not()
    {
        string folder = Publish();
        File.WriteAllText(Combine(folder, "notes.txt"), "six botes");
        var stored = _store.Find("kind", Key)!;
        Assert.Equal([0, 1, 2, 255], stored.Read("inner/numbers.bin"));
        Assert.Contains("notes.txt", Assert.Throws<ArtifactException>(() => stored.Read("notes.txt")).Message);
        File.WriteAllText(Combine(folder, "other"), "");
        Assert.Contains("was not there when it was finished", Assert.Throws<ArtifactException>(() => stored.Read("other")).Message);
    }

    [Fact]
    public void A_result_of_an_older_version_is_not_there_is_told_of_once_and_replaced()
    {
        string folder = _store.FolderOf("kind", Key);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Combine(folder, "notes.txt"), "old");
        Assert.False(_store.Has("kind", Key));
        Assert.Null(_store.Find("kind", Key));

        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Store = _store, Progress = listener };
        _store.Claim("kind", Key, run).Dispose();
        _store.Claim("other", Key, run).Dispose();
        Assert.Contains(
            "of an older version of this library, not used but made anew where needed: 1",
            Assert.Single(listener.Reports).Stage
        );

        Publish();
        Assert.Equal("six notes", File.ReadAllText(Combine(folder, "notes.txt")));
        Assert.Equal([folder], Directory.GetFileSystemEntries(_store.Root));
    }

    private void AssertBroken(string folder, string name)
    {
        var error = Assert.Throws<ArtifactException>(() => _store.Find("kind", Key)!.Verify());
        Assert.Equal(Remedy.RenewResult, error.Remedy);
        Assert.StartsWith(Combine(folder, name.Replace('/', DirectorySeparatorChar)) + ":", error.Message);
        Assert.Contains($"Delete the folder '{folder}'", error.Message);
    }
}
