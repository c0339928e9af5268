using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class ChannelMeanTests
{
    [Fact]
    public void The_mean_of_known_colours()
    {
        static MaskedSample Plain(byte red, byte green, byte blue) =>
            new("a", new RgbImage(2, 1, [red, green, blue, red, green, blue]), []);
        float[] mean = ChannelMean.Of(
            new HandMadeSource([], Plain(0, 255, 100), Plain(255, 255, 50)),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((0.5f - 0.485f) / 0.229f, mean[0], 1e-5f);
        Assert.Equal((1 - 0.456f) / 0.224f, mean[1], 1e-5f);
        Assert.Equal((75 / 255f - 0.406f) / 0.225f, mean[2], 1e-5f);
    }

    [Fact]
    public void Of_many_images_those_looked_at_are_spread_over_all()
    {
        // The first half is black, the second white.
        MaskedSample[] samples =
        [
            .. Enumerable.Range(0, 600).Select(i => (byte)(i < 300 ? 0 : 255))
                .Select((value, i) => new MaskedSample($"{i}", new RgbImage(1, 1, [value, value, value]), [])),
        ];
        float[] mean = ChannelMean.Of(new HandMadeSource([], samples), TestContext.Current.CancellationToken);
        Assert.Equal((0.5f - 0.485f) / 0.229f, mean[0], 1e-5f);
    }

    [Fact]
    public void An_empty_source_has_none() =>
        Assert.Throws<DataSetException>(() => ChannelMean.Of(new HandMadeSource([]), TestContext.Current.CancellationToken));
}
