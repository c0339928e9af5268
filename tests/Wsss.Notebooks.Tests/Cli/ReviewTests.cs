using System.Text.Json;
using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ReviewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IMaskedSource _train;
    private readonly string _data;
    private readonly string _maps;

    public ReviewTests()
    {
        (_data, _maps) = (_folder.File("shapes"), _folder.File("maps"));
        ShapesFolder.Write(_data);
        _train = DataSet.Parse(_data).Open().Train;
        // Maps of another program: the drawn masks, at 0.6.
        for (int i = 0; i < _train.Count; i++)
            NpyFile.Write(
                Path.Combine(_maps, _train.Id(i) + ".npy"),
                new NpyArray([1, 32, 32], [.. _train.Mask(i).Values.Select(label => label > 0 ? 0.6f : 0.1f)])
            );
    }

    public void Dispose() => _folder.Dispose();

    private string Decide(string data, double? threshold, params string[] leaveOut)
    {
        string[] bad = [_train.Id(2)];
        return _folder.File(
            "decisions.json",
            JsonSerializer.Serialize(
                new
                {
                    threshold,
                    leaveOut,
                    good = Array.Empty<string>(),
                    bad,
                    data,
                }
            )
        );
    }

    [Fact]
    public async Task Review_prints_the_path_of_a_page_of_the_training_images()
    {
        string page = (await WsssProcess.RunAsync("review", _maps, "--data", _data)).Success().Trim();
        Assert.Equal(Path.Combine(_maps, "review", "index.html"), page);
        Assert.Contains(_train.Fingerprint, File.ReadAllText(page));
        Assert.Equal(_train.Count, Directory.GetFiles(Path.Combine(_maps, "review", "review-photographs")).Length);
    }

    [Fact]
    public async Task Masks_and_the_network_follow_the_decisions()
    {
        string masks = _folder.File("masks"),
            left = _train.Id(1);
        string[] command = ["masks", "--maps", _maps, "--data", _data, "--out", masks];
        (await WsssProcess.RunAsync([.. command, "--threshold", "0.7"])).Success();
        Assert.All(ImageFile.ReadMask(Path.Combine(masks, left + ".png")).Values, label => Assert.Equal(0, label));

        string decisions = Decide(_train.Fingerprint, 0.5, left);
        string output = (await WsssProcess.RunAsync([.. command, "--decisions", decisions])).Success();
        Assert.Contains($"{_train.Count - 1} masks at threshold 0.50 (decided in a review), 1 left out", output);
        Assert.False(File.Exists(Path.Combine(masks, left + ".png")));
        Assert.Equal(_train.Mask(2).Values, ImageFile.ReadMask(Path.Combine(masks, _train.Id(2) + ".png")).Values);

        string[] segment =
        [
            "segment",
            "--data",
            _data,
            "--masks",
            masks,
            "--weights",
            "random",
            "--epochs",
            "1",
            "--size",
            "32",
            "--batch",
            "2",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--store",
            _folder.File("store"),
            "--out",
            _folder.File("predictions"),
        ];
        Assert.Contains(left, (await WsssProcess.RunAsync(segment)).Errors);
        (await WsssProcess.RunAsync([.. segment, "--decisions", decisions])).Success();
        Assert.NotEmpty(Directory.GetFiles(_folder.File("predictions"), "*.png"));
    }

    [Fact]
    public async Task Decisions_about_other_data_or_without_a_threshold_make_no_mask()
    {
        string masks = _folder.File("masks");
        string[] command = ["masks", "--maps", _maps, "--data", _data, "--out", masks, "--decisions"];
        var other = await WsssProcess.RunAsync([.. command, Decide("0123456789abcdef", 0.5)]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("'0123456789abcdef'", other.Errors);
        var without = await WsssProcess.RunAsync([.. command, Decide(_train.Fingerprint, null)]);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("expected a threshold, found none", without.Errors);
        Assert.False(Directory.Exists(masks));

        string output = (await WsssProcess.RunAsync([.. command, Decide(_train.Fingerprint, null), "--threshold", "0.5"])).Success();
        Assert.Contains($"{_train.Count} masks at threshold 0.50 (given)", output);
    }
}
