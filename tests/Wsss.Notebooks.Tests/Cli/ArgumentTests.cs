using System.Text.Json;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ArgumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("train --epochs 0")]
    [InlineData("export a --format onnx --out a.safetensors")]
    [InlineData("compare")]
    [InlineData("compare ablation --seeds one")]
    [InlineData("run --erasing 2")]
    [InlineData("run --ignore-band wide")]
    [InlineData("segment --masks a --out b --self-training 1")]
    [InlineData("maps --classifier a --out b --layer layer1.0")]
    [InlineData("run --store-limit 0")]
    [InlineData("train --no-such-option")]
    [InlineData("train --scale huge")]
    [InlineData("maps --out a")]
    [InlineData("maps --classifier a --out b --scales 1,zero")]
    [InlineData("refine --maps a --out b")]
    [InlineData("data fetch")]
    [InlineData("data fetch coco")]
    [InlineData("data draw --other --leaves --out a")]
    [InlineData("kernel install --user --prefix a")]
    [InlineData("weights inspect")]
    [InlineData("weights inspect a --network vgg")]
    [InlineData("weights convert a")]
    [InlineData("export")]
    [InlineData("export a --format pth")]
    [InlineData("play a")]
    [InlineData("masks --maps a --out b --threshold 0.3 --validation-maps c")]
    [InlineData("masks --maps a --out b --threshold 1.5")]
    [InlineData("masks --maps a --out b --threshold 0.3 --validation-maps c --decisions d")]
    [InlineData("review")]
    [InlineData("explain a.png")]
    [InlineData("explain --classifier a")]
    [InlineData("explain a.png --backbone resnet18")]
    [InlineData("explain a.png --backbone resnet18 --weights b --classifier c")]
    [InlineData("explain a.png --classifier b --stride 8")]
    [InlineData("explain a.png --classifier b --size 0")]
    public async Task Wrong_arguments_are_exit_code_2(string arguments)
    {
        var outcome = await WsssProcess.RunAsync(arguments.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        Assert.NotEmpty(outcome.Errors);
    }

    [Theory]
    [InlineData("train --weights random --data {0}/none", "{0}/none")]
    [InlineData("data info --data {0}/none", "{0}/none")]
    [InlineData("data fetch voc2012 --folder {0}/none", "{0}/none")]
    [InlineData("train --weights {0}/none.safetensors --scale smoke", "none.safetensors")]
    [InlineData("weights inspect {0}/none.pth", "{0}/none.pth")]
    [InlineData("weights convert {0}/none.pth {0}/a.safetensors", "{0}/none.pth")]
    [InlineData("export {0}/none --out {0}/a.onnx", "{0}/none/network.safetensors")]
    [InlineData("run --segmenter epoch=9", "epochs")]
    [InlineData("data info --data {0}", "found none of them. `wsss init FOLDER` looks for labels")]
    [InlineData("data info --data {0}/none.yml", "found nothing at")]
    [InlineData("segment --masks {0} --out {0}/b --segmenter-inference scale=[1]", "scales")]
    [InlineData("segment --masks {0} --out {0}/b --scale smoke --segmenter-inference backgroundPower=-1", "found -1")]
    [InlineData("play {0}/none --runtime {0} --out {0}/play", "{0}/dist/ort.wasm.min.js")]
    [InlineData("maps --classifier {0} --out {0}/maps", "recipe.json")]
    [InlineData("maps --classifier {0} --out {0}/maps --method none", "found 'none'")]
    [InlineData("maps --classifier {0} --out {0}/maps --method gradcamm", "gradcam")]
    [InlineData("explain {0}/none.png --backbone mobilenet_v2 --weights {0}/none.safetensors", "none.png")]
    [InlineData("masks --maps {0} --threshold 0.5 --out {0}/masks", "maps.json")]
    [InlineData("refine --maps {0} --refinement none --out {0}/refined", "--refinement none")]
    [InlineData("refine --maps {0} --refinement pamr --scale smoke --out {0}/refined", "maps.json")]
    [InlineData("review {0}/none", "{0}/none")]
    [InlineData("review {0} --scale smoke", "maps.json")]
    [InlineData("segment --masks {0} --decisions {0}/none.json --scale smoke --out {0}/out", "{0}/none.json")]
    [InlineData("evaluate --masks {0}/none --scale smoke", "{0}/none")]
    [InlineData("train --technique NoSuchTechnique", "NoSuchTechnique")]
    [InlineData("run --scale smoke -t IterativeErasing:steps=0", "found 0")]
    [InlineData("run --scale smoke -t IterativeErasing:steps=many", "steps")]
    [InlineData("train --scale smoke -t Mixup:alhpa=1", "alpha")]
    [InlineData("compare {0}/none.json", "{0}/none.json")]
    [InlineData("results table {0}/none.json", "{0}/none.json")]
    [InlineData("results update {0}/none.md", "{0}/none.md")]
    [InlineData("compare {0}/none.json -t Mixup", "Expected no -t with the grid")]
    [InlineData("compare ablation -t NoSuchTechnique", "NoSuchTechnique")]
    [InlineData("train --scale smoke --technique SaliencyFusion --saliency {0}/none", "{0}/none")]
    [InlineData("train --scale smoke --saliency {0}", "Expected -t SaliencyFusion, -r saliency or --segmenter-inference")]
    [InlineData("maps --classifier {0} --out {0}/maps --saliency {0}", "Expected -t SaliencyFusion, -r saliency or --segmenter-inference")]
    [InlineData("train --scale smoke --max-memory -1", "Expected 0 or more gigabytes")]
    [InlineData("train --scale smoke --max-memory 0.001", "found a bound of 0.001 GB")]
    [InlineData("run --scale smoke --segmenter-inference saliency={{}} --saliency {0}", "Expected a saliency network")]
    public async Task What_is_missing_is_exit_code_1_and_named(string arguments, string named)
    {
        var outcome = await WsssProcess.RunAsync([
            .. arguments.Split(' ').Select(argument => string.Format(argument, _folder.Path)),
            .. Store(arguments),
        ]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(string.Format(named, _folder.Path), outcome.Errors);
        Assert.StartsWith("wsss: ", outcome.Errors.Split('\n').First(line => !line.StartsWith('[')));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task The_help_of_each_command_teaches_by_examples()
    {
        string overview = (await WsssProcess.RunAsync("--help")).Success();
        Assert.Contains("Start here:", overview);
        Assert.Contains("130 interrupted", overview);
        foreach (
            string command in (string[])
                [
                    "doctor",
                    "init",
                    "data draw",
                    "data fetch",
                    "data info",
                    "data check",
                    "weights inspect",
                    "weights convert",
                    "pretrain",
                    "train",
                    "explain",
                    "maps",
                    "refine",
                    "review",
                    "threshold",
                    "masks",
                    "segment",
                    "evaluate",
                    "predict",
                    "export",
                    "play",
                    "run",
                    "compare",
                    "results table",
                    "results update",
                    "notebook",
                ]
        )
        {
            Assert.Contains(command.Split(' ')[0], overview);
            string help = (await WsssProcess.RunAsync([.. command.Split(' '), "--help"])).Success();
            Assert.Contains("What it does:", help);
            int examples = help.IndexOf("Examples:", StringComparison.Ordinal);
            Assert.True(
                examples > 0 && help[examples..].Split($"wsss {command}").Length > 2,
                $"Expected two examples in the help of {command}."
            );
            Assert.Contains($"Usage:\n  wsss {command}", help);
        }
    }

    [Fact]
    public async Task Fetch_says_where_files_come_from_and_what_is_missing()
    {
        string steps = (await WsssProcess.RunAsync("data", "fetch", "voc2012")).Success();
        foreach (
            string part in (string[])
                ["6cd6e144f989b92b3379bac3b3de84fd", "no published checksum known", "tar -xf", "unzip", "resnet50-0676ba61.pth"]
        )
            Assert.Contains(part, steps);

        var outcome = await WsssProcess.RunAsync(
            "data",
            "fetch",
            "voc2012",
            "--folder",
            _folder.Path,
            "--weights",
            _folder.File("net-01234567.pth"),
            "--json"
        );
        Assert.Equal(1, outcome.ExitCode);
        var states = JsonDocument
            .Parse(outcome.Output)
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .Select(check => check.GetProperty("state").GetString());
        Assert.Equal(["missing", "missing", "missing"], states);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Doctor_finds_this_machine_ready()
    {
        var findings = JsonDocument.Parse((await WsssProcess.RunAsync("doctor", "--json")).Success()).RootElement.EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("what").GetString()!, finding => finding.GetProperty("state").GetString());
        Assert.Equal("ok", findings["libtorch"]);
        Assert.Equal("ok", findings["image files"]);
        Assert.Contains("disk", findings.Keys);
        Assert.DoesNotContain("missing", findings.Values);
    }

    private IEnumerable<string> Store(string arguments) =>
        arguments.StartsWith("train", StringComparison.Ordinal) || arguments.StartsWith("maps", StringComparison.Ordinal)
            ? ["--store", _folder.File("store")] : [];
}
