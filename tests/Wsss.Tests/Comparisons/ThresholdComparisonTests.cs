using Wsss.Comparisons;

namespace Wsss.Tests.Comparisons;

public sealed class ThresholdComparisonTests
{
    [Fact]
    public void What_a_rule_costs_is_paired_by_seed()
    {
        var comparison = new ThresholdComparison(
        [
            new("masks", 1, 0.3f, 0.5), new("otsu", 1, 0.4f, 0.4), new("masks", 2, 0.35f, 0.75), new("otsu", 2, 0.5f, 0.65),
        ]);
        // Ten points less with each seed, however far the seeds are apart: s = .1767767, t(1) = 12.7062, half width 1.588275.
        Assert.Equal(["masks", "0.30, 0.35", "62.5 ± 158.8", ""], comparison.ToTable().Rows[0]);
        Assert.Equal(["otsu", "0.40, 0.50", "52.5 ± 158.8", "-10.0 ± 0.0"], comparison.ToTable().Rows[1]);
    }
}
