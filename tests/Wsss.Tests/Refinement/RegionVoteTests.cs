using Wsss.Data;
using Wsss.Refinement;
using Wsss.Regions;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class RegionVoteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Single_pixels_as_regions_give_the_argmax_of_the_maps_and_the_background()
    {
        var random = SeededRandom.For(3);
        float[] values = [.. Enumerable.Range(0, 2 * 30).Select(_ => (float)random.NextDouble(0, 1))];
        // Each map reaches 0 and 1, so that the range over the regions changes nothing.
        (values[0], values[1], values[30 + 7], values[30 + 9]) = (0, 1, 0, 1);
        var maps = new LocalizationMaps("a", 6, 5, [2, 5], values);
        LocalizationMaps painted = new RegionVote().Vote(maps, [.. Enumerable.Range(0, 30).Select(i => new Region([i]))]);
        for (int i = 0; i < 30; i++)
        {
            float first = values[i], second = values[30 + i], most = Math.Max(first, second);
            bool background = most <= Math.Pow(1 - most, 0.6);
            Assert.Equal(background || second >= first ? 0 : first, painted.Values[i], 1e-6f);
            Assert.Equal(background || first > second ? 0 : second, painted.Values[30 + i], 1e-6f);
        }
    }

    [Fact]
    public void Regions_that_are_the_truth_give_each_object_its_class()
    {
        var source = Toys.Blobs(3);
        Sample sample = source.Load(2);                                                          // red and blue
        LabelMap truth = source.Mask(2);
        var random = SeededRandom.For(1);
        // Weak and noisy evidence: half as high again on the class as elsewhere.
        float[] values =
        [
            .. sample.Labels.SelectMany(c => truth.Values.Select(label => (float)random.NextDouble(0, 1) * (label == c + 1 ? 1 : 0.67f))),
        ];
        var maps = new LocalizationMaps(sample.Id, Toys.Size, Toys.Size, sample.Labels, values);
        ImageFile.WriteGray(_folder.File(sample.Id + ".png"), truth);
        using MapRefiner refiner = new RegionVote { Regions = [new RegionFolder { Path = _folder.Path }] }.Open(CPU);
        LocalizationMaps painted = refiner.Refine(sample.Image, maps);
        Assert.Equal(truth.Values, ThresholdRule.Apply(painted, 0.5f).Values);
    }

    [Fact]
    public void Nested_regions_by_hand()
    {
        // One row of five pixels: all of it, its first four, the two in the middle of those, and the last.
        var maps = new LocalizationMaps("a", 5, 1, [0, 1], [0.2f, 0.2f, 0.8f, 0.2f, 0, 0, 0.9f, 0.9f, 0.6f, 0.1f]);
        Region all = new([0, 1, 2, 3, 4]), four = new([0, 1, 2, 3]), two = new([1, 2]), last = new([4]);
        // Class 0: means .28, .35, .5, 0 → .56, .7, 1, 0. Class 1: means .5, .6, .9, .1 → .5, .625, 1, 0.
        // all: .56 against .44^.6 = .611: background. four: class 0 at .7 against .3^.6 = .486. two: a tie, the first class at 1.
        // last: background at 1.
        LocalizationMaps painted = new RegionVote().Vote(maps, [two, all, last, four]);
        Assert.Equal([0.7f, 1, 1, 0.7f, 0, 0, 0, 0, 0, 0], painted.Values.Select(value => MathF.Round(value, 5)));
        // On a higher level, all of it lies on top, whatever its confidence.
        Assert.All(new RegionVote().Vote(maps, [two, all with { Level = 1 }, last, four]).Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Pixels_without_a_region_keep_their_maps_or_become_background()
    {
        var maps = new LocalizationMaps("a", 3, 1, [4], [0.25f, 1, 0.5f]);
        Region[] regions = [new([1])];
        Assert.Equal([0.25f, 1, 0.5f], new RegionVote().Vote(maps, regions).Values);
        Assert.Equal([0, 1, 0], new RegionVote { KeepOutside = false }.Vote(maps, regions).Values);
        Assert.Equal(maps.Values, new RegionVote().Vote(maps, []).Values);
    }

    [Fact]
    public void Negative_values_count_as_0_and_no_evidence_is_background()
    {
        var maps = new LocalizationMaps("a", 4, 1, [0, 3], [-1, 1, 0.5f, 0.5f, 0, 0, 0, 0]);
        // Class 0: means ½ and ½, the same everywhere, which counts as 1.
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 0], new RegionVote().Vote(maps, [new([0, 1]), new([2, 3])]).Values);
        var empty = new LocalizationMaps("a", 2, 1, [0], [0, 0]);
        Assert.Equal([0, 0], new RegionVote().Vote(empty, [new([0, 1])]).Values);
    }

    [Fact]
    public void A_higher_background_power_leaves_less_background()
    {
        var maps = new LocalizationMaps("a", 3, 1, [0], [0, 0.5f, 1]);
        Region[] regions = [new([0]), new([1]), new([2])];
        Assert.Equal([0, 0, 1], new RegionVote().Vote(maps, regions).Values);
        Assert.Equal([0, 0.5f, 1], new RegionVote { BackgroundPower = 3 }.Vote(maps, regions).Values);
        // A class must have more than the background.
        Assert.Equal([0, 0, 1], new RegionVote { BackgroundPower = 1 }.Vote(maps, regions).Values);
    }

    [Fact]
    public void Superpixels_make_maps_constant_within_what_looks_alike()
    {
        // Two halves of colours of their own; the map is strong in a corner of one.
        byte[] pixels = [.. Enumerable.Range(0, 256).SelectMany(i => i % 16 < 8 ? new byte[] { 220, 40, 40 } : [40, 40, 220])];
        var image = new RgbImage(16, 16, pixels);
        var maps = new LocalizationMaps("a", 16, 16, [0], [.. Enumerable.Range(0, 256).Select(i => i % 16 < 4 && i / 16 < 4 ? 1 : 0.1f)]);
        var vote = new RegionVote { Regions = [new Felzenszwalb { Scales = [10], Sigma = 0 }] };
        using MapRefiner refiner = vote.Open(CPU);
        Assert.Equal(Enumerable.Range(0, 256).Select(i => i % 16 < 8 ? 1f : 0), refiner.Refine(image, maps).Values);
    }

    [Fact]
    public void Its_key_follows_options_and_content()
    {
        ImageFile.WriteGray(_folder.File("a.png"), new LabelMap(2, 1, [0, 1]));
        var vote = new RegionVote { Regions = [new Slic(), new RegionFolder { Path = _folder.Path }] };
        string key = vote.Key();
        Assert.Equal(key, vote.Key());
        Assert.NotEqual(key, (vote with { BackgroundPower = 1 }).Key());
        Assert.NotEqual(key, (vote with { KeepOutside = false }).Key());
        Assert.NotEqual(key, (vote with { Regions = [new Slic { Counts = [3] }, vote.Regions[1]] }).Key());
        ImageFile.WriteGray(_folder.File("a.png"), new LabelMap(2, 1, [1, 1]));
        Assert.NotEqual(key, vote.Key());
    }

    [Fact]
    public void It_refines_the_maps_of_a_split()
    {
        var source = Toys.Blobs(3);
        using MapRefiner refiner = new RegionVote().Open(new RefinementContext(null, source, Toys.Run(_folder)));
        foreach (Sample sample in source.LoadAll())
        {
            float[] values = [.. sample.Labels.SelectMany(_ => Enumerable.Range(0, Toys.Size * Toys.Size).Select(i => i % 7 / 6f))];
            var maps = new LocalizationMaps(sample.Id, Toys.Size, Toys.Size, sample.Labels, values);
            LocalizationMaps painted = refiner.Refine(sample.Image, maps);
            Assert.Equal(sample.Labels, painted.Classes);
            Assert.All(painted.Values, value => Assert.InRange(value, 0, 1));
            Assert.NotEqual(maps.Values, painted.Values);
        }
    }

    [Theory]
    [InlineData("region-vote:regions=[felzenszwalb]")]
    [InlineData("RegionVote:regions=[{felzenszwalb: {}}]")]
    [InlineData("{region-vote: {regions: [felzenszwalb]}}")]
    public void Its_regions_are_chosen_by_name(string text)
    {
        var vote = (RegionVote)Family.Parse<MapRefinement>(text, "test");
        Assert.IsType<Felzenszwalb>(Assert.Single(vote.Regions));
        Assert.Equal(0.6, vote.BackgroundPower);
        Assert.Equal(2, ((RegionVote)Family.Parse<MapRefinement>(text, "test", DataKind.DrawnScenes)).BackgroundPower);
    }

    [Fact]
    public void What_cannot_be_is_an_error()
    {
        RegionVote[] broken =
        [
            new() { Regions = [] }, new() { BackgroundPower = 0 }, new() { BackgroundPower = double.PositiveInfinity },
            new() { Regions = [new Slic { Counts = [0] }] },
        ];
        Assert.All(broken, vote => Assert.Throws<RecipeException>(() => vote.Open(CPU)));
        var nowhere = new RegionVote { Regions = [new RegionFolder { Path = "nowhere" }] };
        Assert.Contains("'nowhere'", Assert.Throws<DataSetException>(() => nowhere.Key()).Message);
        var maps = new LocalizationMaps("a", 2, 1, [0], [0, 0]);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new RegionVote().Vote(maps, [new([2])])).Message);
        Assert.Throws<ArgumentException>(() => new RegionVote().Vote(maps, [new([])]));
    }
}
