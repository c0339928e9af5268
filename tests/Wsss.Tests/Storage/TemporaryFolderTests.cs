using Wsss.Storage;

namespace Wsss.Tests.Storage;

public sealed class TemporaryFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_of_somebody_that_are_called_alike_stay()
    {
        string[] own = ["masks.old.tmp", "masks.notes.tmp", "masks.20240101.tmp", "masks.tmp", "masks2.deadbeef.tmp", "Xasks.deadbeef.tmp"];
        foreach (string name in own)
        {
            Directory.CreateDirectory(_folder.File(name));
            File.WriteAllText(_folder.File(name, "mine.txt"), "mine");
        }
        foreach (string target in new[] { "masks", "m?sks", "*" })
            TemporaryFolder.Create(_folder.File(target)).Dispose();
        Assert.All(own, name => Assert.Equal("mine", File.ReadAllText(_folder.File(name, "mine.txt"))));
    }

    [Fact]
    public void What_a_dead_owner_left_is_removed_and_a_living_owners_stays()
    {
        using var living = TemporaryFolder.Create(_folder.File("masks"));
        string left = _folder.File("masks.0123abcd.tmp");
        Directory.CreateDirectory(left);
        File.WriteAllText(left + ".lock", "");
        using var other = TemporaryFolder.Create(_folder.File("masks"));
        Assert.False(Directory.Exists(left));
        Assert.False(File.Exists(left + ".lock"));
        Assert.True(Directory.Exists(living.Folder));
        Assert.NotEqual(living.Folder, other.Folder);
    }
}
