using System.Text.Json;
using TorchSharp;
using Wsss.Models;
using Wsss.Tests.Weights;
using Wsss.Weights;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_PyTorch_is_listed_and_converted()
    {
        string saved = _folder.File("saved.pth"),
            converted = _folder.File("converted.safetensors");
        File.WriteAllBytes(saved, TorchSaved.Vectors(("fc.weight\x1b[31m", [1, 2, 3]), ("fc.bias", [4])));
        string text = (await WsssProcess.RunAsync("weights", "inspect", saved)).Success();
        Assert.Contains("PyTorch", text);
        Assert.Contains("2 float32", text);
        Assert.Contains("fc.bias", text);
        Assert.DoesNotContain('\x1b', text);

        Assert.Contains("2 tensor(s)", (await WsssProcess.RunAsync("weights", "convert", saved, converted)).Success());
        using (var file = WeightFile.Open(converted))
        using (var bias = file.Read("fc.bias"))
        {
            Assert.IsType<SafeTensorsFile>(file);
            Assert.Equal(4, bias.item<float>());
        }
        using var report = JsonDocument.Parse((await WsssProcess.RunAsync("weights", "inspect", converted, "--json")).Success());
        Assert.Equal("safetensors", report.RootElement.GetProperty("format").GetString());
        Assert.Equal(16, report.RootElement.GetProperty("bytes").GetInt64());
        Assert.Equal(
            ["fc.bias", "fc.weight\x1b[31m"],
            report.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("key").GetString())
        );
    }

    [Fact]
    public async Task A_file_is_compared_with_a_network()
    {
        string whole = _folder.File("whole.safetensors"),
            part = _folder.File("part.safetensors");
        using (var scope = torch.NewDisposeScope())
        using (var backbone = Backbones.Create("menagerie_net", 8))
        {
            NetworkWeights.Save(backbone, whole);
            var state = backbone.state_dict();
            state.Remove("conv1.weight");
            state["bn1.bias"] = torch.zeros(7);
            state["stray"] = torch.zeros(1);
            SafeTensorsFile.Write(part, state);
        }
        Assert.Contains(
            "menagerie_net: fits",
            (await WsssProcess.RunAsync("weights", "inspect", whole, "--network", "menagerie_net")).Success()
        );

        var outcome = await WsssProcess.RunAsync("weights", "inspect", part, "--network", "menagerie_net");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("menagerie_net: does not fit", outcome.Output);
        Assert.Contains("1 missing in the file:\n- conv1.weight (expected [24, 3, 3, 3])", outcome.Output);
        Assert.Contains("1 misshapen:\n- bn1.bias (expected [24], found [7])", outcome.Output);
        Assert.Contains("1 not known to the network:\n- stray", outcome.Output);
    }

    [Fact]
    public async Task What_was_left_out_of_names_is_told_in_one_line()
    {
        string checkpoint = _folder.File("checkpoint.safetensors");
        using (var scope = torch.NewDisposeScope())
        using (var backbone = Backbones.Create("menagerie_net", 8))
            SafeTensorsFile.Write(checkpoint, backbone.state_dict().ToDictionary(item => $"module.encoder.{item.Key}", item => item.Value));
        string text = (await WsssProcess.RunAsync("weights", "inspect", checkpoint, "--network", "menagerie_net")).Success();
        Assert.Contains("menagerie_net: fits.", text);
        Assert.Contains("The file's form: without the prefix 'module.encoder.'.\n", text);
    }

    [Fact]
    public async Task A_network_that_there_is_not_is_answered_with_the_nearest()
    {
        var outcome = await WsssProcess.RunAsync("weights", "inspect", _folder.File("none.pth"), "--network", "resnet51");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Did you mean resnet50?", outcome.Output + outcome.Errors);
    }

    [Fact]
    public async Task A_hostile_file_is_refused_and_nothing_is_written()
    {
        string hostile = _folder.File("hostile.pth"),
            converted = _folder.File("converted.safetensors"),
            touched = _folder.File("touched");
        File.WriteAllBytes(
            hostile,
            TorchSaved.File(
                new PickleWriter()
                    .Global("os", "system")
                    .Op(PickleWriter.Mark)
                    .Text($"touch {touched}")
                    .Op(PickleWriter.ToTuple, PickleWriter.Call)
                    .Stop()
            )
        );
        var outcome = await WsssProcess.RunAsync("weights", "convert", hostile, converted);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("'os.system'", outcome.Errors);
        Assert.Equal([hostile], Directory.GetFiles(_folder.Path));
    }
}
