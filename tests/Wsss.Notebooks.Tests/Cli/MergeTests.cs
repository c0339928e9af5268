using System.Text.Json.Nodes;
using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class MergeTests : IDisposable
{
    private static readonly string[] Machine = ["--device", "cpu", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parts_that_are_merged_have_the_bytes_of_the_undivided_run()
    {
        string data = _folder.File("shapes"), model = _folder.File("model"), store = _folder.File("store");
        ShapesFolder.Write(data, train: 40);
        string[] run =
        [
            "run", "--data", data, "--weights", "random", "--epochs", "1", "--size", "32", "--batch", "4", "--no-ceiling", "--no-report",
            "--store", store, "--report", _folder.File("report"), "--out", model,
        ];
        (await WsssProcess.RunAsync([.. run, .. Machine])).Success();

        string classifier = Directory.GetDirectories(store, "classifier-*").Single();
        string[] maps = ["maps", "--classifier", classifier, "--data", data, "--split", "train", "--scales", "1,1.5", "--pictures", "3"];
        string whole = await WholeAndMerged("maps", maps, store);
        string[] refine = ["refine", "--maps", whole, "--data", data, "--split", "train", "--refinement", "pamr", "--pictures", "2"];
        await WholeAndMerged("refined", refine, store);
        await RefusedParts("maps", "refined");

        string photographs = _folder.File("photographs");
        foreach (int i in Enumerable.Range(0, 9))
            ImageFile.WritePng(Path.Combine(photographs, i % 2 == 0 ? "" : "deep", $"img{i}.png"), Picture(40 + i, 30));
        File.WriteAllText(Path.Combine(photographs, "broken.jpg"), "no image");
        string[] predict = ["predict", photographs, "--model", model, "--format", "overlay,coco,labelstudio,cvat,csv,sheet"];
        await WholeAndMerged("masks", predict, null, failures: 1);

        // What is there is not made again.
        string first = _folder.File("masks.part-1-of-3");
        string again = (await Part([.. predict, "--out", _folder.File("masks")], "1/3")).Output;
        Assert.Contains($"0 masks made, {File.ReadAllLines(Path.Combine(first, "index.jsonl")).Length - 1} kept", again);
        string[] mapsAgain = [.. maps, "--store", _folder.File("other"), "--out", _folder.File("maps")];
        Assert.Contains("kept: ", (await Part(mapsAgain, "1/3")).Success());
    }

    [Fact]
    public async Task Wrong_parts_are_usage_errors_and_a_folder_that_is_none_is_named()
    {
        string photographs = _folder.File("photographs");
        ImageFile.WritePng(Path.Combine(photographs, "a.png"), Picture(16, 16));
        var wrong = await WsssProcess.RunAsync("predict", photographs, "--shard", "5/4", "--out", _folder.File("out"));
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("Expected --shard to be a part such as 2/4, from 1/4 to 4/4, found '5/4'.", wrong.Errors);
        var none = await WsssProcess.RunAsync("merge", photographs, "--out", _folder.File("out"));
        Assert.Equal(1, none.ExitCode);
        Assert.Contains($"Expected the folder of a part, with 'part.json', found none at '{photographs}'.", none.Errors);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    /// <summary>Runs a command whole and in three parts, and compares the folder of the first with what the others are merged to.</summary>
    private async Task<string> WholeAndMerged(string name, string[] command, string? store, int failures = 0)
    {
        int code = failures > 0 ? 1 : 0;
        string whole = _folder.File($"whole-{name}"), merged = _folder.File($"merged-{name}"), target = _folder.File(name);
        string[] stored = store is null ? [] : ["--store", _folder.File("other")];
        Assert.Equal(code, (await WsssProcess.RunAsync([.. command, .. Machine, .. stored, "--out", whole])).ExitCode);
        // Nothing of the undivided run helps the parts.
        if (store is not null) Directory.Delete(_folder.File("other"), recursive: true);
        int failed = 0;
        foreach (int i in Enumerable.Range(1, 3))
            failed += (await Part([.. command, .. stored, "--out", target], $"{i}/3")).ExitCode;
        Assert.Equal(failures, failed);
        string[] parts = Directory.GetDirectories(_folder.Path, $"{name}.part-*-of-3");
        Assert.Equal(3, parts.Length);
        var outcome = await WsssProcess.RunAsync(["merge", .. parts, "--out", merged]);
        Assert.True(outcome.ExitCode == code, outcome.Errors);
        Assert.Equal(Files(whole), Files(merged));
        foreach (string file in Files(whole))
        {
            byte[] expected = Content(Path.Combine(whole, file)), found = Content(Path.Combine(merged, file));
            Assert.True(expected.AsSpan().SequenceEqual(found), $"{name}: {file} differs");
        }
        return whole;
    }

    private async Task RefusedParts(string name, string other)
    {
        string Of(string run, int part) => _folder.File($"{run}.part-{part}-of-3");
        await Refused("found 2: 2/3 is missing", Of(name, 1), Of(name, 3));
        await Refused("Expected parts of one run, found those of two", Of(name, 1), Of(name, 2), Of(other, 3));
        await Refused("Expected each part once, found 2/3 twice", Of(name, 1), Of(name, 2), Of(name, 2), Of(name, 3));
        string index = Path.Combine(Of(name, 2), "part.json"), whole = File.ReadAllText(index);
        File.WriteAllText(index, whole.Replace("\"finished\": true", "\"finished\": false", StringComparison.Ordinal));
        await Refused("Expected a finished part, found 2/3 unfinished", Of(name, 1), Of(name, 2), Of(name, 3));
        File.WriteAllText(index, whole);
        string lost = Directory.GetFiles(Of(name, 1), "*.npz", SearchOption.AllDirectories).Concat(
            Directory.GetFiles(Of(name, 2), "*.npz", SearchOption.AllDirectories)).First();
        File.Move(lost, lost + ".away");
        await Refused($"Expected '{lost}' of part", Of(name, 1), Of(name, 2), Of(name, 3));
        File.Move(lost + ".away", lost);
    }

    private async Task Refused(string message, params string[] parts)
    {
        string target = _folder.File("refused");
        var outcome = await WsssProcess.RunAsync(["merge", .. parts, "--out", target]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, "refused*"));
    }

    private static Task<Outcome> Part(string[] command, string shard) => WsssProcess.RunAsync([.. command, .. Machine, "--shard", shard]);

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order()];

    /// <summary>The bytes; of an index of maps, those without the seconds that it took.</summary>
    private static byte[] Content(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (Path.GetFileName(path) != "maps.json") return bytes;
        var index = JsonNode.Parse(bytes)!;
        Assert.True(index["origin"]!["provenance"]!.AsObject().Remove("seconds"));
        return System.Text.Encoding.UTF8.GetBytes(index.ToJsonString());
    }

    private static RgbImage Picture(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i * 7 % 251))]);
}
