using Wsss.Comparisons;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Tests.Comparisons;

public sealed class StepCostTests : IDisposable
{
    private static readonly Experiment Plain = new() { Classifier = Toys.Recipe, Maps = new MapInference { Flip = false } };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_contender_costs_one_and_nothing_is_kept()
    {
        RunContext run = Toys.Run(_folder);
        Contender[] contenders =
        [
            new("plain", Plain),
            new("two heads", With(new FeatureErasing())),
            new("two trainings", With(new IterativeErasing { Steps = 2 })),
        ];
        IReadOnlyList<StepCost> costs = StepCost.Measure(contenders, Toys.BlobSplits().Train, run, rounds: 2);

        Assert.Equal(["plain", "two heads", "two trainings"], costs.Select(cost => cost.Contender));
        Assert.Equal(new StepCost("plain", 1, 1, 1), costs[0]);
        Assert.All(costs, cost => Assert.True(0 < cost.Low && cost.Low <= cost.Ratio && cost.Ratio <= cost.High));
        Assert.Empty(Directory.Exists(run.Store.Root) ? Directory.GetDirectories(run.Store.Root, "classifier-*") : []);
    }

    [Fact]
    public void The_table_multiplies_by_the_trainings_and_divides_the_gain()
    {
        Trial twice = ComparisonTests.Trial("twice", 1, .53);
        twice = twice with { Details = twice.Details with { Trainings = 2 } };
        var comparison = new Comparison([ComparisonTests.Trial("plain", 1, .50), twice]);
        var rows = StepCost.ToTable(comparison, [new("plain", 1, 1, 1), new("twice", 1.5, 1.4, 1.7)]).Rows;
        Assert.Equal(["plain", "1", "1.00", "1.00 … 1.00", "1.00", "", ""], rows[0]);
        // 2 × 1.5 = 3 plain trainings for 3 points: a point each.
        Assert.Equal(["twice", "2", "1.50", "1.40 … 1.70", "3.00", "+3.0", "+1.0"], rows[1]);
    }

    [Fact]
    public void Nobody_and_no_round_are_refused()
    {
        RunContext run = Toys.Run(_folder);
        var train = Toys.BlobSplits().Train;
        Assert.Contains("found 0 and 5", Assert.Throws<RecipeException>(() => StepCost.Measure([], train, run)).Message);
        Contender[] one = [new("plain", Plain)];
        Assert.Contains("found 1 and 0", Assert.Throws<RecipeException>(() => StepCost.Measure(one, train, run, rounds: 0)).Message);
    }

    private static Experiment With(Technique technique) => Plain with { Classifier = Plain.Classifier.With(technique) };
}
