using Wsss.Comparisons;
using Wsss.Expansion;
using Wsss.Training;

namespace Wsss.Tests.Comparisons;

public sealed class InteractionTests
{
    private static readonly Technique A = new RandomErasing(), B = new MultiDilation(), C = new Mixup();

    [Fact]
    public void Gains_of_pairs_stand_beside_those_of_their_two()
    {
        var comparison = new Comparison(
        [
            ComparisonTests.Trial("plain", 1, .50),
            ComparisonTests.Trial("a", 1, .54, 60, A), ComparisonTests.Trial("b", 1, .52, 60, B), ComparisonTests.Trial("c", 1, .45, 60, C),
            ComparisonTests.Trial("b + a", 1, .57, 60, B, A), ComparisonTests.Trial("a + c", 1, .48, 60, A, C),
        ]);
        var interaction = Interaction.Of(comparison);
        Assert.Equal(["RandomErasing", "MultiDilation", "Mixup"], interaction.Ideas);
        Assert.True(interaction.HasPairs);
        Assert.Equal(.07, interaction.Gains[0, 1]!.Mean, 1e-9);
        Assert.Equal(interaction.Gains[0, 1], interaction.Gains[1, 0]);
        Assert.Equal(-.05, interaction.Gains[2, 2]!.Mean, 1e-9);
        Assert.Null(interaction.Gains[1, 2]);
        Assert.Equal(.03, interaction.OverBetter(0, 1)!.Value, 1e-9);
        Assert.Equal(-.06, interaction.OverBetter(0, 2)!.Value, 1e-9);
        Assert.Null(interaction.OverBetter(1, 2));
        Assert.Equal(.01, interaction.OverSum(0, 1)!.Value, 1e-9);
        Assert.Null(interaction.OverSum(1, 2));
        Assert.Equal(["RandomErasing", "+4.0", "+7.0", "-2.0"], interaction.ToTable().Rows[0]);
        Assert.Equal(["MultiDilation", "+7.0", "+2.0", "-"], interaction.ToTable().Rows[1]);
        Assert.EndsWith(interaction.ToTable().ToString(), comparison.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_of_two_that_lose_is_measured_against_plain_training()
    {
        var interaction = Interaction.Of(new Comparison(
        [
            ComparisonTests.Trial("plain", 1, .50), ComparisonTests.Trial("a", 1, .48, 60, A), ComparisonTests.Trial("b", 1, .49, 60, B),
            ComparisonTests.Trial("a + b", 1, .49, 60, A, B),
        ]));
        Assert.Equal(-.01, interaction.OverBetter(0, 1)!.Value, 1e-9);
    }

    [Fact]
    public void Without_pairs_there_are_none()
    {
        var comparison = new Comparison([ComparisonTests.Trial("plain", 1, .5), ComparisonTests.Trial("a", 1, .6, 60, A)]);
        Assert.False(Interaction.Of(comparison).HasPairs);
        Assert.Equal(comparison.ToTable().ToString(), comparison.ToMarkdown());
    }
}
