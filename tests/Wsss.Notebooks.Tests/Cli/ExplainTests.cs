using System.Text.Json;
using Wsss.Data;
using Wsss.Models;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ExplainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image, _weights, _names;

    public ExplainTests()
    {
        _image = _folder.File("photograph.png");
        ImageFile.WritePng(_image, new RgbImage(60, 40, [.. Enumerable.Range(0, 3 * 60 * 40).Select(i => (byte)(i * 37))]));
        _names = _folder.File("names.txt");
        File.WriteAllText(_names, "grey wolf, timber wolf\nbarrel\ntabby, tabby cat\n");
        _weights = _folder.File("torchvision.safetensors");
        using var scope = NewDisposeScope();
        using var backbone = Backbones.Create("mobilenet_v2", 32);
        SafeTensorsFile.Write(_weights, new Dictionary<string, Tensor>(backbone.state_dict())
        {
            ["classifier.1.weight"] = randn(3, backbone.Channels),
            ["classifier.1.bias"] = zeros(3),
        });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_image_and_a_torchvision_classifier_give_a_picture_and_maps()
    {
        string folder = _folder.File("out");
        string text = (
            await Explain("--method", "layercam:layer=features.3", "--class", "tabby", "--class", "0", "--scales", "1,2", "--out", folder)
        ).Success();
        Assert.Contains("grey wolf", text);
        Assert.DoesNotContain("timber", text);
        Assert.Equal([2, 40, 60], NpyFile.Read(Path.Combine(folder, "maps.npy")).Shape);
        Assert.True(ImageFile.ReadSize(Path.Combine(folder, "explanation.png")).Width > 200);
        Assert.Equal((60, 40), ImageFile.ReadSize(Path.Combine(folder, "0-grey-wolf.png")));
        LabelMap grey = ImageFile.ReadGray(Path.Combine(folder, "2-tabby.png"));
        float[] second = NpyFile.Read(Path.Combine(folder, "maps.npy")).Values[(60 * 40)..];
        Assert.Equal(second.Select(value => (byte)(255 * value + 0.5f)), grey.Values);
        Assert.Contains((byte)255, grey.Values);
    }

    [Fact]
    public async Task Without_a_class_the_strongest_one_is_explained()
    {
        using var result = JsonDocument.Parse((await Explain("--json", "--out", _folder.File("out"))).Success());
        var classes = result.RootElement.GetProperty("classes").EnumerateArray().ToArray();
        Assert.Equal(3, classes.Length);
        Assert.Equal(1, classes.Sum(row => row.GetProperty("score").GetDouble()), 1e-5);
        Assert.True(File.Exists(classes[0].GetProperty("map").GetString()));
        Assert.All(classes[1..], row => Assert.Equal(JsonValueKind.Null, row.GetProperty("map").ValueKind));
    }

    [Fact]
    public async Task A_checkpoint_of_other_code_is_explained_and_what_was_left_out_is_told()
    {
        string checkpoint = _folder.File("checkpoint.safetensors");
        using (var scope = NewDisposeScope())
        using (IWeightFile file = WeightFile.Open(_weights))
        {
            var state = file.Tensors.Keys.ToDictionary(key => $"module.{key.Replace("classifier.1", "fc")}", file.Read);
            state["module.aux.weight"] = randn(1, 1280);
            SafeTensorsFile.Write(checkpoint, state);
        }
        var refused = await Explain("--weights", checkpoint, "--out", _folder.File("out"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("found fc [3, 1280], aux [1, 1280]. Name the head", refused.Errors);

        string softmax = (await Explain("--weights", checkpoint, "--head", "fc", "--out", _folder.File("out"))).Success();
        Assert.Contains("weights: without the prefix 'module.', head fc [3, 1280]", softmax);
        using var sigmoid = JsonDocument.Parse(
            (
                await Explain("--weights", checkpoint, "--head", "fc", "--scores", "sigmoid", "--json", "--out", _folder.File("out"))
            ).Success()
        );
        using var one = JsonDocument.Parse((await Explain("--weights", _weights, "--json", "--out", _folder.File("out"))).Success());
        Dictionary<int, double> each = Scores(sigmoid),
            shares = Scores(one);
        // Logits differ by the logarithm of what the scores are in relation to each other, whichever way they are read.
        Assert.Equal(Math.Log(shares[0] / shares[1]), Logit(each[0]) - Logit(each[1]), 1e-2);

        static double Logit(double score) => Math.Log(score / (1 - score));
        static Dictionary<int, double> Scores(JsonDocument document) =>
            document
                .RootElement.GetProperty("classes")
                .EnumerateArray()
                .ToDictionary(row => row.GetProperty("index").GetInt32(), row => row.GetProperty("score").GetDouble());
    }

    [Fact]
    public async Task One_logit_is_read_with_a_sigmoid()
    {
        string binary = _folder.File("binary.safetensors");
        using (var scope = NewDisposeScope())
        using (IWeightFile file = WeightFile.Open(_weights))
        {
            var state = file.Tensors.Keys.Where(key => !key.StartsWith("classifier")).ToDictionary(key => key, file.Read);
            (state["fc.weight"], state["fc.bias"]) = (zeros(1, 1280), zeros(1));
            SafeTensorsFile.Write(binary, state);
        }
        string[] arguments =
        [
            "explain",
            _image,
            "--backbone",
            "mobilenet_v2",
            "--weights",
            binary,
            "--threads",
            "1",
            "--out",
            _folder.File("out"),
        ];
        Assert.Matches(@"class 0 +\| +0 \| 0\.500", (await WsssProcess.RunAsync(arguments)).Success());
        var softmax = await WsssProcess.RunAsync([.. arguments, "--scores", "softmax"]);
        Assert.Equal(1, softmax.ExitCode);
        Assert.Contains("Expected --scores sigmoid for a classifier with one logit", softmax.Errors);
    }

    [Theory]
    [InlineData("--class wulf", "Expected a class that the network knows, found 'wulf'. It knows grey wolf (0), barrel (1), tabby (2).")]
    [InlineData("--method gradcam:layer=layer4", "features.17, features.18")]
    [InlineData("--method cam:layer=features.3", "layer")]
    public async Task What_the_network_has_not_is_told_with_what_it_has(string arguments, string expected)
    {
        var outcome = await Explain([.. arguments.Split(' '), "--out", _folder.File("out")]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, outcome.Errors);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public async Task Layers_are_listed_without_image_and_weights()
    {
        string text = (await WsssProcess.RunAsync("explain", "--backbone", "resnet18", "--list-layers")).Success();
        Assert.Matches(@"\| layer3\.1 +\| +256 \| +16 \| yes +\|", text);
        Assert.Matches(@"\| relu +\| +64 \| +2 \| +\|", text);
    }

    private Task<Outcome> Explain(params string[] arguments) => WsssProcess.RunAsync(
        ["explain", _image, "--backbone", "mobilenet_v2", .. arguments.Contains("--weights") ? [] : (string[])["--weights", _weights],
            "--class-names", _names, "--device", "cpu", "--threads", "1", .. arguments]);
}
