using Wsss.Export;
using Wsss.Models;
using Wsss.Segmentation;
using static TorchSharp.torch;

namespace Wsss.Tests.Export;

public sealed class SegmenterModelTests
{
    // The small head: 16 pixels' reach at stride 8, 96 for the others.
    [Theory]
    [InlineData("menagerie_net", 8)]
    [InlineData("menagerie_vit", 8)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("mobilenet_v2", 32)]
    [InlineData("resnet50", 8)]
    [InlineData("deit_tiny", 16)]
    [InlineData("menagerie_net", 8, 12)]
    [InlineData("mobilenet_v2", 16, 24)]
    public void Scores_at_each_pixel_are_those_of_inference_here(string name, int stride, int decoder = 0)
    {
        random.manual_seed(9);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var options = new DeepLabOptions(Width: 32, Reach: stride == 8 ? 16 : 96, Decoder: decoder);
        using var network = ExportedNetworks.Settled(new DeepLab(Backbones.Create(name, stride), 2, options));
        var model = OnnxModel.Of(network, 2, new Dictionary<string, string>());
        foreach (var (count, height, width) in ExportedNetworks.Sizes)
        {
            var (plain, normalized) = ExportedNetworks.Images(count, height, width);
            ExportedNetworks.AssertEqual(network.call(normalized), ExportedNetworks.Run(model, plain)["scores"]);
        }
    }

    [Fact]
    public void A_light_in_one_cell_is_spread_as_a_hat_around_the_pixel_of_the_cell()
    {
        // Stride 4, cell (1, 2): values fall from 1 at pixel (4, 8) to 0 at four pixels' distance.
        using var scope = NewDisposeScope();
        var graph = new Wsss.Graphs.OnnxGraph(nn.Identity());
        var images = graph.Input("images", "1", "3", "10", "14");
        var grid = zeros(1, 1, 3, 4);
        Toys.Set(grid, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
        graph.Output("scores", Wsss.Graphs.GraphOperations.AtPixels(graph, graph.Constant(grid), 4, images), "1", "1", "10", "14");
        var scores = ExportedNetworks.Run(graph.ToModel(new Dictionary<string, string>()), zeros(1, 3, 10, 14))["scores"];
        Assert.Equal([1, 1, 10, 14], scores.shape);
        Assert.Equal([0f, 0, 0, 0, 0, 0.25f, 0.5f, 0.75f, 1, 0.75f, 0.5f, 0.25f, 0, 0], Toys.Values(scores[0, 0, 4]));
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1, 0.75f, 0.5f, 0.25f, 0, 0], Toys.Values(scores[0, 0, .., 8]));
    }
}
