using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Pipeline;

namespace Wsss.Tests.Pipeline;

public sealed class MapComparisonTests : IDisposable
{
    private static readonly Contender Plain = new("CAM", Toys.Recipe, new MapInference { Flip = false });
    private static readonly Contender Flipped = new("CAM + flip", Toys.Recipe, new MapInference());

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_contender_is_tried_with_each_seed_by_the_one_threshold_rule()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        MapComparison comparison = MapComparison.Run(data, [Plain, Flipped], [1, 2], run);

        Assert.Equal([("CAM", 1), ("CAM", 2), ("CAM + flip", 1), ("CAM + flip", 2)], comparison.Trials.Select(t => (t.Contender, t.Seed)));
        Assert.Equal(2, Directory.GetDirectories(run.Store.Root, "classifier-*").Length); // one per seed, shared
        using var trained = Wsss.Training.ClassifierTrainer.Train(Toys.Recipe with { Seed = 2 }, data, run);
        float threshold = Wsss.Segmentation.PseudoMasks.ChooseThreshold(Flipped.Maps.Run(trained.Network, data.Validation, run), 2).Best.Threshold;
        Assert.Equal(threshold, comparison.Trials[3].Threshold);
        Assert.Equal(
            ExperimentRunner.ScoreMaps(Flipped.Maps.Run(trained.Network, data.Test, run), data.Test.ClassNames, threshold).AtThreshold.ToJson(),
            comparison.Trials[3].Maps.ToJson());
    }

    [Fact]
    public void A_second_run_only_reads_and_says_the_same()
    {
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener };
        MapComparison first = MapComparison.Run(Toys.BlobSplits(), [Plain], [1], run);
        Assert.NotEmpty(listener.Reports);
        listener.Reports.Clear();
        MapComparison second = MapComparison.Run(Toys.BlobSplits(), [Plain with { Name = "renamed" }], [1], run);
        Assert.Empty(listener.Reports);
        Assert.Equal("renamed", second.Trials[0].Contender);
        Assert.Equal(first.Trials[0].Maps.ToJson(), second.Trials[0].Maps.ToJson());
    }

    [Fact]
    public void The_table_has_intervals_and_paired_differences()
    {
        // Differences of .10 and .12: mean .11, s = .0141421, t(1) = 12.7062, half width .127062.
        var comparison = new MapComparison([Trial("a", 1, .40), Trial("a", 2, .50), Trial("b", 1, .50), Trial("b", 2, .62)]);
        Table table = comparison.ToTable();
        Assert.Equal(["maps", "mIoU %", "precision %", "recall %", "AP %", "mIoU − a"], table.Headers);
        Assert.Equal("45.0 ± 63.5", table.Rows[0][1]);
        Assert.Equal("", table.Rows[0][^1]);
        Assert.Equal("+11.0 ± 12.7", table.Rows[1][^1]);
        Assert.Contains("mIoU", Charts.Comparison("Both", comparison).Json);
    }

    [Fact]
    public void Equal_names_and_empty_lists_are_errors()
    {
        DataSplits data = Toys.BlobSplits();
        Assert.Contains("'CAM' 2 times", Assert.Throws<RecipeException>(() => MapComparison.Run(data, [Plain, Plain], [1], Toys.Run(_folder))).Message);
        Assert.Throws<RecipeException>(() => MapComparison.Run(data, [], [1], Toys.Run(_folder)));
        Assert.Throws<RecipeException>(() => MapComparison.Run(data, [Plain], [], Toys.Run(_folder)));
    }

    private static MapTrial Trial(string name, int seed, double meanIoU) =>
        new(name, seed, 0.4f, new Score(2, meanIoU, 0.5, 0.5, null, null, null, null, null, []), 0.3);
}
