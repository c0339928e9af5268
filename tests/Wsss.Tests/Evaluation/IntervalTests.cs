using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public sealed class IntervalTests
{
    [Fact]
    public void Three_runs_by_hand()
    {
        // Mean 2, s = 1, t(0.975, 2) = 4.302653: 4.302653 / √3.
        Interval interval = Interval.Of(1, 2, 3);
        Assert.Equal(2, interval.Mean);
        Assert.Equal(2.484138, interval.HalfWidth!.Value, 1e-5);
    }

    [Fact]
    public void Two_runs_by_hand() => Assert.Equal(12.7062 * 0.5, Interval.Of(0, 1).HalfWidth!.Value, 1e-3);

    [Fact]
    public void Many_equal_runs_have_no_spread() => Assert.Equal(0, Interval.Of(.5, .5, .5, .5).HalfWidth);

    [Fact]
    public void A_single_run_says_nothing_about_its_spread()
    {
        Assert.Null(Interval.Of(0.25).HalfWidth);
        Assert.Equal("25.0", Interval.Of(0.25).Percent());
    }

    [Fact]
    public void It_prints_in_per_cent()
    {
        Assert.Equal("49.9 ± 1.2", new Interval(0.499, 0.012).Percent());
        Assert.Equal("+2.3 ± 1.1", new Interval(0.023, 0.011).Points());
        Assert.Equal("-2.0", new Interval(-0.02, null).Points());
    }

    [Fact]
    public void No_run_is_an_error() => Assert.Throws<ArgumentException>(() => Interval.Of());
}
