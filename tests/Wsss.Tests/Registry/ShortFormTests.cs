using System.Text.Json;
using Wsss.Registry;

namespace Wsss.Tests.Registry;

public sealed class ShortFormTests
{
    [Fact]
    public void Commas_inside_brackets_belong_to_a_value()
    {
        var (name, presets, options) = ShortForm.Read("MultiDilation:published,rates=[1,2,3],crf={iterations: 5, gaussian: null}");
        Assert.Equal("MultiDilation", name);
        Assert.Equal(["published"], presets);
        Assert.Equal("""{"rates":[1,2,3],"crf":{"iterations":5,"gaussian":null}}""", options.ToJsonString());
    }

    [Theory]
    [InlineData("cam")]
    [InlineData(" cam ")]
    public void A_name_alone_has_no_options(string text)
    {
        var (name, presets, options) = ShortForm.Read(text);
        Assert.Equal(("cam", 0, 0), (name, presets.Count, options.Count));
    }

    [Fact]
    public void An_option_that_is_there_twice_is_an_error() => Assert.Contains(
        "'ramp' twice", Assert.Throws<JsonException>(() => ShortForm.Read("BoundaryLoss:ramp=0.1, ramp=0.7")).Message);

    [Fact]
    public void A_value_that_is_no_YAML_is_an_error() => Assert.Throws<JsonException>(() => ShortForm.Read("walk:scale=[1,{"));
}
