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
