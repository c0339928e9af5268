using Wsss.Localization;

namespace Wsss.Tests.Localization;

public sealed class MapExtractorsTests
{
    [Fact]
    public void Every_name_gives_an_extractor_that_comes_back_from_JSON()
    {
        Assert.Equal(["cam", "gradcam", "gradcam++", "layercam", "hirescam", "eigencam", "attention", "rollout"], MapExtractors.Names);
        foreach (string name in MapExtractors.Names)
        {
            MapExtractor extractor = MapExtractors.Create(name);
            string json = WsssJson.Write(extractor);
            Assert.Contains($"\"{name}\"", json);
            Assert.Equal(extractor, WsssJson.Read<MapExtractor>(json, "test"));
        }
    }

    [Fact]
    public void A_layer_is_kept_in_JSON_too()
    {
        MapExtractor extractor = MapExtractors.Create("layercam", "layer2.1");
        Assert.Equal(new LayerCam { Layer = "layer2.1" }, extractor);
        Assert.Equal(extractor, WsssJson.Read<MapExtractor>(WsssJson.Write(extractor), "test"));
    }

    [Fact]
    public void An_unknown_name_and_a_layer_that_a_method_has_not_are_refused()
    {
        Assert.Contains("gradcam++", Assert.Throws<RecipeException>(() => MapExtractors.Create("smoothgrad")).Message);
        Assert.Contains("layer4.1", Assert.Throws<RecipeException>(() => MapExtractors.Create("cam", "layer4.1")).Message);
    }
}
