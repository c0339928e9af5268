using Wsss.Data;
using Wsss.Refinement;

namespace Wsss.Tests.Refinement;

public sealed class PostHocFusionTests
{
    // Two classes on 2×2 pixels, and saliency 0, .2, .6, 1.
    private static readonly LocalizationMaps Maps = new("a", 2, 2, [1, 4], [0.5f, 1, 0, 0.2f, 0.5f, 0, 0.8f, 0]);
    private static readonly LabelMap Saliency = new(2, 2, [0, 51, 153, 255]);

    [Fact]
    public void Known_values()
    {
        Check([0, 0.2f, 0, 0.2f, 0, 0, 0.48f, 0], PostHocFusion.Product(Maps, Saliency));
        Check([0.25f, 0.6f, 0.3f, 0.6f, 0.25f, 0.1f, 0.7f, 0.5f], PostHocFusion.Average(Maps, Saliency));
        Check([0.5f / 1.5f, 1 / 1.8f, 0, 1, 0.5f / 1.5f, 0, 0.8f / 1.2f, 0], PostHocFusion.AgainstBackground(Maps, Saliency));
        // The first pixel has no strongest class.
        Check([0.5f, 1, 0, 1, 0.5f, 0, 0.8f, 0], PostHocFusion.Max(Maps, new LabelMap(2, 2, [255, 51, 153, 255])));

        static void Check(float[] expected, LocalizationMaps found)
        {
            Assert.All(expected.Zip(found.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.Equal(("a", 2, 2), (found.Id, found.Width, found.Height));
            Assert.Equal([1, 4], found.Classes);
        }
    }

    [Fact]
    public void Full_and_empty_saliency()
    {
        var full = new LabelMap(2, 2, [255, 255, 255, 255]);
        var empty = new LabelMap(2, 2, new byte[4]);
        Assert.Equal(Maps.Values, PostHocFusion.Product(Maps, full).Values);
        Assert.All(PostHocFusion.Product(Maps, empty).Values, value => Assert.Equal(0, value));
        Assert.Equal(Maps.Values, PostHocFusion.Max(Maps, empty).Values);
        Assert.Equal(Maps.Values.Select(m => m > 0 ? 1f : 0), PostHocFusion.AgainstBackground(Maps, full).Values);
    }

    [Fact]
    public void At_one_half_the_background_of_1_minus_S_wins_where_it_is_larger()
    {
        float[] m = [.. Enumerable.Range(0, 200).Select(i => i % 10 / 9f)];
        var maps = new LocalizationMaps("a", 20, 10, [0], m);
        var saliency = new LabelMap(20, 10, [.. Enumerable.Range(0, 200).Select(i => (byte)(i / 10 * 13))]);
        byte[] found = ThresholdRule.Apply(PostHocFusion.AgainstBackground(maps, saliency), 0.5f).Values;
        for (int i = 0; i < 200; i++)
        {
            float background = 1 - saliency.Values[i] / 255f;
            if (Math.Abs(m[i] - background) > 1e-5f) Assert.Equal(m[i] > background ? 1 : 0, found[i]);
        }
        Assert.Contains((byte)1, found);
        Assert.Contains((byte)0, found);
    }

    [Fact]
    public void One_class_alone_is_the_strongest_even_without_evidence()
    {
        var one = new LocalizationMaps("a", 2, 1, [3], [0, 0.5f]);
        Assert.Equal([1, 0.5f], PostHocFusion.Max(one, new LabelMap(2, 1, [255, 51])).Values);
    }

    [Fact]
    public void Another_size_is_refused()
    {
        var other = new LabelMap(4, 1, new byte[4]);
        Assert.All(new[] { PostHocFusion.Product, PostHocFusion.Average, PostHocFusion.AgainstBackground, PostHocFusion.Max },
            fuse => Assert.Contains("4×1", Assert.Throws<ArgumentException>(() => fuse(Maps, other)).Message));
    }
}
