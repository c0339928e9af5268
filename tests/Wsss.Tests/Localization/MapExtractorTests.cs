using Wsss.Localization;
using Wsss.Registry;

namespace Wsss.Tests.Localization;

public sealed class MapExtractorTests
{
    [Fact]
    public void Every_name_gives_an_extractor_that_comes_back_from_JSON()
    {
        Assert.Equal(
            ["cam", "gradcam", "gradcam++", "layercam", "hirescam", "eigencam", "attention", "rollout"],
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

    [Fact]
    public void An_unknown_name_and_a_layer_that_a_method_has_not_are_refused()
    {
        Assert.Contains("gradcam++", Assert.Throws<WsssException>(() => Toys.Extractor("smoothgrad")).Message);
        Assert.Contains("layer", Assert.Throws<WsssException>(() => Toys.Extractor("cam", "layer4.1")).Message);
    }
}
