using System.Text.Json.Nodes;
using Wsss.Weights;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trained_classifier_is_written_in_both_formats()
    {
        var trained = JsonNode.Parse(
            (
                await WsssProcess.RunAsync(
                    "train",
                    "--scale",
                    "smoke",
                    "--epochs",
                    "1",
                    "--threads",
                    "1",
                    "--device",
                    "cpu",
                    "--json",
                    "--store",
                    _folder.File("store")
                )
            ).Success()
        )!;
        string folder = trained["folder"]!.GetValue<string>(),
            model = _folder.File("model.onnx"),
            weights = _folder.File("weights.safetensors");

        var written = JsonNode.Parse((await WsssProcess.RunAsync("export", folder, "--out", model, "--json")).Success())!;
        Assert.Equal("onnx", written["format"]!.GetValue<string>());
        Assert.Equal("classifier", written["network"]!.GetValue<string>());
        Assert.Equal("images [batch, 3, height, width]", written["inputs"]![0]!.GetValue<string>());
        Assert.True(new FileInfo(model).Length > 2_000_000); // 0.7 M numbers of four bytes

        // The ending says which format.
        string text = (await WsssProcess.RunAsync("export", folder, "--out", weights)).Success();
        Assert.Contains($"classifier on menagerie_net, 8 classes: {weights}", text);
        using var file = SafeTensorsFile.Open(weights);
        Assert.Contains("head.conv.weight", file.Tensors.Keys);
        Assert.Equal("menagerie_net", file.Metadata["backbone"]);
    }
}
