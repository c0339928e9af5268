using Wsss.Regions;
using static TorchSharp.torch;

namespace Wsss.Tests.Regions;

public sealed class RegionFinderTests
{
    [Fact]
    public void Where_one_source_cannot_be_opened_none_stays_open()
    {
        var first = new Counted();
        var error = Assert.Throws<WsssException>(() => RegionFinder.OpenAll([new Given(first), new Given(null)], CPU));
        Assert.Equal("no network", error.Message);
        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public void All_are_opened_in_their_order()
    {
        var (first, second) = (new Counted(), new Counted());
        IReadOnlyList<RegionFinder> finders = RegionFinder.OpenAll([new Given(first) { Level = 3 }, new Given(second) { Level = 5 }], CPU);
        Assert.Equal([3, 5], finders.Select(finder => Assert.Single(finder.Of("a", Toys.Noise(1, 1))).Level));
        Assert.Equal((0, 0), (first.Disposals, second.Disposals));
        foreach (var finder in finders) finder.Dispose();
        Assert.Equal((1, 1), (first.Disposals, second.Disposals));
    }

    private sealed class Counted : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }

    private sealed record Given(Counted? Network) : RegionSource
    {
        public override RegionFinder Open(Device device) =>
            new((_, _) => [new Region([0], Level)], Network ?? throw new WsssException("no network"));

        public override void Validate()
        {
        }
    }
}
