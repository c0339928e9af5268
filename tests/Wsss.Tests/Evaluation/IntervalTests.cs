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

    [Theory]
    [InlineData(0.086, 0.013, "+8.6 ± 1.3 points")]
    [InlineData(-0.02, 0.013, "-2.0 ± 1.3 points")]
    [InlineData(0.011, 0.016, "+1.1 ± 1.6 points, which may be nothing")]
    [InlineData(0.091, null, "+9.1 points on one seed, which does not say how much of it is chance")]
    public void It_says_whether_a_difference_can_be_told_from_none(double mean, double? half, string expected) =>
        Assert.Equal(expected, new Interval(mean, half).DifferenceInWords());

    [Fact]
    public void No_run_is_an_error() => Assert.Throws<ArgumentException>(() => Interval.Of());
}
