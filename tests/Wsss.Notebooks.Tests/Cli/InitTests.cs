using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class InitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_says_what_is_odd_and_the_command_that_comes_next()
    {
        for (int i = 0; i < 6; i++)
            ImageFile.WritePng(_folder.File($"photographs/{i}.png"), new RgbImage(8, 6, [.. Enumerable.Repeat((byte)(40 * i), 144)]));
        _folder.File("photographs/labels.csv", string.Concat(Enumerable.Range(0, 6).Select(i => $"{i}.png,cat\n")));

        string said = (await WsssProcess.RunInAsync(_folder.Path, "init", "photographs")).Success();
        Assert.Contains(
            "warning  photographs/train  Classes that every image of photographs/train shows: cat. Add images without them",
            said
        );
        Assert.EndsWith(
            "\nnext: wsss run --backbone mobilenet_v2 --weights mobilenet_v2.pth (ImageNet weights as torchvision publishes them)",
            said.TrimEnd()
        );
        Assert.True(File.Exists(_folder.File("wsss.yaml")));
        Assert.True(File.Exists(_folder.File("out/contact-sheet.png")));

        said = (await WsssProcess.RunInAsync(_folder.Path, "init", "photographs", "--out", "my cats.yaml")).Success();
        Assert.EndsWith(
            "\nnext: wsss run --data 'my cats.yaml' --backbone mobilenet_v2 --weights mobilenet_v2.pth (ImageNet weights as torchvision "
                + "publishes them)",
            said.TrimEnd()
        );
    }

    [Fact]
    public async Task A_photograph_that_cannot_be_read_is_told_and_ends_nothing()
    {
        foreach (string name in (string[])["cat/b", "cat/c", "dog/d", "dog/e", "dog/f"])
            ImageFile.WritePng(_folder.File($"photographs/{name}.png"), new RgbImage(8, 6, new byte[144]));
        foreach (string name in (string[])["cat/a.jpg", "dog/a.jpg", "dog/z.jpg"])
            _folder.File($"photographs/{name}", "");
        string said = (await WsssProcess.RunInAsync(_folder.Path, "init", "photographs")).Success();
        Assert.Matches("error  (cat|dog)/[az]  Expected a JPEG, PNG, WebP or BMP image, found", said);
        Assert.Contains("written: wsss.yaml", said);
        // Nothing is left where nothing can be shown.
        File.Delete(_folder.File("wsss.yaml"));
        foreach (string path in Directory.GetFiles(_folder.File("photographs"), "*.png", SearchOption.AllDirectories))
            File.WriteAllText(path, "");
        var outcome = await WsssProcess.RunInAsync(_folder.Path, "init", "photographs");
        Assert.Equal(1, outcome.ExitCode);
        Assert.False(File.Exists(_folder.File("wsss.yaml")));
    }

    [Fact]
    public async Task A_folder_that_is_called_like_data_in_a_folder_is_that_folder()
    {
        foreach (string name in (string[])["cat/a", "cat/b", "cat/c", "dog/d", "dog/e", "dog/f"])
            ImageFile.WritePng(_folder.File($"photographs/{name}.png"), new RgbImage(8, 6, new byte[144]));
        string said = (await WsssProcess.RunInAsync(_folder.Path, "data", "info", "--data", "photographs")).Success();
        Assert.Contains("cat", said);
        // Drawn data lie nowhere.
        Directory.CreateDirectory(_folder.File("menagerie"));
        said = (await WsssProcess.RunInAsync(_folder.Path, "data", "info", "--data", "menagerie", "--scale", "smoke")).Success();
        Assert.Contains("rabbit", said);
    }
}
