using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;

namespace Wsss.Tests.Pipeline;

public sealed class ExperimentRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_whole_way_gives_every_score_and_the_second_time_the_same_from_the_store()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(8, width: 36), Toys.Blobs(3, seed: 2), Toys.Blobs(4, seed: 3)));
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener };
        ExperimentResult first = ExperimentRunner.Run(experiment, run);

        Assert.Equal(4, first.Maps.Images);
        Assert.Equal(4, first.Segmentation!.Images);
        Assert.Equal(4, first.Ceiling!.Images);
        Assert.Equal(8, first.PseudoMasks!.Images);
        Assert.All(new[] { first.Maps, first.Segmentation, first.Ceiling, first.PseudoMasks }, score => Assert.InRange(score.MeanIoU, 0.01, 1));
        Assert.Equal(["background", "red", "blue"], first.Maps.Labels);
        Assert.InRange(first.Classifier.MeanAveragePrecision, 0, 1);
        Assert.Equal(99, first.MapCurve.Points.Count);
        ThresholdPoint chosen = first.MapCurve.Points.Single(point => point.Threshold == first.Threshold.Best.Threshold);
        Assert.Equal(chosen.MeanIoU, first.Maps.MeanIoU, 1e-12);
        string[] rows = first.ToTable().Split('\n');
        foreach (string stage in new[] { "CAM", "pseudo masks", "segmentation", "ceiling (full masks)" })
            Assert.Contains(rows, row => row.StartsWith($"| {stage} "));
        string[] folders = [.. Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]).Order()];
        Assert.Equal(["classifier", "masks", "segmenter", "segmenter"], folders);
        Assert.Contains(listener.Reports, progress => progress.Stage == "train classifier");

        listener.Reports.Clear();
        ExperimentResult second = ExperimentRunner.Run(experiment, run);
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage.StartsWith("train"));
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage == $"maps of {Path.GetFileName(_folder.File("voc"))}/train");
        Assert.Equal(WsssJson.Write(first with { Provenance = second.Provenance }), WsssJson.Write(second));
        Assert.Equal(WsssJson.Write(second), WsssJson.Write(WsssJson.Read<ExperimentResult>(WsssJson.Write(second), "test")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_images_of_which_not_all_have_masks_are_enough(bool firstHasOne)
    {
        string first = Toys.Blobs(4).Id(0);
        IMaskedSource train = Toys.Select(Toys.Blobs(4), sample => firstHasOne && sample.Id == first ? sample : sample with { Mask = null });
        ExperimentResult result = ExperimentRunner.Run(Write(new DataSplits(train, Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3))), Toys.Run(_folder));
        Assert.Null(result.PseudoMasks);
        Assert.Null(result.Ceiling);
        Assert.DoesNotContain("ceiling", result.ToTable());
        Assert.DoesNotContain("pseudo masks", result.ToTable());
    }

    [Fact]
    public void A_cancelled_experiment_goes_on_where_it_stopped()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(4), Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3))) with { Ceiling = false };
        using var stop = new CancellationTokenSource();
        var stopper = new Listener(progress =>
        {
            if (progress.Stage == "maps of voc/train") stop.Cancel();
        });
        RunContext run = Toys.Run(_folder);
        Assert.Throws<OperationCanceledException>(() => ExperimentRunner.Run(experiment, run with { Progress = stopper, Cancellation = stop.Token }));
        Assert.StartsWith("classifier-", Path.GetFileName(Assert.Single(Directory.GetDirectories(run.Store.Root))));
        var listener = new Listener();
        Assert.Null(ExperimentRunner.Run(experiment, run with { Progress = listener }).Ceiling);
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage == "train classifier");
    }

    [Fact]
    public void No_tensor_survives()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(4), Toys.Blobs(1, seed: 2), Toys.Blobs(1, seed: 3)));
        long before = Toys.LiveTensors;
        ExperimentRunner.Run(experiment, Toys.Run(_folder));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void An_experiment_comes_back_from_JSON()
    {
        Experiment experiment = Experiment.For(new DataSpec { Folder = "voc" }, Toys.RandomBackbone, seed: 3);
        experiment = experiment with { Classifier = experiment.Classifier.With(new RandomErasing()), Inference = new SegmentationInference { Scales = [1, 2] } };
        Experiment read = WsssJson.Read<Experiment>(WsssJson.Write(experiment), "test");
        Assert.Equal(WsssJson.Write(experiment), WsssJson.Write(read));
        Assert.Equal(("voc", 3, 3, 3), (read.Data.Folder, read.Classifier.Seed, read.Segmenter.Seed, read.Maps.Scales.Count));
        Assert.IsType<Cam>(read.Maps.Extractor);
        read.Classifier.Validate();
        read.Segmenter.Validate();
    }

    [Fact]
    public void Photographs_need_a_backbone() =>
        Assert.Contains("--backbone", Assert.Throws<RecipeException>(() => Experiment.For(new DataSpec { Folder = "voc" })).Message);

    [Fact]
    public void Masks_scored_against_themselves_are_perfect()
    {
        IMaskedSource data = Toys.Blobs(3);
        Score score = ExperimentRunner.ScoreMasks(data, data, Toys.Run(_folder));
        Assert.Equal((3, 1, 1), (score.Images, score.MeanIoU, score["boundary F"]));
    }

    private Experiment Write(DataSplits data)
    {
        VocWriter.Write(_folder.File("voc"), data, cancellation: Cancellation);
        return new Experiment
        {
            Data = new DataSpec { Folder = _folder.File("voc") },
            Classifier = Toys.Recipe.With(new MultiDilation { Rates = [1, 2] }) with { Epochs = 1 },
            Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
        };
    }
}
