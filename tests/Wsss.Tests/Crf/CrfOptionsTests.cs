using Wsss.Crf;

namespace Wsss.Tests.Crf;

public sealed class CrfOptionsTests
{
    public static TheoryData<CrfOptions, string> Broken => new()
    {
        { new() { Iterations = -1 }, "iterations" },
        { new() { Gaussian = null, Bilateral = null }, "neither" },
        { new() { Gaussian = new() { Sigma = 0 } }, "Gaussian kernel's sigma" },
        { new() { Gaussian = new() { Weight = -1 } }, "Gaussian kernel's weight" },
        { new() { Bilateral = new() { SigmaXy = double.NaN } }, "over positions" },
        { new() { Bilateral = new() { SigmaRgb = double.PositiveInfinity } }, "over colours" },
        { new() { Bilateral = new() { Weight = double.NaN } }, "bilateral kernel's weight" },
        { new() { Compatibility = [[0, 1], [1]] }, "square" },
        { new() { Compatibility = [[0, 1], [2, 0]] }, "symmetric" },
        { new() { Compatibility = [[float.NaN]] }, "finite" },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Options_outside_their_range_are_refused(CrfOptions options, string what) =>
        Assert.Contains(what, Assert.Throws<RecipeException>(options.Validate).Message);

    [Fact]
    public void Options_survive_JSON()
    {
        var options = new CrfOptions
        {
            Iterations = 4,
            Gaussian = null,
            Bilateral = new() { SigmaXy = 80.0 / 12, SigmaRgb = 13, Weight = 10 },
            Compatibility = [[0, 1], [1, 0.5f]],
        };
        options.Validate();
        CrfOptions read = WsssJson.Read<CrfOptions>(WsssJson.Write(options), "test");
        Assert.Equal((options.Iterations, options.Gaussian, options.Bilateral), (read.Iterations, read.Gaussian, read.Bilateral));
        Assert.Equal(options.Compatibility, read.Compatibility);
        Assert.Equal(new CrfOptions(), WsssJson.Read<CrfOptions>("{}", "test"));
    }
}
