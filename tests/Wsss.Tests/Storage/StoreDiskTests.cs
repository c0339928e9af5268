using System.Diagnostics;
using Wsss.Storage;
using Wsss.Training;
using static System.IO.Path;

namespace Wsss.Tests.Storage;

/// <summary>Disks that are full and folders that cannot be written to.</summary>
public sealed class StoreDiskTests : IDisposable
{
    private const string Key = "0123456789abcdef";

    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        if (Directory.Exists(_folder.File("disk"))) System("umount", _folder.File("disk"));
        _folder.Dispose();
    }

    [Fact]
    public void A_write_that_fails_anywhere_leaves_the_old_file()
    {
        string path = _folder.File("file");
        AtomicFile.WriteText(path, "old");
        byte[] content = new byte[300];
        for (int at = 0; at <= content.Length; at++)
        {
            Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
            {
                stream.Write(content, 0, at);
                stream.Flush();
                throw new IOException("no room");
            }));
            Assert.Equal("old", File.ReadAllText(path));
        }
        Assert.Equal([path], _folder.Files);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_publication_that_fails_after_any_file_leaves_the_store_as_it_was(int files)
    {
        var store = new ArtifactStore(_folder.File("store"));
        string there = store.Publish("kind", Key, "", temporary => File.WriteAllText(Combine(temporary, "a"), "a"));
        var error = Assert.Throws<ArtifactException>(() =>
            store.Publish(
                "other",
                Key,
                "",
                temporary =>
                {
                    for (int i = 0; i < files; i++)
                        AtomicFile.WriteText(Combine(temporary, $"{i}"), "content");
                    throw new IOException("No space left on device.");
                }
            )
        );
        Assert.Equal(Remedy.ChooseStore, error.Remedy);
        Assert.Contains(
            $"Expected to write to the folder of results '{store.Root}'; No space left on device. What was there",
            error.Message
        );
        Assert.Equal([there], Directory.GetFileSystemEntries(store.Root));
    }

    [Fact]
    public void A_full_disk_is_a_typed_error_and_nothing_is_lost()
    {
        string disk = Disk(kilobytes: 24_000);
        var store = new ArtifactStore(Combine(disk, "store"));
        string there = store.Publish("kind", Key, "", temporary => File.WriteAllBytes(Combine(temporary, "a"), new byte[1000]));
        var error = Assert.Throws<ArtifactException>(() =>
            store.Publish("other", Key, "", temporary => File.WriteAllBytes(Combine(temporary, "b"), new byte[30_000_000])));
        Assert.Equal(Remedy.ChooseStore, error.Remedy);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal([there], Directory.GetFileSystemEntries(store.Root));
        store.Find("kind", Key)!.Verify();

        // The weights of a toy network (2.8 MB) fit beside what fills the disk, the rest of a checkpoint does not.
        File.WriteAllBytes(Combine(disk, "filler"), new byte[21_000_000]);
        RunContext run = Toys.Run(_folder) with { Store = store };
        error = Assert.Throws<ArtifactException>(() => ClassifierTrainer.Train(Toys.Recipe, Toys.BlobSplits(), run));
        Assert.Equal(Remedy.ChooseStore, error.Remedy);
        File.Delete(Combine(disk, "filler"));
        using var trained = ClassifierTrainer.Train(Toys.Recipe, Toys.BlobSplits(), run with { Resume = true });
        Assert.Equal(new[] { there, trained.Folder }.Order(), Directory.GetFileSystemEntries(store.Root).Order());
    }

    [Fact]
    public void A_store_that_cannot_be_written_to_is_read_from()
    {
        string disk = Disk(kilobytes: 20_000);
        RunContext run = Toys.Run(_folder) with { Store = new ArtifactStore(Combine(disk, "store")) };
        ClassifierTrainer.Train(Toys.Recipe, Toys.BlobSplits(), run).Dispose();
        Assert.Equal(0, System("mount", "-o", "remount,ro", disk));

        run = run with { Store = new ArtifactStore(run.Store.Root) };
        ClassifierTrainer.Train(Toys.Recipe, Toys.BlobSplits(), run).Dispose();
        var error = Assert.Throws<ArtifactException>(() => ClassifierTrainer.Train(Toys.Recipe with { Seed = 2 }, Toys.BlobSplits(), run));
        Assert.Equal(Remedy.ChooseStore, error.Remedy);
        Assert.Contains($"'{run.Store.Root}'", error.Message);
        Assert.Throws<ArtifactException>(() => run.Store.Publish("kind", Key, "", _ => { }));
    }

    /// <summary>A small disk in memory.</summary>
    private string Disk(int kilobytes)
    {
        string disk = _folder.File("disk");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || System("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", disk) != 0)
        {
            Directory.Delete(disk);
            Assert.Skip("Only root on Linux may make a disk in memory.");
        }
        return disk;
    }

    private static int System(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
