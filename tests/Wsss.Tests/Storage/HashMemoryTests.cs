using Wsss.Storage;

using static System.IO.Path;

namespace Wsss.Tests.Storage;

public sealed class HashMemoryTests : IDisposable
{
    private const string Hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // of "abc"

    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        FileHash.KeepIn(_folder.File("nowhere"));
        _folder.Dispose();
    }

    [Fact]
    public void What_is_kept_is_read_again_and_damaged_lines_are_not_believed()
    {
        string file = _folder.File("file-hashes.txt");
        FileStamp[] stamps = [new("/a b/c.jpg", 3, 17), new("/é", 0, 638_000_000_000_000_000)];
        var memory = new HashMemory(file);
        foreach (var stamp in stamps) memory.Add(stamp, Hash);
        memory.Add(new FileStamp("/line\nbreak", 1, 1), Hash);
        Assert.Equal(stamps.Select(stamp => (stamp, Hash)), new HashMemory(file).Load());

        byte[] whole = File.ReadAllBytes(file);
        int first = Array.IndexOf(whole, (byte)'\n');
        for (int bit = 0; bit < 8 * first; bit++)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, changed);
            Assert.Equal([stamps[1]], new HashMemory(file).Load().Select(item => item.Stamp));
        }
        for (int length = 0; length < whole.Length - 1; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            FileStamp[] expected = length < first ? [] : [stamps[0]];
            Assert.Equal(expected, new HashMemory(file).Load().Select(item => item.Stamp));
        }
    }

    [Fact]
    public void Lines_wait_until_the_store_is_there()
    {
        var memory = new HashMemory(_folder.File("store", "file-hashes.txt"));
        memory.Add(new FileStamp("/a", 1, 2), Hash);
        Assert.False(Directory.Exists(_folder.File("store")));
        Directory.CreateDirectory(_folder.File("store"));
        memory.Save();
        Assert.Single(memory.Load());
    }

    [Fact]
    public void A_file_that_stays_is_not_read_twice_and_one_that_changes_is()
    {
        string path = _folder.File("photograph"), kept = _folder.File("file-hashes.txt");
        DateTime old = DateTime.UtcNow.AddDays(-1);
        FileHash.KeepIn(_folder.Path);
        File.WriteAllText(path, "abc");
        File.SetLastWriteTimeUtc(path, old);
        Assert.Equal(Hash, FileHash.Compute(path));
        Assert.Single(File.ReadAllLines(kept));

        // The same length at another time.
        File.WriteAllText(path, "abd");
        File.SetLastWriteTimeUtc(path, old.AddSeconds(1));
        string changed = FileHash.Compute(path);
        Assert.NotEqual(Hash, changed);

        // As a later process finds it: what stayed is not opened.
        var loaded = new HashMemory(kept).Load().ToDictionary(item => item.Stamp, item => item.Hash);
        Assert.Equal(changed, loaded[new FileStamp(GetFullPath(path), 3, old.AddSeconds(1).Ticks)]);
    }

    [Fact]
    public void A_link_has_the_hash_of_what_it_leads_to_now()
    {
        string target = _folder.File("target"), link = _folder.File("link");
        DateTime old = DateTime.UtcNow.AddDays(-1);
        File.WriteAllText(target, "abd");
        File.SetLastWriteTimeUtc(target, old);
        File.CreateSymbolicLink(link, target);
        string first = FileHash.Compute(link);
        File.WriteAllText(target, "abc");
        File.SetLastWriteTimeUtc(target, old.AddSeconds(5));
        Assert.NotEqual(first, FileHash.Compute(link));
        Assert.Equal(Hash, FileHash.Compute(link));
    }

    [Fact]
    public void Lines_of_no_use_go_when_there_are_many_more_than_others()
    {
        string file = _folder.File("file-hashes.txt");
        var memory = new HashMemory(file);
        memory.Add(new FileStamp("/other", 1, 1), Hash);
        for (int i = 0; i < 1_001; i++) memory.Add(new FileStamp("/changes", 3, i), Hash);
        FileStamp[] expected = [new("/other", 1, 1), new("/changes", 3, 1_000)];
        Assert.Equal(expected, memory.Load().Select(item => item.Stamp));
        Assert.Equal(1_002, File.ReadLines(file).Count());
        for (int i = 0; i < 4; i++) memory.Add(new FileStamp("/changes", 3, 1_001 + i), Hash);
        expected[1] = new("/changes", 3, 1_004);
        Assert.Equal(expected, memory.Load().Select(item => item.Stamp));
        Assert.Equal(2, File.ReadLines(file).Count());
        Assert.Equal(expected, memory.Load().Select(item => item.Stamp));
    }

    [Fact]
    public void A_file_that_was_written_just_now_is_read_again()
    {
        FileHash.KeepIn(_folder.Path);
        string path = _folder.File("photograph");
        File.WriteAllText(path, "abc");
        DateTime now = File.GetLastWriteTimeUtc(path);
        Assert.Equal(Hash, FileHash.Compute(path));
        File.WriteAllText(path, "abd");
        File.SetLastWriteTimeUtc(path, now);
        Assert.NotEqual(Hash, FileHash.Compute(path));
        Assert.False(File.Exists(_folder.File("file-hashes.txt")));
    }
}
