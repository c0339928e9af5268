using Wsss.Data;
using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class FelzenszwalbTests
{
    private static readonly Felzenszwalb Plain = new() { Sigma = 0, Smallest = 1 };

    // One row of grey: edges of √3 times the steps 1, 1, 10, 2.
    private static readonly RgbImage Row = Grey(5, 1, 0, 1, 2, 12, 14);

    [Theory]
    // Below the lightest edge, √3, nothing joins.
    [InlineData(1.7, new[] { 0, 1, 2, 3, 4 })]
    // 0 and 1 join (√3 ≤ 1.8); their limit is √3 + 1.8/2 = 2.63, and that of 2 is 1.8: 2 joins too. 3 and 4 need 2√3 = 3.46.
    [InlineData(1.8, new[] { 0, 0, 0, 1, 2 })]
    [InlineData(3.5, new[] { 0, 0, 0, 1, 1 })]
    // Limits √3 + k/3 and 2√3 + k/2 against 10√3 = 17.32: k = 46 falls short on the left (17.07), k = 47 does not.
    [InlineData(46, new[] { 0, 0, 0, 1, 1 })]
    [InlineData(47, new[] { 0, 0, 0, 0, 0 })]
    public void A_row_of_five_pixels_by_hand(double scale, int[] expected) => Assert.Equal(expected, Numbered(Plain.Labels(Row, scale)));

    [Fact]
    public void Parts_below_the_smallest_size_join_across_their_lightest_edge() =>
        Assert.Equal([0, 0, 0, 1, 1], Numbered((Plain with { Smallest = 2 }).Labels(Row, 0.1)));

    [Fact]
    public void Corners_are_neighbours()
    {
        RgbImage image = Grey(2, 2, 0, 200, 200, 0);
        Assert.Equal([0, 1, 1, 0], Numbered(Plain.Labels(image, 1)));
    }

    [Fact]
    public void It_finds_the_parts_of_a_scene_whatever_their_shape()
    {
        // A ring, what it encloses, and the rest.
        byte[] values = [.. Enumerable.Range(0, 24 * 20).Select(i =>
        {
            double r = Math.Sqrt(Math.Pow(i % 24 - 11, 2) + Math.Pow(i / 24 - 9, 2));
            return (byte)(r < 4 ? 60 : r < 8 ? 200 : 90);
        })];
        int[] labels = (Plain with { Smallest = 5 }).Labels(Grey(24, 20, values), 50);
        Assert.Equal(3, labels.Distinct().Count());
        Assert.Equal(3, values.Zip(labels).Distinct().Count());
    }

    [Fact]
    public void Each_size_covers_the_image_once_and_higher_scales_are_coarser()
    {
        RgbImage image = Toys.Noise(30, 21);
        IReadOnlyList<Region> At(params double[] scales) => new Felzenszwalb { Scales = scales, Level = 2 }.Of("a", image);
        Assert.Equal(Enumerable.Range(0, 630), At(100).SelectMany(region => region.Pixels).Order());
        Assert.Equal(At(100).Count + At(2000).Count, At(100, 2000).Count);
        Assert.True(At(2000).Count < At(100).Count, $"{At(2000).Count} and {At(100).Count}");
        Assert.All(At(100), region => Assert.True(region.Pixels.Count >= 20 && region.Level == 2));
        Assert.All(At(100), region => Assert.True(Connectivity.IsConnected(region, 30, corners: true)));
    }

    [Fact]
    public void Smoothing_blurs_noise_and_keeps_a_flat_image()
    {
        RgbImage noise = Toys.Noise(30, 20), flat = Grey(6, 4, [.. Enumerable.Repeat((byte)77, 24)]);
        int Parts(double sigma, RgbImage image) => (Plain with { Sigma = sigma }).Labels(image, 50).Distinct().Count();
        Assert.True(Parts(2, noise) < Parts(0, noise));
        Assert.Equal(1, Parts(2, flat));
    }

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        Felzenszwalb[] broken =
        [
            new() { Scales = [] }, new() { Scales = [1, 0] }, new() { Sigma = -1 }, new() { Sigma = double.NaN }, new() { Smallest = 0 },
        ];
        Assert.All(broken, options => Assert.Throws<RecipeException>(options.Validate));
        Assert.Contains("found 0", Assert.Throws<RecipeException>(broken[^1].Validate).Message);
    }

    // Numbers from 0 in the order in which they are met.
    private static int[] Numbered(int[] labels)
    {
        int[] met = [.. labels.Distinct()];
        return [.. labels.Select(label => Array.IndexOf(met, label))];
    }

    private static RgbImage Grey(int width, int height, params byte[] values) =>
        new(width, height, [.. values.SelectMany(value => new[] { value, value, value })]);
}
