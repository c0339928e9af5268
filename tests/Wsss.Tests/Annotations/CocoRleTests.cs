using Wsss.Data;

namespace Wsss.Tests.Annotations;

public sealed class CocoRleTests
{
    [Fact]
    public void Runs_go_down_the_columns_and_begin_outside()
    {
        LabelMap mask = Masks.Of(
            ".1.",
            "11.");
        Assert.Equal([1, 3, 2], CocoRle.Encode(mask, 1));
        Assert.Equal([0, 1, 3, 2], CocoRle.Encode(mask, 0));
        Assert.Equal([6], CocoRle.Encode(mask, 7));
        Assert.Equal([0, 2], CocoRle.Encode(Masks.Of("22"), 2));
    }

    // By hand: 245 = 7·32 + 21 is the groups 21 + more ('e') and 7 ('7'); 16 needs a second group, as bit 4 alone would be a sign;
    // from the fourth run on differences: 5 - 5 = 0, 35 - 35 = 0, and -1 is one group of five ones ('O').
    [Theory]
    [InlineData("5", 5)]
    [InlineData("013", 0, 1, 3)]
    [InlineData("?", 15)]
    [InlineData("`0", 16)]
    [InlineData("o0", 31)]
    [InlineData("P1", 32)]
    [InlineData("e75S10", 245, 5, 35, 5)]
    [InlineData("132O1", 1, 3, 2, 2, 3)]
    [InlineData("1d02\\O1", 1, 20, 2, 0, 3)]
    public void Compressed_runs_are_those_of_pycocotools(string text, params int[] counts)
    {
        Assert.Equal(text, CocoRle.Compress(counts));
        Assert.Equal(counts, CocoRle.Decompress(text));
    }

    [Fact]
    public void Every_mask_comes_back_in_both_forms()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            LabelMap mask = Masks.Random(1 + seed % 7, 1 + seed % 11, 2, seed);
            int[] counts = CocoRle.Encode(mask, 1);
            Assert.Equal(Masks.Only(mask, 1), CocoRle.Decode(counts, mask.Width, mask.Height).Values);
            Assert.Equal(Masks.Only(mask, 1), CocoRle.Decode(CocoRle.Compress(counts), mask.Width, mask.Height).Values);
        }
    }

    [Fact]
    public void Large_runs_come_back() =>
        Assert.Equal(
            [0, int.MaxValue, 1, 0, 2, int.MaxValue],
            CocoRle.Decompress(CocoRle.Compress([0, int.MaxValue, 1, 0, 2, int.MaxValue]))
        );

    [Fact]
    public void Runs_that_do_not_fill_the_mask_are_refused()
    {
        Assert.Contains("3·2 = 6 pixels together, found 5", Assert.Throws<AnnotationException>(() => CocoRle.Decode([1, 4], 3, 2)).Message);
        Assert.Contains("found -1", Assert.Throws<AnnotationException>(() => CocoRle.Decode([7, -1], 3, 2)).Message);
        Assert.Contains("100000×100000", Assert.Throws<AnnotationException>(() => CocoRle.Decode([1], 100_000, 100_000)).Message);
        Assert.Contains("0×4", Assert.Throws<AnnotationException>(() => CocoRle.Decode([0], 0, 4)).Message);
    }

    [Theory]
    [InlineData("0 1", "found ' ' at position 1")]
    [InlineData("0p", "found 'p' at position 1")]
    [InlineData("0o", "without end at position 2")]
    [InlineData("oooooooooooo0", "without end at position 7")]
    [InlineData("O", "found -1 as run 0")]
    public void A_string_that_is_none_of_runs_is_refused(string text, string found) =>
        Assert.Contains(found, Assert.Throws<AnnotationException>(() => CocoRle.Decompress(text)).Message);
}
