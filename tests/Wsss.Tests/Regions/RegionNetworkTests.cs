using Wsss.Data;
using Wsss.Refinement;
using Wsss.Regions;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Regions;

public sealed class RegionNetworkTests : IDisposable
{
    // Three masks, one for each colour: where it is brighter than ImageNet's mean, some 120 of 255.
    private const string Brighter = "torch.gt(torch.select(x, 0, 0), 0)";

    // Three pixels: red, yellow, black.
    private static readonly RgbImage Image = new(3, 1, [255, 0, 0, 255, 255, 0, 0, 0, 0]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Brighter)]                                                                        // [3, S, S], boolean
    [InlineData("torch.unsqueeze(torch.to(torch.gt(torch.select(x, 0, 0), 0), 6), 0)")]           // [1, 3, S, S], floating point
    public void Masks_are_regions_and_may_overlap_and_an_empty_one_is_none(string result)
    {
        var regions = Network(result, side: 3).Of("a", Image);
        Assert.Equal([[0, 1], [1]], regions.Select(region => region.Pixels));
        Assert.All(regions, region => Assert.Equal(7, region.Level));
    }

    [Fact]
    public void Masks_are_brought_to_the_size_of_the_image()
    {
        // Left half red: at 8 pixels a side the network sees what the image's 20 × 10 show.
        byte[] pixels = [.. Enumerable.Range(0, 200).SelectMany(i => (byte[])[i % 20 < 10 ? (byte)255 : (byte)0, 0, 0])];
        Region half = Assert.Single(Network(Brighter, side: 8).Of("a", new RgbImage(20, 10, pixels)));
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 20 < 10), half.Pixels);
    }

    [Fact]
    public void Regions_of_a_network_vote_and_leave_no_tensors()
    {
        long before = Toys.LiveTensors;
        var vote = new RegionVote { Regions = [Network(Brighter, side: 3)] };
        using (MapRefiner refiner = vote.Open(CPU))
        {
            var painted = refiner.Refine(Image, new LocalizationMaps("a", 3, 1, [0], [0.2f, 1, 0.4f]));
            // Red and yellow: mean .6, the least, so 0; yellow alone: 1, on top. Black has no region and keeps its map.
            Assert.Equal([0, 1, 0.4f], painted.Values);
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void No_mask_at_all_is_no_region() =>
        Assert.Empty(Network("torch.slice(torch.select(x, 0, 0), 0, 0, 0)", side: 3).Of("a", Image));

    [Theory]
    [InlineData("torch.mul(torch.abs(torch.select(x, 0, 0)), 9)", "Tensor", "sigmoid")]
    [InlineData("torch.sum(x)", "Tensor", "[1, N, h, w], found: []")]
    [InlineData("torch.reshape(x, [7, 7])", "Tensor", "takes [1, 3, 3, 3]")]
    [InlineData("(x, x)", "Tuple[Tensor, Tensor]", "gives one tensor")]
    public void What_gives_no_masks_is_refused_with_what_was_expected(string result, string type, string told)
    {
        RegionSource network = Network(result, side: 3, type);
        Assert.Contains(told, Assert.Throws<WeightFileException>(() => network.Of("a", Image)).Message);
    }

    [Fact]
    public void A_missing_file_another_file_and_a_side_below_1_are_refused()
    {
        var missing = new RegionNetwork { Path = _folder.File("none.pt") };
        missing.Validate();
        Assert.Contains("none.pt", Assert.Throws<InputFileException>(missing.Key).Message);
        Assert.Contains("none.pt", Assert.Throws<InputFileException>(() => missing.Of("a", Image)).Message);
        File.WriteAllText(_folder.File("text.pt"), "no network");
        Assert.Contains("TorchScript",
            Assert.Throws<WeightFileException>(() => new RegionNetwork { Path = _folder.File("text.pt") }.Of("a", Image)).Message);
        Assert.Contains("found 0", Assert.Throws<RecipeException>(new RegionNetwork { Side = 0 }.Validate).Message);
    }

    [Fact]
    public void The_key_is_of_the_files_bytes_and_the_options()
    {
        RegionNetwork network = Network(Brighter, side: 3);
        string key = network.Key();
        Assert.NotEqual(key, (network with { Side = 4 }).Key());
        Assert.NotEqual(key, (network with { Level = 1 }).Key());
        Network("torch.gt(torch.select(x, 0, 0), 1)", side: 3);
        Assert.NotEqual(key, network.Key());
    }

    private RegionNetwork Network(string result, int side, string type = "Tensor")
    {
        string path = _folder.File("network.pt");
        TorchScriptFile.Write(path, result, type);
        return new RegionNetwork { Path = path, Side = side, Level = 7 };
    }
}
