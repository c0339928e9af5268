namespace Wsss.Tests;

public sealed class InputFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_the_same_by_every_way_to_it()
    {
        string maps = Directory.CreateDirectory(_folder.File("deep", "maps")).FullName;
        string[] ways = [maps + Path.DirectorySeparatorChar, _folder.File("deep", "..", "deep", "maps"), maps];
        Assert.All(ways, way => Assert.True(InputFolder.IsSame(maps, way), way));
        Assert.All((string[])[_folder.File("deep"), maps + "-2", _folder.File("deep", "maps", "new")], other =>
            Assert.False(InputFolder.IsSame(maps, other), other));
        Assert.True(InputFolder.IsSame(_folder.File("new"), _folder.File("new/")));
        Assert.True(InputFolder.IsSame("", "."));
    }

    [Fact]
    public void A_folder_is_the_same_through_links_at_the_end_of_its_path_and_on_the_way()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        string maps = Directory.CreateDirectory(_folder.File("deep", "maps")).FullName;
        Directory.CreateSymbolicLink(_folder.File("direct"), "deep/maps");
        Directory.CreateSymbolicLink(_folder.File("way"), _folder.File("deep"));
        Directory.CreateSymbolicLink(_folder.File("twice"), _folder.File("way", "maps"));
        Directory.CreateSymbolicLink(_folder.File("circle"), _folder.File("circle"));
        string[] ways = [_folder.File("direct"), _folder.File("way", "maps"), _folder.File("twice") + "/"];
        Assert.All(ways, way => Assert.True(InputFolder.IsSame(maps, way), way));
        Assert.True(InputFolder.IsSame(_folder.File("way", "new"), _folder.File("deep", "new")));
        Assert.False(InputFolder.IsSame(_folder.File("circle"), maps));
    }
}
