using Wsss.Data;

namespace Wsss.Tests.Data;

public class SeededRandomTests
{
    [Fact]
    public void Streams_depend_on_every_key_and_its_place()
    {
        ulong First(params long[] keys) => SeededRandom.For(keys).NextUInt64();
        Assert.Equal(First(1, 2, 3), First(1, 2, 3));
        ulong[] all = [First(1), First(2), First(1, 0), First(0, 1), First(1, 2), First(2, 1), First(0), First(-1)];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    // Computed by an independent transcription of the reference code.
    [Fact]
    public void Numbers_are_pinned()
    {
        var random = SeededRandom.For(42, 7);
        Assert.Equal(511687822027273263UL, random.NextUInt64());
        Assert.Equal(4679140867302755536UL, random.NextUInt64());
    }

    [Fact]
    public void Uniform_numbers_have_their_mean()
    {
        var random = SeededRandom.For(1);
        double[] uniform = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())];
        Assert.All(uniform, v => Assert.InRange(v, 0, 1 - double.Epsilon));
        Assert.Equal(.5, uniform.Average(), .01);
    }

    [Fact]
    public void Integers_cover_their_range_evenly()
    {
        var random = SeededRandom.For(3);
        int[] counts = new int[5];
        for (int i = 0; i < 10_000; i++) counts[random.Next(5)]++;
        Assert.All(counts, c => Assert.InRange(c, 1_850, 2_150));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(0));
    }

    [Fact]
    public void Shuffle_keeps_the_items()
    {
        int[] items = [.. Enumerable.Range(0, 50)];
        SeededRandom.For(4).Shuffle(items.AsSpan());
        Assert.NotEqual(Enumerable.Range(0, 50), items);
        Assert.Equal(Enumerable.Range(0, 50), items.Order());
    }

    [Fact]
    public void No_key_is_an_error() => Assert.Throws<ArgumentException>(() => SeededRandom.For());
}
