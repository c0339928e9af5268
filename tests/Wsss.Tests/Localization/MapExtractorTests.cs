using Wsss.Localization;
using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class MapExtractorTests
{
    [Fact]
    public void Every_name_gives_an_extractor_that_comes_back_from_JSON()
    {
        Assert.Equal(
            ["cam", "gradcam", "gradcam++", "layercam", "hirescam", "eigencam", "attention", "rollout", "legrad"],
            Family.Of<MapExtractor>().Members.Where(member => member.Summary.Length > 0).Select(member => member.Name));
        foreach (string name in Family.Of<MapExtractor>().Names)
        {
            MapExtractor extractor = Toys.Extractor(name);
            string json = WsssJson.Write(extractor);
            Assert.Contains($"\"{name}\"", json);
            Assert.Equal(extractor, WsssJson.Read<MapExtractor>(json, "test"));
        }
    }

    [Fact]
    public void A_layer_is_kept_in_JSON_too()
    {
        MapExtractor extractor = Toys.Extractor("layercam", "layer2.1");
        Assert.Equal(new LayerCam { Layer = "layer2.1" }, extractor);
        Assert.Equal(extractor, WsssJson.Read<MapExtractor>(WsssJson.Write(extractor), "test"));
    }

    [Theory]
    [InlineData("cam", 2, 0)]
    [InlineData("gradcam", -1, 0)]
    [InlineData("eigencam", 0, 2)]
    public void Classes_that_the_network_has_not_are_refused_with_its_range(string name, int first, int second)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, 0, 0, 1, 0], 0, 0);
        int wrong = first is 0 or 1 ? second : first;
        var error = Assert.Throws<DataSetException>(() => Toys.Extractor(name).Extract(network, zeros(1, 3, 2, 2), [first, second]));
        Assert.Contains($"0…1, found {wrong}", error.Message);
    }

    [Fact]
    public void An_unknown_name_and_a_layer_that_a_method_has_not_are_refused()
    {
        Assert.Contains("gradcam++", Assert.Throws<WsssException>(() => Toys.Extractor("smoothgrad")).Message);
        Assert.Contains("layer", Assert.Throws<WsssException>(() => Toys.Extractor("cam", "layer4.1")).Message);
    }
}
