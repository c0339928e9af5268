using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class OutputCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public OutputCheckTests()
    {
        _data = _folder.File("shapes");
        ShapesFolder.Write(_data);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_is_read_is_not_filled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        var train = DataSet.Parse(_data).Open().Train;
        string maps = _folder.File("maps"), link = _folder.File("link"), drawn = Path.Combine(_data, "SegmentationClass");
        for (int i = 0; i < train.Count; i++)
            NpyFile.Write(Path.Combine(maps, train.Id(i) + ".npy"), new NpyArray([1, 32, 32], new float[32 * 32]));
        Directory.CreateSymbolicLink(link, maps);
        string part = Directory.CreateDirectory(_folder.File("out.part-1-of-2")).FullName;
        string[] run = ["--data", _data, "--device", "cpu", "--store", _folder.File("store")],
            refine = ["refine", "--split", "train", "-r", "pamr", .. run], segment = ["segment", "--weights", "random", .. run];
        await RefusedAsInput("--maps", maps, [.. refine, "--maps", link, "--out", maps + "/"]);
        await RefusedAsInput("--maps", maps, [.. refine, "--maps", maps, "--out", link]);
        await RefusedAsInput("--maps", part, [.. refine, "--maps", part, "--out", _folder.File("out"), "--shard", "1/2"]);
        await RefusedAsInput("--maps", maps, ["masks", "--data", _data, "--threshold", "0.5", "--maps", maps, "--out", link]);
        await RefusedAsInput("--masks", drawn, [.. segment, "--masks", drawn, "--out", Path.Combine(_data, ".", "SegmentationClass")]);
    }

    [Fact]
    public async Task Drawn_masks_are_not_written_over()
    {
        string drawn = Path.Combine(_data, "SegmentationClass"), masks = _folder.File("masks");
        Directory.CreateDirectory(masks);
        foreach (string path in Directory.GetFiles(drawn)) File.Copy(path, Path.Combine(masks, Path.GetFileName(path)));
        await Refused(".png', which would be lost. Give another folder", drawn,
            [
                "segment", "--weights", "random", "--data", _data, "--device", "cpu", "--store", _folder.File("store"),
                "--masks", masks, "--out", drawn,
            ]);
        Assert.False(Directory.Exists(_folder.File("store")), "It is said before the training.");
    }

    private static Task RefusedAsInput(string option, string folder, string[] command) =>
        Refused($"Expected --out to be another folder than {option}", folder, command);

    private static async Task Refused(string message, string folder, string[] command)
    {
        var before = Content(folder);
        var outcome = await WsssProcess.RunAsync(command);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors);
        Assert.Equal(before, Content(folder));
    }

    private static Dictionary<string, string> Content(string folder) =>
        Directory.GetFiles(folder).ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));
}
