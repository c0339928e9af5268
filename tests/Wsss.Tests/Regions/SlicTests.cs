using Wsss.Data;
using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class SlicTests
{
    [Fact]
    public void A_flat_image_becomes_a_regular_grid()
    {
        int[] labels = new Slic().Labels(new RgbImage(15, 10, new byte[3 * 150]), count: 6);
        // Spacing 5: three columns and two rows of 5×5 pixels.
        int[] expected = [.. Enumerable.Range(0, 150).Select(i => i / 15 / 5 * 3 + i % 15 / 5)];
        Assert.Equal(expected, labels);
    }

    [Fact]
    public void Borders_follow_an_edge_that_no_grid_has()
    {
        RgbImage image = Halves(20, 20, edge: 7);
        foreach (Region region in new Slic { Counts = [4, 9] }.Of("a", image))
            Assert.Single(region.Pixels.Select(i => i % 20 < 7).Distinct());
    }

    [Fact]
    public void Each_size_covers_the_image_once_with_connected_regions_about_as_many_as_asked_for()
    {
        RgbImage image = Halves(60, 41, edge: 23);
        foreach (int count in new[] { 1, 10, 40 })
        {
            IReadOnlyList<Region> regions = new Slic { Counts = [count], Level = 3 }.Of("a", image);
            Assert.Equal(Enumerable.Range(0, 60 * 41), regions.SelectMany(region => region.Pixels).Order());
            Assert.All(regions, region => Assert.True(Connectivity.IsConnected(region, 60)));
            Assert.All(regions, region => Assert.Equal(3, region.Level));
            Assert.InRange(regions.Count, Math.Max(1, count / 2), 2 * count);
        }
    }

    [Fact]
    public void Small_parts_join_what_lies_beside_them()
    {
        // One red pixel in a flat image is nobody's cluster.
        byte[] pixels = new byte[3 * 144];
        pixels[3 * 40] = 255;
        Assert.Equal(4, new Slic { Counts = [4] }.Of("a", new RgbImage(12, 12, pixels)).Count);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void A_part_of_a_quarter_of_the_mean_size_stays(int red, bool stays)
    {
        // Of 15 × 10 pixels six superpixels have 25 each, of which 6 are a quarter; two rows of three in the middle of one are red.
        int[] block = [.. new[] { 21, 22, 23, 36, 37, 38 }.Take(red)];
        byte[] pixels = new byte[3 * 150];
        foreach (int i in block) pixels[3 * i] = 255;
        IReadOnlyList<Region> regions = new Slic { Counts = [6] }.Of("a", new RgbImage(15, 10, pixels));
        Assert.Equal(stays, regions.Any(region => region.Pixels.SequenceEqual(block)));
    }

    [Fact]
    public void The_same_image_has_the_same_regions_and_more_compact_ones_care_less_for_colours()
    {
        RgbImage image = Toys.Noise(40, 30);
        Assert.Equal(new Slic().Labels(image, 12), new Slic().Labels(image, 12));
        int[] flat = new Slic().Labels(new RgbImage(40, 30, new byte[3600]), 12);
        int Wrong(double compactness) =>
            new Slic { Compactness = compactness }.Labels(image, 12).Zip(flat).Count(pair => pair.First != pair.Second);
        Assert.True(Wrong(10_000) < Wrong(10), $"{Wrong(10_000)} and {Wrong(10)} pixels");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 30)]
    [InlineData(50, 2)]
    public void Images_of_any_shape_are_covered(int width, int height) => Assert.Equal(
        Enumerable.Range(0, width * height),
        new Slic { Counts = [20] }.Of("a", Toys.Noise(width, height)).SelectMany(region => region.Pixels).Order());

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        Slic[] broken = [new() { Counts = [] }, new() { Counts = [0] }, new() { Compactness = 0 }, new() { Compactness = double.NaN }];
        Assert.All(broken, slic => Assert.Throws<RecipeException>(slic.Validate));
        Assert.Contains("[5, 0]", Assert.Throws<RecipeException>(new Slic { Counts = [5, 0] }.Validate).Message);
    }

    private static RgbImage Halves(int width, int height, int edge) => new(width, height,
        [.. Enumerable.Range(0, width * height).SelectMany(i => i % width < edge ? new byte[] { 200, 30, 30 } : [30, 30, 200])]);
}
