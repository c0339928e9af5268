using Wsss.Crf;
using Wsss.Registry;
using Wsss.Segmentation;

namespace Wsss.Tests.Registry;

public sealed class OptionMergeTests
{
    private static readonly SegmenterRecipe Start = new() { Epochs = 7, Head = new DeepLabOptions(Width: 32, Reach: 48) };

    [Theory]
    [InlineData("epochs=9,patience=2,head={decoder: 12}")]
    [InlineData("{epochs: 9, Patience: 2, head: {decoder: 12}}")]
    public void Options_that_are_given_take_the_place_of_those_that_were_there(string text)
    {
        var recipe = OptionMerge.Over(Start, text, "--segmenter", out var given);
        Assert.Equal(Start with { Epochs = 9, Patience = 2, Head = Start.Head with { Decoder = 12 } }, recipe);
        Assert.True(given.SetEquals(["Epochs", "PATIENCE", "head"]));
    }

    [Fact]
    public void An_empty_object_is_an_option_with_its_own_defaults() =>
        Assert.Equal(new CrfOptions(), OptionMerge.Over(new SegmentationInference(), "crf={}", "--segmenter-inference", out _).Crf);

    [Theory]
    [InlineData("epoch=9", "epochs")]
    [InlineData("head={decodr: 12}", "decoder")]
    [InlineData("fast", "key=value")]
    [InlineData("epochs=many", "SegmenterRecipe")]
    public void What_is_no_option_is_refused_with_what_was_expected(string text, string expected)
    {
        var error = Assert.ThrowsAny<WsssException>(() => OptionMerge.Over(Start, text, "--segmenter", out _));
        Assert.Contains(expected, error.Message);
        Assert.Contains("--segmenter", error.Message);
    }
}
