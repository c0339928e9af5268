using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class ErasingSequenceTests : IDisposable
{
    // One step of training per classifier.
    private static readonly Recipe OneStep = Toys.Recipe with { Epochs = 1 };
    private static readonly MapInference Maps = new();
    private static readonly IterativeErasing TwoSteps = new() { Steps = 2, StopBelow = 0 };

    private readonly TempFolder _folder = new();

    private static DataSplits Data => new(Toys.Blobs(4), Toys.Blobs(6, seed: 2), Toys.Blobs(4, seed: 3, width: 40));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_step_is_the_plain_classifier_and_its_maps_bit_for_bit()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = (TwoSteps with { Steps = 1, StopBelow = 0.5 }).Train(OneStep, data, Maps, run);
        using TrainedClassifier plain = ClassifierTrainer.Train(OneStep, data, Toys.Run(_folder, "other"));
        Assert.Equal(plain.Key, Assert.Single(sequence.Classifiers).Key);
        var expected = Maps.Run(plain.Network, data.Test, run).ToArray();
        var found = sequence.ReadSteps(data.Test, run).ToArray();
        Assert.Equal(expected.Select(item => item.Sample.Id), found.Select(item => item.Sample.Id));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Maps.Classes, found[i].Maps.Merged().Classes);
            Assert.Equal(expected[i].Maps.Values, found[i].Maps.Merged().Values);
            Assert.DoesNotContain(found[i].Maps.Places.Values, place => place != 0);
        }
        Assert.Equal([1, 1], sequence.LastSteps);
        Assert.Empty(Directory.GetDirectories(run.Store.Root, "erasure-*"));
    }

    [Fact]
    public void The_network_sees_the_mean_colour_on_what_the_last_map_points_at_and_the_rest_as_it_was()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run);
        var erased = Assert.IsType<ErasedSource>(sequence.Erased(data.Train, 1, decoys: false, run));
        float[] mean = ChannelMean.Of(data.Train, TestContext.Current.CancellationToken);
        var maps = Maps.Run(sequence.Classifiers[0].Network, data.Train, run).ToArray();

        Assert.Equal(data.Train.Id(1), erased.Id(1));
        var options = new LoaderOptions { BatchSize = 4 };
        using Batch before = new Loader(data.Train, options, CPU).Epoch(0).Single();
        using Batch batch = new Loader(erased, options, CPU).Epoch(0).Single();
        Assert.Equal(Toys.Values(before.Labels), Toys.Values(batch.Labels));
        float[] old = Toys.Values(before.Images), now = Toys.Values(batch.Images);
        const int Plane = Toys.Size * Toys.Size;
        int hidden = 0;
        for (int n = 0; n < 4; n++)
        {
            var found = maps[n].Maps;
            bool[][] places = [.. found.Classes.Select((_, k) => TwoSteps.Places(found.Map(k)))];
            Assert.Equal(Enumerable.Range(0, Plane).Select(i => (byte)(places.Any(map => map[i]) ? 1 : 0)), erased.Places(n).Values);
            for (int i = 0; i < Plane; i++)
            {
                bool isErased = places.Any(map => map[i]);
                if (isErased) hidden++;
                for (int channel = 0; channel < 3; channel++)
                {
                    int at = (n * 3 + channel) * Plane + i;
                    // The nearest of 256 levels.
                    if (isErased) Assert.Equal(mean[channel], now[at], 0.51f / 255 / Normalization.Std[channel]);
                    else Assert.Equal(old[at], now[at]);
                }
            }
        }
        Assert.InRange(hidden, 0.15 * 4 * Plane, 0.45 * 4 * Plane);
        Assert.NotEqual(data.Train.Fingerprint, erased.Fingerprint);
    }

    [Fact]
    public void Decoys_are_the_places_of_the_image_half_the_split_away_and_are_not_counted_as_its_own()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run);
        var own = (ErasedSource)sequence.Erased(data.Train, 1, decoys: false, run);
        var both = (ErasedSource)sequence.Erased(data.Train, 1, decoys: true, run);
        Assert.NotEqual(own.Fingerprint, both.Fingerprint);
        for (int n = 0; n < own.Count; n++)
        {
            byte[] mine = own.Places(n).Values,
                others = own.Places((n + own.Count / 2) % own.Count).Values;
            Assert.Equal(mine, both.Places(n).Values);
            byte[] original = data.Train.Load(n).Image.Pixels,
                painted = both.Load(n).Image.Pixels,
                alone = own.Load(n).Image.Pixels;
            int hole = 3 * Array.FindIndex(mine, place => place > 0);
            for (int i = 0; i < mine.Length; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    Assert.Equal(
                        mine[i] > 0 || others[i] > 0 ? alone[hole + channel] : original[3 * i + channel],
                        painted[3 * i + channel]
                    );
                }
            }
        }
    }

    [Fact]
    public void With_decoys_later_classifiers_train_on_them_and_maps_are_read_without()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence plain = TwoSteps.Train(OneStep, data, Maps, run);
        using ErasingSequence decoyed = (TwoSteps with { Decoys = true }).Train(OneStep, data, Maps, run);
        Assert.Equal(plain.Classifiers[0].Key, decoyed.Classifiers[0].Key);
        Assert.NotEqual(plain.Classifiers[1].Key, decoyed.Classifiers[1].Key);
        var expected = Maps.Run(decoyed.Classifiers[1].Network, decoyed.Erased(data.Test, 1, decoys: false, run), run).ToList();
        var found = decoyed.ReadSteps(data.Test, run).ToList();
        Assert.Equal(expected.Select(item => item.Maps.Values), found.Select(item => item.Maps.Steps[1].Values));
    }

    [Fact]
    public void Maps_that_are_read_in_another_way_are_those_of_all_steps()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run);
        float[][] Values(IEnumerable<(Sample Sample, LocalizationMaps Maps)> items) => [.. items.Select(item => item.Maps.Values)];
        Assert.Equal(Values(sequence.Extract(data.Test, run)), Values(sequence.Extract(data.Test, Maps, run)));
        var smaller = Maps with { Scales = [0.5] };
        using var source = MapSource.Of(sequence, run);
        float[][] found = Values(source.ReadOtherwise(data.Test, smaller));
        Assert.NotEqual(Values(sequence.Extract(data.Test, run)), found);
        Assert.Equal(Values(sequence.Extract(data.Test, smaller, run)), found);
    }

    [Fact]
    public void What_goes_with_an_image_is_of_the_image_as_it_was()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run);
        ISampleSource erased = sequence.Erased(data.Train, 1, decoys: true, run);
        Recipe recipe = OneStep.With(new SaliencyFusion()).With(new RegionContrast());
        ISampleSource view = recipe.View(data.Train, run), painted = recipe.View(erased, run);
        Assert.Equal(painted.Fingerprint, recipe.View(erased, run).Fingerprint);
        Assert.Equal(erased.Fingerprint, OneStep.View(erased, run).Fingerprint);
        for (int n = 0; n < view.Count; n++)
        {
            Sample whole = view.Load(n), seen = painted.Load(n);
            Assert.Equal(["regions", "saliency"], seen.Planes.Keys.Order());
            foreach (string plane in seen.Planes.Keys) Assert.Equal(whole.Planes[plane].Values.Values, seen.Planes[plane].Values.Values);
            Assert.Equal(erased.Load(n).Image.Pixels, seen.Image.Pixels);
            Assert.NotEqual(whole.Image.Pixels, seen.Image.Pixels);
        }
    }

    [Fact]
    public void The_second_classifier_is_a_new_one_trained_on_erased_images()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run);
        Assert.Equal(2, sequence.Classifiers.Count);
        Assert.NotEqual(sequence.Classifiers[0].Key, sequence.Classifiers[1].Key);
        Assert.All(sequence.Classifiers, classifier => Assert.Null(classifier.Recipe.Backbone.Weights));

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        random.manual_seed(OneStep.Seed);
        using Classifier untrained = OneStep.CreateClassifier(data.Train.ClassNames);
        double Loss(ISampleSource source)
        {
            var options = new LoaderOptions { BatchSize = 4, Augmentation = OneStep.Augmentation, Shuffle = true, Seed = OneStep.Seed };
            using Batch batch = new Loader(source, options, CPU).Epoch(0).Single();
            return ClassifierTrainer.ClassificationLoss([untrained.call(batch.Images, null).Logits], batch.Labels).item<float>();
        }
        double[] losses = [.. sequence.Classifiers.Select(classifier => classifier.History.Epochs[0].Losses["classification"])];
        Assert.Equal(Loss(data.Train), losses[0], 1e-6);
        Assert.Equal(Loss(sequence.Erased(data.Train, 1, decoys: false, run)), losses[1], 1e-6);
        Assert.NotEqual(losses[0], losses[1], 1e-4);
    }

    [Fact]
    public void A_warm_start_takes_the_last_backbone()
    {
        var threeSteps = TwoSteps with { Steps = 3, WarmStart = true };
        using ErasingSequence sequence = threeSteps.Train(OneStep, Data, Maps, Toys.Run(_folder));
        Assert.Equal(
            [null, sequence.Classifiers[0].WeightsPath, sequence.Classifiers[1].WeightsPath],
            sequence.Classifiers.Select(classifier => classifier.Recipe.Backbone.Weights));
    }

    [Fact]
    public void Held_out_images_are_erased_by_the_same_loop()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = (TwoSteps with { Steps = 3 }).Train(OneStep, data, Maps, run);
        Assert.Equal([3, 3], sequence.LastSteps);
        var read = sequence.ReadSteps(data.Test, run).ToArray();
        for (int step = 0; step < 3; step++)
        {
            var expected = Maps.Run(sequence.Classifiers[step].Network, sequence.Erased(data.Test, step, decoys: false, run), run)
                .ToArray();
            for (int i = 0; i < read.Length; i++)
                Assert.Equal(expected[i].Maps.Values, read[i].Maps.Steps[step].Values);
        }
        for (int i = 0; i < read.Length; i++)
        {
            Assert.Same(data.Test.Load(i).Image, read[i].Sample.Image); // seen whole by those who use the maps
            Assert.Contains((byte)1, read[i].Maps.Places.Values);
            Assert.InRange(read[i].Maps.Places.Values.Max(), 1, 2); // nothing is erased after the last step
        }
        byte[] once = ((ErasedSource)sequence.Erased(data.Test, 1, decoys: false, run)).Places(0).Values,
            twice = ((ErasedSource)sequence.Erased(data.Test, 2, decoys: false, run)).Places(0).Values;
        Assert.Equal(once, twice.Select(place => place == 2 ? (byte)0 : place));
        Assert.Contains((byte)2, twice);
    }

    [Fact]
    public void A_stopped_class_is_erased_no_further()
    {
        // The validation split shows red alone, so that nothing watches over blue.
        var validation = Toys.Select(
            Toys.Blobs(9, seed: 2),
            sample => sample with { Labels = [.. sample.Labels.Where(label => label == 0)] }
        );
        DataSplits data = new(Toys.Blobs(12), validation, Toys.Blobs(3, seed: 3));
        RunContext run = Toys.Run(_folder);
        using ErasingSequence sequence = new IterativeErasing { Steps = 3, Share = 0.04 }.Train(
            Toys.Recipe with
            {
                Epochs = 6,
            },
            data,
            Maps,
            run
        );
        Assert.Null(sequence.AveragePrecision[1][1]);
        Assert.Equal([6.0 / 9, 0], sequence.Chance);
        Assert.Equal(1, sequence.LastSteps[1]);
        Assert.True(sequence.LastSteps[0] >= 2, string.Join(' ', sequence.AveragePrecision.Select(step => step[0])));
        var erased = (ErasedSource)sequence.Erased(data.Train, 2, decoys: false, run);
        for (int i = 0; i < data.Train.Count; i++)
        {
            if (data.Train.Labels(i).SequenceEqual([1]))
                Assert.DoesNotContain((byte)2, erased.Places(i).Values);
            else
                Assert.Contains((byte)2, erased.Places(i).Values);
        }
        foreach (var (sample, maps) in sequence.ReadSteps(data.Test, run))
        {
            int blue = maps.Steps[0].Classes.ToList().IndexOf(1);
            if (blue >= 0)
                Assert.Equal(maps.Steps[0].Map(blue).ToArray(), maps.Merged().Map(blue).ToArray());
            int red = maps.Steps[0].Classes.ToList().IndexOf(0);
            if (red >= 0)
                Assert.NotEqual(maps.Steps[0].Map(red).ToArray(), maps.Merged().Map(red).ToArray());
        }
    }

    [Fact]
    public void Training_ends_when_all_classes_have_stopped()
    {
        DataSplits data = Data with { Validation = Toys.Select(Toys.Blobs(3, seed: 2), sample => sample with { Labels = [] }) };
        using ErasingSequence sequence = new IterativeErasing { Steps = 5 }.Train(OneStep, data, Maps, Toys.Run(_folder));
        Assert.Equal(2, sequence.Classifiers.Count);
        Assert.Equal((1, 2), (sequence.Depth, sequence.AveragePrecision.Count));
        Assert.All(
            sequence.ReadSteps(data.Test, Toys.Run(_folder)),
            item => Assert.Same(Assert.Single(item.Maps.Steps), item.Maps.Merged())
        );
    }

    [Fact]
    public void A_second_training_takes_everything_from_the_store()
    {
        DataSplits data = Data;
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener };
        string key;
        using (ErasingSequence first = TwoSteps.Train(OneStep, data, Maps, run)) key = first.Key;
        Assert.Equal(2, listener.Reports.Count(progress => progress.Stage == "train classifier"));
        listener.Reports.Clear();
        using ErasingSequence second = TwoSteps.Train(OneStep, data, Maps, run);
        Assert.Equal(key, second.Key);
        Assert.DoesNotContain(listener.Reports, progress => progress.Stage.StartsWith("train") || progress.Stage.StartsWith("maps"));

        // Another share shares the first classifier alone.
        listener.Reports.Clear();
        using ErasingSequence other = (TwoSteps with { Share = 0.1 }).Train(OneStep, data, Maps, run);
        Assert.Single(listener.Reports, progress => progress.Stage == "train classifier");
        Assert.NotEqual(key, other.Key);
    }

    [Fact]
    public void Techniques_that_bring_more_than_images_see_the_whole_ones()
    {
        var seen = new List<string>();
        using ErasingSequence sequence = TwoSteps.Train(OneStep.With(new Spy { Seen = seen }), Data, Maps, Toys.Run(_folder));
        Assert.Equal(["hand-made", "hand-made"], seen);
    }

    [Theory]
    [InlineData("maps of hand-made")]
    [InlineData("train classifier")]
    public void Cancelling_leaves_nothing_half_written(string stage)
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        bool firstIsTrained = stage.StartsWith("maps");
        using var stop = new CancellationTokenSource();
        // In the middle of the erasing, or of the second classifier's training.
        var stopper = new Listener(progress =>
        {
            if (
                progress.Stage == stage
                && (
                    firstIsTrained
                        ? progress.Done == 2
                        : Directory.Exists(run.Store.Root) && Directory.GetDirectories(run.Store.Root, "erasure-*").Length == 2
                )
            )
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            TwoSteps.Train(OneStep, data, Maps, run with { Progress = stopper, Cancellation = stop.Token })
        );
        Assert.Equal(firstIsTrained ? 0 : 2, Directory.GetDirectories(run.Store.Root, "erasure-*").Length);
        Assert.Single(Directory.GetDirectories(run.Store.Root, "classifier-*"), path => !path.EndsWith(".checkpoint"));
        Assert.Empty(Directory.GetFileSystemEntries(run.Store.Root, "*.tmp"));

        using ErasingSequence resumed = TwoSteps.Train(OneStep, data, Maps, run with { Resume = true });
        using ErasingSequence straight = TwoSteps.Train(OneStep, data, Maps, Toys.Run(_folder, "straight"));
        Assert.Equal(straight.Key, resumed.Key);
    }

    [Fact]
    public void No_tensor_survives()
    {
        DataSplits data = Data;
        RunContext run = Toys.Run(_folder);
        long before = Toys.LiveTensors;
        using (ErasingSequence sequence = TwoSteps.Train(OneStep, data, Maps, run))
        {
            long trained = Toys.LiveTensors;
            foreach (var _ in sequence.ReadSteps(data.Test, run)) break;
            Assert.Equal(4, sequence.ReadSteps(data.Test, run).Count());
            Assert.Equal(trained, Toys.LiveTensors);
            Assert.True(trained > before);
        }
        Assert.Equal(before, Toys.LiveTensors);
        using ErasingSequence again = TwoSteps.Train(OneStep, data, Maps, run);
        Assert.Throws<ArgumentOutOfRangeException>(() => again.Erased(data.Test, 3, decoys: false, run));
    }

    private sealed record Spy : Technique, ITrainingView
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public List<string> Seen { get; init; } = [];

        public ISampleSource View(ISampleSource train, RunContext run)
        {
            Seen.Add(train.Name);
            return train;
        }
    }
}
