using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation.Thresholds;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Tests.Comparisons;

public sealed class ComparisonTests : IDisposable
{
    private static readonly Experiment Experiment = new()
    {
        Classifier = Toys.Recipe,
        Maps = new MapInference { Flip = false },
        Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
    };
    private static readonly Contender Plain = new("CAM", Experiment);
    private static readonly Contender Flipped = new("CAM + flip", Experiment with { Maps = new MapInference() });

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_contender_is_tried_with_each_seed_by_the_one_threshold_rule()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        Comparison comparison = Comparison.Run(data, [Plain, Flipped], [1, 2], run);

        Assert.Equal([("CAM", 1), ("CAM", 2), ("CAM + flip", 1), ("CAM + flip", 2)], comparison.Trials.Select(t => (t.Contender, t.Seed)));
        Assert.Equal(2, Directory.GetDirectories(run.Store.Root, "classifier-*").Length); // one per seed, shared
        using var trained = ClassifierTrainer.Train(Toys.Recipe with { Seed = 2 }, data, run);
        var maps = Flipped.Experiment.Maps;
        var validation = maps.Run(trained.Network, data.Validation, run).Select(item => item.Maps.AsStored());
        float threshold = Wsss.Segmentation.PseudoMasks.ChooseThreshold(validation, data.Validation).Best.Threshold;
        Assert.Equal(threshold, comparison.Trials[3].Result.Threshold.Threshold);
        var evaluator = new SegmentationEvaluator(data.Test.ClassNames);
        foreach (var (i, (sample, found)) in maps.Run(trained.Network, data.Test, run).Index())
        {
            var stored = found.AsStored();
            evaluator.Add(sample.Id, data.Test.Mask(i), data.Test.Truth(i), ThresholdRule.Apply(stored, threshold), stored);
        }
        Assert.Equal(evaluator.ToScore().ToJson(), comparison.Trials[3].Result.Maps!.ToJson());
        Assert.All(comparison.Trials, trial => Assert.True(new FileInfo(trial.Details.PicturePath!).Length > 100));
    }

    [Fact]
    public void Parts_of_a_comparison_leave_all_trials_in_the_store()
    {
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener };
        int[] counts =
        [
            .. Enumerable.Range(1, 2).Select(number =>
            {
                var (done, of) = Comparison.RunPart(Toys.BlobSplits(), [Plain, Flipped], [1, 2, 3], Shard.Parse($"{number}/2"), run);
                Assert.Equal(6, of);
                return done;
            }),
        ];
        Assert.Equal(6, counts.Sum());
        Assert.All(counts, count => Assert.Equal(0, count % 2)); // both contenders of a seed, which share its classifier
        listener.Reports.Clear();
        var whole = Comparison.Run(Toys.BlobSplits(), [Plain, Flipped], [1, 2, 3], run);
        Assert.Equal(6, whole.Trials.Count);
        Assert.All(listener.Reports, report => Assert.Equal("compare", report.Stage));
    }

    [Fact]
    public void A_second_run_only_reads_and_says_the_same()
    {
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener };
        Comparison first = Comparison.Run(Toys.BlobSplits(), [Plain], [1], run);
        Assert.Contains(listener.Reports, report => report.Stage == "train classifier");
        listener.Reports.Clear();
        Comparison second = Comparison.Run(Toys.BlobSplits(), [Plain with { Name = "renamed" }], [1], run);
        Assert.All(listener.Reports, report => Assert.Equal("compare", report.Stage));
        Assert.Equal("renamed", second.Trials[0].Contender);
        Assert.Equal(WsssJson.Write(first.Trials[0].Result), WsssJson.Write(second.Trials[0].Result));
    }

    [Fact]
    public void Interrupted_in_training_and_run_again_gives_the_same_bytes_as_in_one_go()
    {
        Contender[] contenders = [Plain with { Segment = true }, Flipped];
        using var elsewhere = new TempFolder();
        string whole = WsssJson.Write(Comparison.Run(Toys.BlobSplits(), contenders, [1, 2], Toys.Run(elsewhere)));

        using var stop = new CancellationTokenSource();
        var stopping = new Stopping(stop, atStep: 3);
        RunContext run = Toys.Run(_folder);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Comparison.Run(Toys.BlobSplits(), contenders, [1, 2], run with { Progress = stopping, Cancellation = stop.Token }));
        Assert.NotEmpty(Directory.GetDirectories(run.Store.Root, "*.checkpoint"));
        Assert.Equal(whole, WsssJson.Write(Comparison.Run(Toys.BlobSplits(), contenders, [1, 2], run)));
        Assert.Empty(Directory.GetDirectories(run.Store.Root, "*.tmp"));
    }

    [Fact]
    public void Segmenting_adds_the_network_and_its_ceiling_and_is_a_trial_of_its_own()
    {
        long before = Toys.LiveTensors;
        RunContext run = Toys.Run(_folder);
        Comparison comparison = Comparison.Run(Toys.BlobSplits(), [Plain, Plain with { Name = "segmented", Segment = true }], [1], run);
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Null(comparison.Trials[0].Result.Segmentation);
        ExperimentResult result = comparison.Trials[1].Result;
        Assert.Equal(comparison.Trials[0].Result.Maps!.ToJson(), result.Maps!.ToJson());
        Table table = comparison.ToTable();
        Assert.Equal(Table.Percent(result.Segmentation!.MeanIoU), table.Rows[1][table.Headers.ToList().IndexOf("segmentation mIoU %")]);
        Assert.Equal(
            Table.Percent(result.Segmentation.MeanIoU / result.Ceiling!.MeanIoU),
            table.Rows[1][table.Headers.ToList().IndexOf("of ceiling %")]
        );
        Assert.Equal("-", table.Rows[0][table.Headers.ToList().IndexOf("of ceiling %")]);
    }

    [Fact]
    public void The_table_has_intervals_and_paired_differences()
    {
        // Differences of .10 and .12: mean .11, s = .0141421, t(1) = 12.7062, half width .127062.
        var comparison = new Comparison([Trial("a", 1, .40), Trial("a", 2, .50), Trial("b", 1, .50), Trial("b", 2, .62)]);
        Table table = comparison.ToTable();
        Assert.Equal(["maps", "mIoU %", "precision %", "recall %", "AP %", "F1 %", "mIoU − a"], table.Headers);
        Assert.Equal("45.0 ± 63.5", table.Rows[0][1]);
        Assert.Equal("", table.Rows[0][^1]);
        Assert.Equal("+11.0 ± 12.7", table.Rows[1][^1]);
    }

    [Fact]
    public void Differences_are_told_in_words_measure_by_measure()
    {
        var comparison = new Comparison(
        [
            Trial("a", 1, .40), Trial("a", 2, .50), Trial("b", 1, .50), Trial("b", 2, .60), Trial("c", 1, .50), Trial("c", 2, .62),
        ]);
        Assert.Equal(
            "mIoU of a 45.0 ± 63.5 %, of b 55.0 ± 63.5 %: +10.0 ± 0.0 points\n" +
            "recall of a 50.0 ± 0.0 %, of b 50.0 ± 0.0 %: 0.0 ± 0.0 points, which may be nothing",
            comparison.InWords("b", "mIoU", "head recall", "recall"));
        Assert.EndsWith("+11.0 ± 12.7 points, which may be nothing", comparison.InWords("c", "mIoU"));
        Assert.Null(comparison.Difference("b", "head recall"));
        var error = Assert.Throws<RecipeException>(() => comparison.Difference("d", "mIoU"));
        Assert.Equal("Expected one of a, b, c, found 'd'.", error.Message);
    }

    [Fact]
    public void Costs_are_means_of_training_times_and_gains_by_the_hour()
    {
        // b takes 1,800 s, twice a's 900 s, and gains 11 points: 22 an hour.
        var comparison = new Comparison([
            Trial("a", 1, .40, 600),
            Trial("a", 2, .50, 1200),
            Trial("b", 1, .50, 1800),
            Trial("b", 2, .62, 1800),
        ]);
        Assert.Equal(["a", "1", "15.0", "1.00", "", ""], comparison.ToCostTable().Rows[0]);
        Assert.Equal(["b", "1", "30.0", "2.00", "+11.0", "+22"], comparison.ToCostTable().Rows[1]);
    }

    [Fact]
    public void The_csv_has_a_line_per_trial_in_full_precision()
    {
        string[] lines = new Comparison([Trial("a \"b\"", 1, 1 / 3.0)]).ToCsv().TrimEnd().Split('\n');
        Assert.StartsWith("contender,seed,threshold,mIoU %", lines[0]);
        Assert.StartsWith("\"a \"\"b\"\"\",1,0.4,33.33333333333333,50,50,", lines[1]);
        Assert.Equal(lines[0].Count(c => c == ','), lines[1].Count(c => c == ','));
    }

    [Fact]
    public void Equal_names_empty_lists_and_recipes_that_cannot_be_are_errors_before_any_work()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        Assert.Contains("'CAM' 2 times", Assert.Throws<RecipeException>(() => Comparison.Run(data, [Plain, Plain], [1], run)).Message);
        Assert.Contains("found 2 2 times", Assert.Throws<RecipeException>(() => Comparison.Run(data, [Plain], [2, 1, 2], run)).Message);
        Assert.Throws<RecipeException>(() => Comparison.Run(data, [], [1], run));
        Assert.Throws<RecipeException>(() => Comparison.Run(data, [Plain], [], run));
        var broken = new Contender("broken", Experiment with { Classifier = Toys.Recipe with { Epochs = 0 } });
        Assert.Throws<RecipeException>(() => Comparison.Run(data, [Plain, broken], [1], run));
        Assert.False(Directory.Exists(run.Store.Root) && Directory.EnumerateDirectories(run.Store.Root).Any());
    }

    internal static Trial Trial(string name, int seed, double meanIoU, double seconds = 60, params Technique[] techniques)
    {
        var point = new ThresholdPoint(0.4f, meanIoU, 0.5, 0.5);
        var result = new ExperimentResult
        {
            Experiment = new Experiment { Classifier = new Recipe { Techniques = techniques } },
            Classifier = new MultiLabelScore(0.9, 0.8, 0.8, 0.8, [0.9]),
            Threshold = new ThresholdChoice(0.4f, ThresholdChoice.ByMasks),
            Maps = new Score(2, ["background"], [new("mIoU", meanIoU), new("precision", 0.5), new("recall", 0.5)]),
            MapCurve = new ThresholdSummary([point], point, 0.3),
        };
        var history = new TrainingHistory([
            new EpochRecord(
                1,
                new Dictionary<string, double> { ["classification"] = 0.2 },
                new Dictionary<string, double> { ["F1"] = 0.8 },
                seconds
            ),
        ]);
        var provenance = new Provenance
        {
            Library = "1",
            Seed = seed,
            Device = "cpu",
            Threads = 1,
            Data = "AB",
            System = "Linux",
            Seconds = seconds,
        };
        return new Trial(name, seed, result, new TrialDetails(1, seconds, history, provenance));
    }

    private sealed class Stopping(CancellationTokenSource stop, int atStep) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.Stage == "train classifier" && value.Done == atStep) stop.Cancel();
        }
    }
}
