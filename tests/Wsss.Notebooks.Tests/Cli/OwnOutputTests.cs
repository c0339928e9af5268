using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>Files of somebody else where a command would leave its own.</summary>
public sealed class OwnOutputTests : IDisposable
{
    private const string Mine = "mine";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run --data shapes --weights random --no-report --report out", "measured.json")]
    [InlineData("run --data shapes --weights random --report out", "experiment.json")]
    [InlineData("run --data shapes --weights random --no-report --report out", "maps.png")]
    [InlineData("threshold --data shapes --weights random --out out", "thresholds.png")]
    [InlineData("threshold --data shapes --weights random --out out", "measured.json")]
    [InlineData("compare ablation --scale smoke --out out", "results.csv")]
    [InlineData("data draw --scale smoke --count 1 --out out", "classes.txt")]
    [InlineData("data draw --scale smoke --count 1 --out out", "preview.png")]
    [InlineData("init photographs --sheet out/sheet.png", "sheet.png")]
    public async Task Are_refused_before_anything_is_written(string command, string name)
    {
        ShapesFolder.Write(_folder.File("shapes"));
        Photographs();
        string path = Path.Combine("out", name);
        Directory.CreateDirectory(_folder.File("out"));
        _folder.File(path, Mine);
        var outcome = await WsssProcess.RunInAsync(_folder.Path, command.Split(' '));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        string error = Assert.Single(outcome.Errors.Trim().Split('\n'));
        Assert.Contains($"{path}', which would be lost. Give another folder, or move it away.", error);
        Assert.Equal(Mine, File.ReadAllText(_folder.File(path)));
        Assert.Single(Directory.GetFileSystemEntries(_folder.File("out")));
        Assert.False(File.Exists(_folder.File(PhotographFolder.FileName)));
    }

    [Theory]
    [InlineData("data draw --scale smoke --count 1 --out out")]
    [InlineData("init photographs --force")]
    public async Task The_same_command_again_fills_its_own_folder(string command)
    {
        Photographs();
        foreach (int _ in Enumerable.Range(0, 2))
            (await WsssProcess.RunInAsync(_folder.Path, command.Split(' '))).Success();
    }

    private void Photographs()
    {
        foreach (string name in (string[])["cat/a", "cat/b", "cat/c", "dog/d", "dog/e", "dog/f"])
            ImageFile.WritePng(_folder.File($"photographs/{name}.png"), new RgbImage(8, 6, new byte[144]));
    }
}
