using System.Text.Json;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Menagerie;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class PipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public PipelineTests()
    {
        _data = _folder.File("shapes");
        ShapesFolder.Write(_data);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Training(string command, int epochs, string store = "store") =>
    [
        command, "--data", _data, "--weights", "random", "--epochs", $"{epochs}", "--size", "32", "--batch", "4",
        "--device", "cpu", "--threads", "1", "--store", _folder.File(store),
    ];

    [Fact]
    public async Task From_photographs_to_a_score_step_by_step()
    {
        string trained = (await WsssProcess.RunAsync([.. Training("train", 1), "--json"])).Success();
        string classifier = Text(trained, "folder");
        Assert.True(File.Exists(Path.Combine(classifier, "network.safetensors")));

        string trainMaps = _folder.File("maps-train"),
            validationMaps = _folder.File("maps-validation");
        string[] maps =
        [
            "maps",
            "--classifier",
            classifier,
            "--data",
            _data,
            "--device",
            "cpu",
            "--threads",
            "1",
            "--scales",
            "1,1.5",
            "--pictures",
            "2",
        ];
        (await WsssProcess.RunAsync([.. maps, "--split", "train", "--out", trainMaps])).Success();
        (await WsssProcess.RunAsync([.. maps, "--split", "validation", "--out", validationMaps])).Success();
        Assert.Equal([1, 32, 32], Maps(trainMaps, "train_3").Shape);
        Assert.True(ImageFile.ReadSize(Path.Combine(trainMaps, "overview.png")).Width > 100);

        string finer = _folder.File("maps-finer"),
            explained = _folder.File("explained");
        (await WsssProcess.RunAsync([.. maps, "--split", "validation", "--method", "gradcam:layer=layer2.1", "--out", finer])).Success();
        Assert.NotEqual(Maps(validationMaps, "tune_0").Values, Maps(finer, "tune_0").Values);

        string fused = _folder.File("maps-fused"), fusedAfter = _folder.File("maps-fused-after");
        string[] fuse = ["--split", "validation", "-r", "saliency:rule=product"], saliency = ["--saliency", SaliencyFolder()];
        var without = await WsssProcess.RunAsync([.. maps, .. fuse, "--out", fused]);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("Expected --saliency with photographs", without.Errors);
        (await WsssProcess.RunAsync([.. maps, .. fuse, .. saliency, "--out", fused])).Success();
        string[] refine = ["refine", "--maps", validationMaps, "--data", _data, "--device", "cpu", .. fuse, .. saliency];
        (await WsssProcess.RunAsync([.. refine, "--out", fusedAfter])).Success();
        Assert.Equal(Maps(fusedAfter, "tune_0").Values, Maps(fused, "tune_0").Values, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.NotEqual(Maps(validationMaps, "tune_0").Values, Maps(fused, "tune_0").Values);

        string explanation = (
            await WsssProcess.RunAsync(
                "explain",
                Path.Combine(_data, "JPEGImages", "val_1.jpg"),
                "--classifier",
                classifier,
                "--method",
                "gradcam++",
                "--class",
                "bar",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--out",
                explained
            )
        ).Success();
        Assert.Contains("1-bar.png", explanation);
        Assert.Equal([1, 32, 32], NpyFile.Read(Path.Combine(explained, "maps.npy")).Shape);

        string walked = _folder.File("maps-walk");
        (
            await WsssProcess.RunAsync(
                "refine",
                "--maps",
                validationMaps,
                "--data",
                _data,
                "--split",
                "validation",
                "--classifier",
                classifier,
                "--device",
                "cpu",
                "--threads",
                "1",
                "--refinement",
                "walk:epochs=1,steps=4",
                "--store",
                _folder.File("walk-store"),
                "--out",
                walked
            )
        ).Success();
        Assert.NotEqual(Maps(validationMaps, "tune_0").Values, Maps(walked, "tune_0").Values);
        Assert.True(ImageFile.ReadSize(Path.Combine(walked, "overview.png")).Width > 100);

        string masks = _folder.File("masks"),
            predictions = _folder.File("predictions");
        (
            await WsssProcess.RunAsync("masks", "--maps", trainMaps, "--validation-maps", validationMaps, "--data", _data, "--out", masks)
        ).Success();
        using (var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(masks, "masks.json"))))
            Assert.InRange(summary.RootElement.GetProperty("threshold").GetDouble(), 0.009, 0.991);

        File.Move(Path.Combine(masks, "train_5.png"), _folder.File("train_5.png"));
        var incomplete = await WsssProcess.RunAsync([.. Training("segment", 1), "--masks", masks, "--out", predictions]);
        Assert.Equal(1, incomplete.ExitCode);
        Assert.Contains("train_5.png", incomplete.Errors);
        File.Move(_folder.File("train_5.png"), Path.Combine(masks, "train_5.png"));

        string segmented = (
            await WsssProcess.RunAsync([.. Training("segment", 1), "--masks", masks, "--out", predictions, "--json"])
        ).Success();
        string scored = (await WsssProcess.RunAsync("evaluate", "--data", _data, "--masks", predictions, "--json")).Success();
        using var expected = JsonDocument.Parse(segmented);
        using var actual = JsonDocument.Parse(scored);
        Assert.Equal(4, actual.RootElement.GetProperty("images").GetInt32());
        Assert.Equal(Score.FromJson(expected.RootElement.GetProperty("test").GetRawText()).MeanIoU, Score.FromJson(scored).MeanIoU);
    }

    private static NpyArray Maps(string folder, string id) => NpzFile.Read(Path.Combine(folder, $"{id}.npz"), "maps");

    [Fact]
    public async Task Interrupted_training_goes_on_as_if_it_had_not_been()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGINT to send to another process on Windows.");
        const int Epochs = 150; // long enough for the interrupt to come in time on a busy machine
        using (var process = WsssProcess.Start(Training("train", Epochs)))
        {
            // The first epoch's checkpoint says that training is under way.
            // On this thread: where all of the pool's are busy, a task would wake too late.
            while (!process.HasExited && !Checkpoints().Any())
                Thread.Sleep(5);
            process.SendInterrupt();
            var interrupted = await process.EndAsync();
            Assert.Equal(130, interrupted.ExitCode);
            Assert.Contains("--resume", interrupted.Errors);
        }
        Assert.Single(Checkpoints());
        Assert.Empty(Classifiers("store"));

        (await WsssProcess.RunAsync([.. Training("train", Epochs), "--resume"])).Success();
        (await WsssProcess.RunAsync(Training("train", Epochs, "uninterrupted"))).Success();
        string resumed = Assert.Single(Classifiers("store")),
            whole = Assert.Single(Classifiers("uninterrupted"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "network.safetensors")),
            File.ReadAllBytes(Path.Combine(resumed, "network.safetensors"))
        );
        Assert.Equal(Numbers(whole), Numbers(resumed));
        Assert.Empty(Checkpoints());
    }

    [Fact]
    public async Task A_killed_comparison_goes_on_and_writes_the_same_bytes_as_one_in_one_go()
    {
        string[] Compare(string name) =>
            [.. Training("compare", 6, $"{name}-store"), "ablation", "-t", "Mixup", "-t", "RandomErasing", "--out", _folder.File(name)];
        using (var process = WsssProcess.Start(Compare("killed")))
        {
            while (!process.HasExited && !Directory.Exists(_folder.File("killed-store")))
                await Task.Delay(20, TestContext.Current.CancellationToken);
            while (!process.HasExited && !Directory.EnumerateDirectories(_folder.File("killed-store"), "*.checkpoint").Any())
                await Task.Delay(20, TestContext.Current.CancellationToken);
            process.KillAtOnce();
            await process.EndAsync();
        }
        Assert.False(File.Exists(Path.Combine(_folder.File("killed"), "index.html")));
        string table = (await WsssProcess.RunAsync(Compare("killed"))).Success();
        Assert.Equal(table, (await WsssProcess.RunAsync(Compare("killed"))).Success()); // from the store, times too
        (await WsssProcess.RunAsync(Compare("whole"))).Success();
        foreach (string file in (string[])["results.csv", "results.json", "results.md", "grid.json", "maps-1.png"])
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(_folder.File("whole"), file)),
                File.ReadAllBytes(Path.Combine(_folder.File("killed"), file))
            );
        Assert.Equal(4, File.ReadAllLines(Path.Combine(_folder.File("whole"), "results.csv")).Length);
        string measured = Path.Combine(_folder.File("whole"), "measured.json");
        Assert.Contains("| Mixup | ", (await WsssProcess.RunAsync("results", "table", measured)).Success());
    }

    [Fact]
    public async Task A_grid_that_was_printed_is_a_grid_to_run()
    {
        string grid = (
            await WsssProcess.RunAsync("compare", "best", "-t", "Mixup", "-r", "pamr", "-r", "crf", "--seeds", "3", "4", "--print")
        ).Success();
        File.WriteAllText(_folder.File("mine.json"), grid);
        Assert.Equal(grid, (await WsssProcess.RunAsync("compare", _folder.File("mine.json"), "--print")).Success());
        using var read = JsonDocument.Parse(grid);
        Assert.Equal([3, 4], read.RootElement.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
        Assert.Equal(
            ["pamr", "crf"],
            read.RootElement.GetProperty("refinements")[0].EnumerateArray().Select(step => step.EnumerateObject().Single().Name)
        );
    }

    [Fact]
    public async Task A_truncated_image_is_named_and_nothing_is_left_half_written()
    {
        string image = Path.Combine(_data, "JPEGImages", "train_2.jpg");
        byte[] whole = File.ReadAllBytes(image);
        File.WriteAllBytes(image, whole[..(whole.Length / 2)]);
        var outcome = await WsssProcess.RunAsync(Training("train", 1));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(image, outcome.Errors);
        Assert.Empty(Directory.GetDirectories(_folder.File("store")));
    }

    [Fact]
    public async Task Info_lists_every_problem_with_its_file()
    {
        File.Delete(Path.Combine(_data, "JPEGImages", "train_1.jpg"));
        File.WriteAllText(Path.Combine(_data, "JPEGImages", "tune_0.jpg"), "no image");
        ImageFile.WriteMask(Path.Combine(_data, "SegmentationClass", "train_4.png"), new LabelMap(2, 2, [0, 1, 1, 0]));
        ImageFile.WriteMask(
            Path.Combine(_data, "SegmentationClass", "val_3.png"),
            new LabelMap(32, 32, [.. Enumerable.Repeat((byte)7, 32 * 32)])
        );
        var outcome = await WsssProcess.RunAsync("data", "info", "--data", _data, "--json");
        Assert.Equal(1, outcome.ExitCode);
        using var report = JsonDocument.Parse(outcome.Output);
        string[] problems = [.. report.RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)];
        Assert.Equal(4, problems.Length);
        foreach (string file in (string[])["'train_1'", "tune_0.jpg", "train_4.png", "val_3.png"])
            Assert.Single(problems, problem => problem.Contains(file));
        Assert.Equal(
            [6, 3, 3],
            report.RootElement.GetProperty("splits").EnumerateArray().Select(split => split.GetProperty("images").GetInt32())
        );

        ShapesFolder.Write(_data);
        Assert.Contains("disc", (await WsssProcess.RunAsync("data", "info", "--data", _data)).Success());
    }

    [Fact]
    public async Task Draw_and_pretrain_write_their_files()
    {
        string drawn = _folder.File("drawn"),
            weights = _folder.File("backbone.safetensors");
        (await WsssProcess.RunAsync("data", "draw", "--scale", "smoke", "--out", drawn)).Success();
        Assert.Equal(DrawnScenes.TargetClasses, VocDataset.Open(drawn, "train", null, TestContext.Current.CancellationToken).ClassNames);
        Assert.True(ImageFile.ReadSize(Path.Combine(drawn, "preview.png")).Width > 100);

        (
            await WsssProcess.RunAsync(
                "pretrain",
                "menagerie_net",
                "--scale",
                "smoke",
                "--out",
                weights,
                "--threads",
                "1",
                "--device",
                "cpu",
                "--store",
                _folder.File("store")
            )
        ).Success();
        using var backbone = Wsss.Models.Backbones.Create("menagerie_net", 8);
        Assert.True(Wsss.Models.NetworkWeights.Load(backbone, weights).IsExact);
        using var file = Wsss.Weights.SafeTensorsFile.Open(weights);
        Assert.Equal("1", file.Metadata["seed"]);
        Assert.NotEmpty(file.Metadata["data"]);
    }

    [Fact]
    public async Task Comparing_uses_saliency_from_a_folder_and_a_second_run_only_reads()
    {
        string saliency = SaliencyFolder();
        string[] compare =
        [
            "compare",
            "subsets",
            .. Training("", 1)[1..],
            "--seeds",
            "1",
            "2",
            "-t",
            "SaliencyFusion",
            "-t",
            "RandomErasing",
        ];

        var without = await WsssProcess.RunAsync(compare);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("Expected --saliency with photographs", without.Errors);

        string table = (await WsssProcess.RunAsync([.. compare, "--saliency", saliency])).Success();
        foreach (string row in (string[])["plain", "SaliencyFusion", "RandomErasing", "SaliencyFusion + RandomErasing"])
            Assert.Contains($"| {row} ", table);
        Assert.Equal(8, Classifiers("store").Count());
        var again = await WsssProcess.RunAsync([.. compare, "--saliency", saliency]);
        Assert.Equal(table, again.Success());
        Assert.DoesNotContain("train classifier", again.Errors);
    }

    /// <summary>A folder of saliency for every image, most of it there.</summary>
    private string SaliencyFolder()
    {
        string saliency = _folder.File("saliency");
        foreach (string image in Directory.EnumerateFiles(Path.Combine(_data, "JPEGImages")))
            ImageFile.WriteGray(
                Path.Combine(saliency, Path.GetFileNameWithoutExtension(image) + ".png"),
                new LabelMap(8, 8, [.. Enumerable.Range(0, 64).Select(i => (byte)(100 + 2 * i))])
            );
        return saliency;
    }

    private IEnumerable<string> Checkpoints() =>
        Directory.Exists(_folder.File("store")) ? Directory.EnumerateDirectories(_folder.File("store"), "*.checkpoint") : [];

    private IEnumerable<string> Classifiers(string store) =>
        Directory
            .EnumerateDirectories(_folder.File(store), "classifier-*")
            .Where(path => !path.EndsWith(".checkpoint", StringComparison.Ordinal));

    private static string Text(string json, string property)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(property).GetString()!;
    }

    /// <summary>Losses and metrics of each epoch, without its wall time.</summary>
    private static IEnumerable<string> Numbers(string classifier)
    {
        using var history = JsonDocument.Parse(File.ReadAllText(Path.Combine(classifier, "history.json")));
        return
        [
            .. history
                .RootElement.GetProperty("epochs")
                .EnumerateArray()
                .Select(epoch => $"{epoch.GetProperty("losses")} {epoch.GetProperty("metrics")}"),
        ];
    }
}
