using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Segmentation;
using Wsss.Segmentation.Thresholds;
using Wsss.Tests.Data;

namespace Wsss.Tests.Pipeline;

public sealed class StudyTests : IDisposable
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
        ExperimentResult first = Run(experiment, run);

        Assert.Equal(4, first.Maps!.Images);
        Assert.Equal(4, first.Segmentation!.Images);
        Assert.Equal(4, first.Ceiling!.Images);
        Assert.Equal(3, first.SegmentationOnValidation!.Images);
        Assert.Equal(8, first.PseudoMasks!.Images);
        Assert.All(
            new[] { first.Maps, first.Segmentation, first.SegmentationOnValidation, first.Ceiling, first.PseudoMasks },
            score => Assert.InRange(score.MeanIoU, 0.01, 1)
        );
        Assert.Equal(["background", "red", "blue"], first.Maps.Labels);
        Assert.InRange(first.Classifier.MeanAveragePrecision, 0, 1);
        Assert.Equal(99, first.MapCurve!.Points.Count);
        ThresholdPoint chosen = first.MapCurve!.Points.Single(point => point.Threshold == first.Threshold.Threshold);
        Assert.Equal(chosen.MeanIoU, first.Maps!.MeanIoU, 1e-12);
        // Options are chosen by the validation split, at the threshold that was chosen there.
        Assert.Equal(first.Threshold.Threshold, first.ValidationCurve!.Best.Threshold);
        Assert.Equal(first.ValidationCurve.Best.MeanIoU, first.Measures().Single(measure => measure.Name == "validation mIoU").Value);
        string[] rows = first.ToTable().Split('\n');
        foreach (string stage in new[] { "cam", "pseudo masks", "segmentation", "ceiling (full masks)" })
            Assert.Contains(rows, row => row.StartsWith($"| {stage} "));
        string seen = Table.Percent(first.SegmentationOnValidation!.MeanIoU);
        Assert.Contains(rows, row => row.StartsWith("| segmentation: mIoU % (validation) ") && row.Contains($" {seen} "));
        string[] folders = [.. Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]).Order()];
        Assert.Equal(["classifier", "maps", "maps", "maps", "masks", "segmenter", "segmenter"], folders);
        Assert.Contains(listener.Reports, progress => progress.Stage == "train classifier");

        listener.Reports.Clear();
        ExperimentResult second = Run(experiment, run);
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage.StartsWith("train"));
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage == $"maps of {Path.GetFileName(_folder.File("voc"))}/train");
        Assert.Equal(WsssJson.Write(first with { Provenance = second.Provenance }), WsssJson.Write(second));
        Assert.Equal(WsssJson.Write(second), WsssJson.Write(WsssJson.Read<ExperimentResult>(WsssJson.Write(second), "test")));
    }

    [Fact]
    public void The_network_is_scored_alike_on_validation_and_test()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(4), Toys.Blobs(3, seed: 2), Toys.Blobs(3, seed: 2)));
        ExperimentResult result = Run(experiment, Toys.Run(_folder));
        Assert.Equal(result.Segmentation!.ToJson(), result.SegmentationOnValidation!.ToJson());
        Assert.Equal(
            result.Segmentation.MeanIoU,
            result.Measures().Single(measure => measure.Name == "segmentation validation mIoU").Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_images_of_which_not_all_have_masks_are_enough(bool firstHasOne)
    {
        string first = Toys.Blobs(4).Id(0);
        IMaskedSource train = Toys.Select(
            Toys.Blobs(4),
            sample => firstHasOne && sample.Id == first ? sample : sample with { Mask = null }
        );
        ExperimentResult result = Run(Write(new DataSplits(train, Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3))), Toys.Run(_folder));
        Assert.Equal(firstHasOne ? 1 : null, result.PseudoMasks?.Images);
        Assert.Null(result.Ceiling);
        Assert.DoesNotContain("ceiling", result.ToTable());
        Assert.Equal(firstHasOne, result.ToTable().Contains("pseudo masks"));
    }

    [Fact]
    public void A_cancelled_experiment_goes_on_where_it_stopped()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(4), Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3))) with
        {
            Ceiling = false,
        };
        using var stop = new CancellationTokenSource();
        var stopper = new Listener(progress =>
        {
            if (progress.Stage == "maps of voc/train")
                stop.Cancel();
        });
        RunContext run = Toys.Run(_folder);
        Assert.Throws<OperationCanceledException>(() => Run(experiment, run with { Progress = stopper, Cancellation = stop.Token }));
        Assert.Equal(
            ["classifier", "maps", "maps"],
            Directory.GetDirectories(run.Store.Root).Select(path => Path.GetFileName(path).Split('-')[0]).Order()
        );
        var listener = new Listener();
        Assert.Null(Run(experiment, run with { Progress = listener }).Ceiling);
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage == "train classifier");
    }

    [Fact]
    public void No_tensor_survives()
    {
        Experiment experiment = Write(new DataSplits(Toys.Blobs(4), Toys.Blobs(1, seed: 2), Toys.Blobs(1, seed: 3)));
        long before = Toys.LiveTensors;
        Run(experiment, Toys.Run(_folder));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void An_experiment_comes_back_from_JSON()
    {
        Experiment experiment = Experiment.For(new VocFolder { Root = "voc" }, Toys.RandomBackbone, seed: 3);
        experiment = experiment with
        {
            Classifier = experiment.Classifier.With(new RandomErasing()),
            Inference = new SegmentationInference { Scales = [1, 2] },
        };
        Experiment read = WsssJson.Read<Experiment>(WsssJson.Write(experiment), "test");
        Assert.Equal(WsssJson.Write(experiment), WsssJson.Write(read));
        Assert.Equal(("voc", 3, 3, 3), (read.Data!.Folder, read.Classifier.Seed, read.Segmenter.Seed, read.Maps.Scales.Count));
        Assert.IsType<Cam>(read.Maps.Extractor);
        read.Classifier.Validate();
        read.Segmenter.Validate();
    }

    [Fact]
    public void Photographs_need_a_backbone() =>
        Assert.Equal(Remedy.ChooseBackbone, Assert.Throws<RecipeException>(() => Experiment.For(new VocFolder { Root = "voc" })).Remedy);

    [Fact]
    public void Masks_scored_against_themselves_are_perfect()
    {
        IMaskedSource data = Toys.Blobs(3);
        Score score = Study.ScoreMasks(data, data, Toys.Run(_folder));
        Assert.Equal((3, 1, 1), (score.Images, score.MeanIoU, score["boundary F"]));
    }

    [Fact]
    public void Refinements_of_one_classifier_share_its_maps_which_are_extracted_once_for_each_split()
    {
        DataSplits data = Toys.BlobSplits();
        var plain = new Experiment { Classifier = Toys.Recipe with { Epochs = 1 } };
        MapRefinement walk = new AffinityWalk
        {
            Epochs = 1,
            Steps = 4,
            Radius = 3,
        };
        IReadOnlyList<MapRefinement>[] refinements =
        [
            [],
            [new CrfRefinement()],
            [new PamrRefinement()],
            [walk],
            [new PamrRefinement(), new CrfRefinement()],
        ];
        var listener = new Listener();
        Comparison.Run(
            data,
            [.. refinements.Select((steps, i) => new Contender($"{i}", plain with { Refinements = steps }))],
            [1],
            Toys.Run(_folder) with
            {
                Progress = listener,
            }
        );
        // One report per image that is extracted: those of the validation and test split, and for the walk's seeds the training split.
        Assert.Equal(
            data.Train.Count + data.Validation.Count + data.Test.Count,
            listener.Reports.Count(report => report.Stage.StartsWith("maps of ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Each_training_photograph_is_decoded_once_outside_training()
    {
        var counted = new CountingSource(Toys.Blobs(8));
        DataSplits data = Toys.BlobSplits() with { Train = counted };
        var experiment = new Experiment
        {
            Classifier = Toys.Recipe with { Epochs = 1 },
            Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
        };
        using var study = Study.On(data, experiment, Toys.Run(_folder));
        _ = study.Classifier;
        int before = counted.Loads;
        study.MakePseudoMasks();
        Assert.Equal(8, counted.Loads - before);
        study.MakePseudoMasks();
        _ = study.Masks(counted);
        Assert.Equal(8, counted.Loads - before);
    }

    [Fact]
    public void The_student_learns_from_masks_with_a_band_that_the_pseudo_masks_do_not_have()
    {
        using var study = Study.On(Toys.BlobSplits(), TinyModel.Experiment with { IgnoreBand = 0.5 }, Toys.Run(_folder));
        using var student = study.TrainStudent();
        var plain = study.MakePseudoMasks();
        Assert.DoesNotContain(LabelMap.Ignore, plain.Mask(0).Values);
        // The same recipe on the masks without a band is another network.
        using var other = study.TrainSegmenter(plain);
        Assert.NotEqual(other.Folder, student.Folder);
    }

    [Fact]
    public void Self_training_goes_on_with_the_networks_own_masks_of_the_classes_that_labels_name()
    {
        using var study = Study.On(Toys.BlobSplits(), TinyModel.Experiment with { SelfTraining = 1 }, Toys.Run(_folder));
        using var teacher = study.TrainSegmenter(study.MakePseudoMasks());
        var own = study.MakeOwnMasks(teacher);
        for (int i = 0; i < own.Count; i++)
        {
            int[] seen = [.. own.Mask(i).Values.Distinct().Where(label => label > 0).Select(label => label - 1)];
            Assert.Subset(own.Labels(i).ToHashSet(), seen.ToHashSet());
        }
        using TrainedSegmenter expected = study.TrainSegmenter(own), student = study.TrainStudent();
        Assert.Equal(expected.Folder, student.Folder);
        Assert.NotEqual(teacher.Folder, student.Folder);
    }

    [Fact]
    public void A_band_of_the_whole_way_and_rounds_below_none_are_refused()
    {
        Assert.Throws<RecipeException>(() => (TinyModel.Experiment with { IgnoreBand = 1 }).Validate());
        Assert.Throws<RecipeException>(() => (TinyModel.Experiment with { SelfTraining = -1 }).Validate());
    }

    [Fact]
    public void The_whole_way_needs_labels_alone()
    {
        static IMaskedSource Bare(IMaskedSource source) => Toys.Select(source, sample => sample with { Mask = null });
        DataSplits data = new(Bare(Toys.Blobs(8)), Bare(Toys.Blobs(4, seed: 2)), Bare(Toys.Blobs(4, seed: 3)));
        var experiment = new Experiment
        {
            Classifier = Toys.Recipe with { Epochs = 2 },
            Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
        };
        using var study = Study.On(data, experiment, Toys.Run(_folder));
        var result = study.Score();
        Assert.Equal((MaskFreeRule.Default.Name, study.Threshold), (result.Threshold.Rule, result.Threshold.Threshold));
        Assert.Null(study.ThresholdCurve);
        Assert.Empty(result.Stages());
        Assert.Contains("No image has a mask", result.ToTable());
        Assert.Equal(8, study.MakePseudoMasks().Count);
        using var segmenter = study.TrainSegmenter(study.MakePseudoMasks());
        Assert.InRange(segmenter.History.Epochs[^1].Metrics["label F1"], 0, 1);
        Assert.Contains("has none", Assert.Throws<DataSetException>(() => study.ScoreMaps()).Message.Replace("found none", "has none"));
        Assert.Throws<DataSetException>(() => Comparison.Run(data, [new Contender("a", experiment)], [1], Toys.Run(_folder)));
    }

    [Fact]
    public void Images_to_look_at_show_classes_and_are_spread_over_the_split()
    {
        var test = Toys.Select(
            Toys.Blobs(9, seed: 3),
            sample => sample.Id.EndsWith("000") || sample.Id.EndsWith("001") ? sample with { Labels = [] } : sample
        );
        using var study = Study.On(Toys.BlobSplits() with { Test = test }, new Experiment { Classifier = Toys.Recipe }, Toys.Run(_folder));
        var shown = study.Spread(3);
        Assert.Equal(["blob_3_002", "blob_3_004", "blob_3_006"], Enumerable.Range(0, 3).Select(shown.Id));
        Assert.Equal(7, study.Spread(20).Count);
    }

    [Fact]
    public void A_batch_has_no_more_images_than_there_are()
    {
        var experiment = new Experiment
        {
            Classifier = Toys.Recipe with { BatchSize = 16 },
            Segmenter = Toys.SegmenterRecipe with { BatchSize = 3 },
        };
        using var study = Study.On(Toys.BlobSplits(train: 5), experiment, Toys.Run(_folder));
        Assert.Equal((5, 3), (study.Experiment.Classifier.BatchSize, study.Experiment.Segmenter.BatchSize));
        Assert.Same(experiment, experiment.ForImages(16));
        Assert.Equal(2, experiment.ForImages(1).Classifier.BatchSize);
    }

    [Fact]
    public void Few_images_are_passed_over_more_often()
    {
        var recipe = Toys.Recipe with { BatchSize = 16, Epochs = 5, LeastSteps = 100 };
        var experiment = new Experiment { Classifier = recipe, Segmenter = Toys.SegmenterRecipe };
        Assert.Equal((16, 100, 0), Of(24));
        Assert.Equal((11, 100, 0), Of(11));
        Assert.Equal((16, 13, 0), Of(131));     // 8 steps an epoch
        Assert.Equal((16, 5, 0), Of(467));      // 29 steps an epoch: 145
        Assert.Contains("found 5, 16 and -1", Assert.Throws<RecipeException>((recipe with { LeastSteps = -1 }).Validate).Message);

        (int Batch, int Epochs, int LeastSteps) Of(int images) =>
            experiment.ForImages(images).Classifier is var fitted ? (fitted.BatchSize, fitted.Epochs, fitted.LeastSteps) : default;
    }

    [Fact]
    public void Any_source_of_labelled_images_will_do()
    {
        var labelled = new LabelledSplits(Toys.Blobs(4), Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3));
        ISampleSource own = new Subset(labelled.Train, [0, 1, 2]);
        var data = new DataSplits(own, own, labelled.Test);
        Assert.False(data.Train.HasMask(0));
        Assert.Equal(own.Fingerprint, data.Train.Fingerprint);
        Assert.Throws<DataSetException>(() => data.Train.Mask(0));
        Assert.True(data.Test.HasMask(0));
    }

    [Fact]
    public void A_rule_of_ones_own_choice_is_asked_although_there_are_masks()
    {
        var experiment = new Experiment { Classifier = Toys.Recipe with { Epochs = 1 }, ThresholdRule = new OtsuVariance() };
        using var study = Study.On(Toys.BlobSplits(), experiment, Toys.Run(_folder));
        Assert.Equal(new OtsuVariance().Choose(study.Evidence()), study.ThresholdChoice);
    }

    private static ExperimentResult Run(Experiment experiment, RunContext run)
    {
        using var study = Study.Open(experiment, run);
        return study.Score();
    }

    private Experiment Write(DataSplits data)
    {
        VocWriter.Write(_folder.File("voc"), data, cancellation: Cancellation);
        return new Experiment
        {
            Data = new VocFolder { Root = _folder.File("voc") },
            Classifier = Toys.Recipe.With(new MultiDilation { Rates = [1, 2] }) with { Epochs = 1 },
            Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
        };
    }
}
