using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;
using Wsss.Tests.Data;
using Wsss.Training;

namespace Wsss.Tests.Pipeline;

public sealed class ErasingMeasurementTests : IDisposable
{
    private static readonly Recipe Recipe = Toys.Recipe with { Epochs = 1 };
    private static readonly MapInference Maps = new();
    private static readonly IterativeErasing Erasing = new() { Steps = 2, StopBelow = 0 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_step_is_scored_at_its_own_threshold_and_each_class_with_its_parts()
    {
        // Every other column of an object is head, the rest body.
        DataSplits data = Toys.BlobSplits() with
        {
            Test = Toys.Select(Toys.Blobs(3, seed: 3), WithParts),
        };
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = Erasing.Train(Recipe, data, Maps, run);
        ErasingMeasurement measured = ErasingMeasurement.Of(sequence, data, run);

        Assert.Equal([1, 2], measured.Steps.Select(step => step.Step));
        foreach (ErasingStep step in measured.Steps)
        {
            float threshold = PseudoMasks
                .ChooseThreshold(Merged(sequence, data.Validation, step.Step, run).Select(item => item.Maps), data.Validation)
                .Best.Threshold;
            Assert.Equal(threshold, step.Threshold);
            var evaluator = new SegmentationEvaluator(data.Test.ClassNames);
            foreach (var (i, (sample, maps)) in Merged(sequence, data.Test, step.Step, run).Index())
                evaluator.Add(sample.Id, data.Test.Mask(i), data.Test.Truth(i), ThresholdRule.Apply(maps, threshold), maps);
            Assert.Equal(evaluator.ToScore().ToJson(), step.Score.ToJson());
            Assert.Equal(["red", "blue"], step.Classes.Select(c => c.Name));
            for (int c = 0; c < 2; c++)
            {
                Assert.Equal(sequence.AveragePrecision[step.Step - 1][c], step.Classes[c].AveragePrecision);
                Assert.Equal(step.Score.ByLabel("IoU")[c + 1], step.Classes[c].IoU);
                Assert.Equal(step.Score.ByLabel("precision")[c + 1], step.Classes[c].Precision);
            }
            // What is found of a class is found in its head or in its body.
            long head = 0,
                body = 0,
                found = 0;
            foreach (var (sample, maps) in Merged(sequence, data.Test, step.Step, run))
            {
                byte[] truth = data.Test.MaskOf(sample.Id)!.Values,
                    parts = data.Test.Truth(data.Test.IndexOf(sample.Id))!.Parts.Values;
                byte[] mask = ThresholdRule.Apply(maps, threshold).Values;
                for (int i = 0; i < mask.Length; i++)
                {
                    if (truth[i] != 1)
                        continue;
                    if (parts[i] == SceneTruth.Head)
                        head++;
                    else
                        body++;
                    if (mask[i] == 1)
                        found++;
                }
            }
            ErasingClass red = step.Classes[0];
            Assert.Equal(found, red.HeadRecall!.Value * head + red.BodyRecall!.Value * body, 1e-6);
            Assert.Equal(red.Recall!.Value, (double)found / (head + body), 1e-12);
        }
    }

    [Fact]
    public void Tables_and_stops_by_hand()
    {
        var measured = new ErasingMeasurement(
            [0.2, 0.5, 0],
            [
                Step(1, (0.8, 0.3), (1, 0.5), (null, null)),
                Step(2, (0.6, 0.5), (0.7, 0.5), (null, null)),
                Step(3, (0.3, 0.4), (0.55, 0.2), (null, null)),
            ]
        );
        Assert.Equal([2, 1, null], measured.BestSteps());
        Assert.Equal([2, 1, 1], measured.LastSteps(0.5));
        Assert.Equal([3, 3, 3], measured.LastSteps(0));
        Table stops = measured.ToStopTable(0.5);
        Assert.Equal(["class", "IoU %, step 1", "IoU %, step 2", "IoU %, step 3", "best step", "last step by rule"], stops.Headers);
        Assert.Equal(["c0", "30.0", "50.0", "40.0", "2", "2"], stops.Rows[0]);
        Assert.Equal(["c2", "-", "-", "-", "-", "1"], stops.Rows[2]);
        Table all = measured.ToTable();
        Assert.Equal(12, all.Rows.Count);
        Assert.Equal(["c0", "2", "0.25", "60.0", "50.0", "40.0", "30.0", "-", "-"], all.Rows[1]);
        Assert.Equal(["mean", "1", "0.25", "90.0", "40.0", "40.0", "30.0", "-", "-"], all.Rows[9]);
    }

    [Fact]
    public void Erasing_is_part_of_an_experiment_and_of_its_keys()
    {
        DataSplits data = Toys.BlobSplits();
        RunContext run = Toys.Run(_folder);
        var plain = new Experiment { Classifier = Recipe };
        var experiment = plain with { Classifier = Recipe.With(Erasing) };
        Assert.Equal("IterativeErasing", experiment.Classifier.Title);
        Assert.Equal(Erasing, WsssJson.Read<Experiment>(WsssJson.Write(experiment), "test").Classifier.Techniques[0]);

        using Study erased = Study.On(data, experiment, run),
            whole = Study.On(data, plain, run);
        using ErasingSequence sequence = Erasing.Train(Recipe, data, Maps, run);
        Assert.Equal((2, 1), (erased.Classifiers.Count, whole.Classifiers.Count));
        Assert.Equal(whole.Classifier.Key, erased.Classifier.Key);
        Assert.NotEqual(whole.Maps.Key, erased.Maps.Key);
        Assert.Equal(
            Merged(sequence, data.Test, 2, run).Select(item => item.Maps.AsStored().Values),
            erased.Maps.ReadMaps(data.Test).Select(maps => maps.Values)
        );
        Assert.NotEqual(
            whole.Maps.ReadMaps(data.Test).Select(maps => maps.Values),
            erased.Maps.ReadMaps(data.Test).Select(maps => maps.Values)
        );
    }

    [Fact]
    public void One_training_alone_refuses_a_technique_that_wraps_trainings() =>
        Assert.Contains(
            "wraps whole trainings",
            Assert
                .Throws<RecipeException>(() => ClassifierTrainer.Train(Recipe.With(Erasing), Toys.BlobSplits(), Toys.Run(_folder)))
                .Message
        );

    [Fact]
    public void Contenders_with_and_without_erasing_are_told_apart_and_one_step_is_the_same()
    {
        DataSplits data = Toys.BlobSplits();
        var plain = new Experiment { Classifier = Recipe, Maps = Maps };
        RunContext run = Toys.Run(_folder);
        Comparison comparison = Comparison.Run(
            data,
            [
                new("CAM", plain),
                new("one", plain with { Classifier = Recipe.With(Erasing with { Steps = 1 }) }),
                new("two", plain with { Classifier = Recipe.With(Erasing) }),
            ],
            [1],
            run
        );
        Assert.Equal(comparison.Trials[0].Result.Maps!.ToJson(), comparison.Trials[1].Result.Maps!.ToJson());
        Assert.NotEqual(comparison.Trials[0].Result.Maps!.ToJson(), comparison.Trials[2].Result.Maps!.ToJson());
        Assert.Equal([1, 1, 2], comparison.Trials.Select(trial => trial.Details.Trainings));
        Assert.True(comparison.Trials[2].Details.TrainingSeconds > comparison.Trials[0].Details.TrainingSeconds);
        Assert.Equal(3, Directory.GetDirectories(run.Store.Root, "trial-*").Length);
    }

    [Fact]
    public void The_whole_way_with_erasing()
    {
        VocWriter.Write(
            _folder.File("voc"),
            new DataSplits(Toys.Blobs(4), Toys.Blobs(2, seed: 2), Toys.Blobs(2, seed: 3)),
            cancellation: TestContext.Current.CancellationToken
        );
        var experiment = new Experiment
        {
            Data = new VocFolder { Root = _folder.File("voc") },
            Classifier = Recipe.With(Erasing),
            Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
            Ceiling = false,
        };
        long before = Toys.LiveTensors;
        ExperimentResult result;
        using (var study = Study.Open(experiment, Toys.Run(_folder)))
            result = study.Score();
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Equal(2, result.Segmentation!.Images);
    }

    private static IEnumerable<(Sample Sample, LocalizationMaps Maps)> Merged(
        ErasingSequence sequence,
        ISampleSource source,
        int step,
        RunContext run
    ) => sequence.ReadSteps(source, run).Select(item => (item.Sample, item.Maps.Merged(step)));

    private static MaskedSample WithParts(MaskedSample sample)
    {
        var (width, height) = (sample.Image.Width, sample.Image.Height);
        byte[] parts =
        [
            .. sample.Mask!.Values.Select(
                (label, i) =>
                    label == 0 ? (byte)0
                    : i % width % 2 == 0 ? SceneTruth.Head
                    : SceneTruth.Body
            ),
        ];
        var none = new LabelMap(width, height, new byte[parts.Length]);
        return sample with { Truth = new SceneTruth(new LabelMap(width, height, parts), none, none) };
    }

    private static ErasingStep Step(int number, params (double? AveragePrecision, double? IoU)[] classes) => new(
        number, 0.25f, new Score(1, ["background"], [new("mIoU", 0.4)]),
        [.. classes.Select((c, i) => new ErasingClass($"c{i}", c.AveragePrecision, c.IoU, 0.4, 0.3, null, null))]);
}
