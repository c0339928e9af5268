using System.Text.Json;
using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class PredictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_model_that_run_leaves_predicts_new_photographs()
    {
        string data = _folder.File("shapes"),
            model = _folder.File("model"),
            photographs = _folder.File("photographs"),
            masks = _folder.File("masks");
        ShapesFolder.Write(data);
        string errors = (
            await WsssProcess.RunAsync(
                "run",
                "--data",
                data,
                "--weights",
                "random",
                "--epochs",
                "1",
                "--size",
                "32",
                "--batch",
                "4",
                "--no-ceiling",
                "--no-report",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--store",
                _folder.File("store"),
                "--report",
                _folder.File("report"),
                "--out",
                model
            )
        ).Errors;
        Assert.Contains($"model: {model}\nnext: wsss predict PHOTOGRAPHS --model {model} ", errors);
        Directory.Delete(_folder.File("store"), recursive: true);
        Directory.Delete(data, recursive: true);

        ImageFile.WritePng(Path.Combine(photographs, "img10.png"), Picture(40, 30));
        ImageFile.WriteJpeg(Path.Combine(photographs, "img2.JPG"), Picture(64, 48));
        ImageFile.WritePng(Path.Combine(photographs, "deep", "er", "c.png"), Picture(33, 32));
        string[] predict =
        [
            "predict",
            photographs,
            "--model",
            model,
            "--out",
            masks,
            "--device",
            "cpu",
            "--threads",
            "1",
            "--longest",
            "40",
            "--format",
            "overlay,coco,LabelStudio,cvat,csv,sheet",
        ];
        string text = (await WsssProcess.RunAsync(predict)).Success();
        Assert.Contains("3 masks made, 0 kept", text);
        Assert.Contains("| disc ", text);
        string[] files =
        [
            "coco.json",
            "labelstudio.json",
            "labelstudio.xml",
            "cvat.xml",
            "areas.csv",
            "sheet-001.png",
            "predictions.json",
            "index.jsonl",
        ];
        foreach (string file in files)
            Assert.True(File.Exists(Path.Combine(masks, file)), file);
        foreach (var (id, size) in new[] { ("deep/er/c", (33, 32)), ("img2", (64, 48)), ("img10", (40, 30)) })
        {
            Assert.Equal(size, ImageFile.ReadSize(Path.Combine(masks, "masks", id + ".png")));
            Assert.Equal(size, ImageFile.ReadSize(Path.Combine(masks, "overlays", id + ".jpg")));
        }
        using (var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(masks, "predictions.json"))))
        {
            Assert.Equal(["disc", "bar"], list.RootElement.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
            JsonElement[] images = [.. list.RootElement.GetProperty("images").EnumerateArray()];
            Assert.Equal(["deep/er/c", "img2", "img10"], images.Select(image => image.GetProperty("id").GetString()));
            Assert.All(images, image => Assert.True(File.Exists(Path.Combine(masks, image.GetProperty("image").GetString()!))));
        }

        File.WriteAllText(Path.Combine(photographs, "broken.jpg"), "no image");
        var again = await WsssProcess.RunAsync([.. predict, "--json"]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("broken.jpg", again.Errors);
        Assert.Contains("1 of 4 photographs have no mask", again.Errors);
        using (var summary = JsonDocument.Parse(again.Output))
        {
            Assert.Equal((0, 3), (summary.RootElement.GetProperty("made").GetInt32(), summary.RootElement.GetProperty("kept").GetInt32()));
            Assert.Equal("broken.jpg", summary.RootElement.GetProperty("failed")[0].GetProperty("image").GetString());
        }

        Directory.CreateDirectory(_folder.File("somebody's"));
        _folder.File("somebody's/areas.csv", "image,area\n");
        var kept = await WsssProcess.RunAsync([.. predict[..4], "--out", _folder.File("somebody's"), .. predict[6..]]);
        Assert.Equal(1, kept.ExitCode);
        Assert.Contains($"found '{_folder.File("somebody's/areas.csv")}', which would be lost", kept.Errors);
        Assert.Single(Directory.GetFileSystemEntries(_folder.File("somebody's")));

        // Of a photograph whose labels are told the mask is made anew.
        var labelled = await WsssProcess.RunAsync([.. predict, "--json", "--labels", _folder.File("labels.csv", "img2.JPG,disc\n")]);
        Assert.Equal(1, labelled.ExitCode);
        using (var summary = JsonDocument.Parse(labelled.Output))
            Assert.Equal((1, 2), (summary.RootElement.GetProperty("made").GetInt32(), summary.RootElement.GetProperty("kept").GetInt32()));
        Assert.DoesNotContain((byte)2, ImageFile.ReadMask(Path.Combine(masks, "masks", "img2.png")).Values);
        var other = await WsssProcess.RunAsync([.. predict[..8], "--threads", "1", "--longest", "20"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("those of another", other.Errors);
    }

    [Fact]
    public async Task Wrong_arguments_are_named_before_anything_is_written()
    {
        string photographs = _folder.File("photographs"), target = _folder.File("out");
        ImageFile.WritePng(Path.Combine(photographs, "a.png"), Picture(16, 16));
        var format = await WsssProcess.RunAsync("predict", photographs, "--model", _folder.Path, "--format", "png,pdf", "--out", target);
        Assert.Equal(2, format.ExitCode);
        Assert.Contains("found 'pdf'", format.Errors);
        var model = await WsssProcess.RunAsync("predict", photographs, "--model", _folder.Path, "--out", target);
        Assert.Equal(1, model.ExitCode);
        Assert.Contains("'model.json', found none", model.Errors);
        Assert.Equal(2, (await WsssProcess.RunAsync("predict")).ExitCode);
        Assert.False(Directory.Exists(target));
        Assert.Contains("labelstudio", (await WsssProcess.RunAsync("predict", "--help")).Success());
    }

    private static RgbImage Picture(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i * 7 % 251))]);
}
