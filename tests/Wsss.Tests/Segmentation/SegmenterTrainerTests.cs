using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Tests.Data;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Segmentation;

public sealed class SegmenterTrainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Separable_colours_are_learned()
    {
        HandMadeSource blobs = Toys.Blobs(12);
        HandMade data = new(new TargetSource(blobs), Toys.Blobs(6, seed: 2));
        RunContext run = Toys.Run(_folder);
        using TrainedSegmenter trained = SegmenterTrainer.Train(
            Toys.SegmenterRecipe with
            {
                Epochs = 25,
            },
            data.Train,
            data.Validation,
            run
        );
        IReadOnlyList<EpochRecord> epochs = trained.History.Epochs;
        Assert.True(epochs[^1].Losses["cross-entropy"] < 0.4 * epochs[0].Losses["cross-entropy"]);
        var confusion = new ConfusionMatrix(3);
        foreach (var (sample, mask) in new SegmentationInference().Run(trained.Network, data.Train, run))
            confusion.Add(blobs.MaskOf(sample.Id)!, mask);
        Assert.True(confusion.MeanIoU > 0.6, $"mIoU {confusion.MeanIoU}");
        Assert.True(epochs[^1].Metrics["mIoU"] > epochs[0].Metrics["mIoU"] + 0.1);
        Assert.False(trained.Network.training);
    }

    [Fact]
    public void The_loss_is_the_mean_over_the_pixels_that_are_not_ignored()
    {
        // One step on all images; three quarters of each mask are 255.
        var train = new TargetSource(
            Toys.Select(Toys.Blobs(4), sample => sample with { Mask = Ignoring(sample.Mask!, keep: (x, y) => x % 2 == 0 && y % 2 == 0) })
        );
        SegmenterRecipe recipe = Toys.SegmenterRecipe with { Epochs = 1, Head = DeepLabOptions.Small with { Dropout = 0 } };
        using TrainedSegmenter trained = SegmenterTrainer.Train(recipe, train, Toys.Blobs(1), Toys.Run(_folder));

        using var scope = NewDisposeScope();
        random.manual_seed(recipe.Seed);
        using var network = new DeepLab(Backbones.Create("menagerie_net", 8), 2, recipe.Head);
        Batch batch = new Loader(
            train,
            new LoaderOptions
            {
                BatchSize = 4,
                Augmentation = recipe.Augmentation,
                Shuffle = true,
                Seed = recipe.Seed,
            },
            CPU
        ).Epoch(0).Single();
        float[] log = Toys.Values(network.call(batch.Images).log_softmax(1)); // [N, 3, H, W]
        long[] masks = batch.Planes[TargetSource.Plane].data<long>().ToArray(); // [N, H, W]
        const int Plane = Toys.Size * Toys.Size;
        double sum = 0;
        int used = 0;
        for (int i = 0; i < masks.Length; i++)
        {
            if (masks[i] == LabelMap.Ignore)
                continue;
            sum -= log[(i / Plane * 3 + (int)masks[i]) * Plane + i % Plane];
            used++;
        }
        Assert.InRange(used, 1, masks.Length / 2);
        Assert.Equal(sum / used, trained.History.Epochs[0].Losses["cross-entropy"], 1e-5);
    }

    [Fact]
    public void Parts_of_a_step_count_by_their_known_pixels()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = new DeepLab(Backbones.Create("menagerie_net", 8), 2, DeepLabOptions.Small with { Dropout = 0 });
        network.eval();
        var masks = full([4, 16, 16], LabelMap.Ignore, int64);
        masks[0] = 1;
        masks[1, 3, ..5] = 2;
        masks[2, 0, 0] = 0;
        var batch = new Batch(["a", "b", "c", "d"], randn(4, 3, 16, 16), zeros(4, 2))
        {
            Planes = new Dictionary<string, Tensor> { [TargetSource.Plane] = masks },
        };
        var task = new SegmenterTrainer.SegmenterTask(network, "blobs", Toys.Blobs(1));
        var step = new StepContext(0, 1, SeededRandom.For(1), new(() => new float[3]));
        Tensor Gradient(int parts)
        {
            network.zero_grad();
            for (int part = 0; part < parts; part++)
            {
                Batch some = batch.Part(part, parts);
                (task.Losses(some, step)[0].Loss * task.ShareOf(some, batch)).backward();
            }
            Tensor[] all = [.. network.parameters().Select(parameter => parameter.grad!.flatten())];
            return cat(all).clone();
        }
        Assert.Equal(261.0 / 262, task.ShareOf(batch.Part(0, 2), batch), 1e-9);
        Tensor whole = Gradient(1), halves = Gradient(2);
        Assert.InRange(((whole - halves).norm() / whole.norm()).item<float>(), 0, 1e-4);
        // Without any known pixel every image counts alike.
        masks.fill_(LabelMap.Ignore);
        Assert.Equal(0.5, task.ShareOf(batch.Part(0, 2), batch));
    }

    [Fact]
    public void The_validation_images_are_a_part_of_the_key_where_patience_chooses_by_them()
    {
        RunContext run = Toys.Run(_folder);
        var train = new TargetSource(Toys.Blobs(4));
        string FolderOf(int patience, int seed)
        {
            using var trained = SegmenterTrainer.Train(
                Toys.SegmenterRecipe with { Epochs = 2, Patience = patience }, train, Toys.Blobs(2, seed: seed), run);
            return trained.Folder;
        }
        Assert.Equal(FolderOf(0, seed: 2), FolderOf(0, seed: 3));
        Assert.NotEqual(FolderOf(1, seed: 2), FolderOf(1, seed: 3));
        Assert.Equal(FolderOf(1, seed: 2), FolderOf(1, seed: 2));
    }

    [Fact]
    public void The_loss_has_the_bits_of_the_librarys_mean_and_is_0_where_no_pixel_is_known()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var labels = randint(0, 3, [2, 5, 7], dtype: ScalarType.Int64);
        labels[.., 1..3] = LabelMap.Ignore;
        var ours = randn(2, 3, 5, 7).requires_grad_();
        var theirs = ours.detach().clone().requires_grad_();
        var loss = SegmenterTrainer.CrossEntropy(ours, labels);
        var mean = nn.functional.cross_entropy(theirs, labels, ignore_index: LabelMap.Ignore);
        Assert.Equal(mean.item<float>(), loss.item<float>());
        loss.backward();
        mean.backward();
        Assert.Equal(Toys.Values(theirs.grad!), Toys.Values(ours.grad!));

        var unknown = randn(1, 3, 2, 2).requires_grad_();
        var none = SegmenterTrainer.CrossEntropy(unknown, full([1, 2, 2], LabelMap.Ignore, dtype: ScalarType.Int64));
        none.backward();
        Assert.Equal(0, none.item<float>());
        Assert.Equal(0, unknown.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Averaged_weights_keep_two_elevenths_of_themselves_at_the_first_step()
    {
        using var scope = NewDisposeScope();
        var train = new TargetSource(Toys.Blobs(4));
        // One step on all images: the plain training ends with its weights.
        SegmenterRecipe plain = Toys.SegmenterRecipe with { Epochs = 1 };
        random.manual_seed(plain.Seed);
        using var start = new DeepLab(Backbones.Create("menagerie_net", 8), 2, plain.Head);
        using var last = SegmenterTrainer.Train(plain, train, Toys.Blobs(1), Toys.Run(_folder));
        using var averaged = SegmenterTrainer.Train(plain with { Averaging = 0.9 }, train, Toys.Blobs(1), Toys.Run(_folder));
        foreach (var (name, value) in averaged.Network.state_dict().Where(entry => entry.Value.is_floating_point()))
        {
            var expected = 2.0 / 11 * start.state_dict()[name] + 9.0 / 11 * last.Network.state_dict()[name];
            Assert.True(allclose(expected, value, 1e-4, 1e-6), name);
        }
        Assert.NotEqual(last.Folder, averaged.Folder);
    }

    [Fact]
    public void Training_ends_after_the_epochs_of_patience_and_keeps_the_best_epochs_weights()
    {
        var validation = Toys.Blobs(6, seed: 2);
        RunContext run = Toys.Run(_folder);
        SegmenterRecipe recipe = Toys.SegmenterRecipe with { Epochs = 40, Patience = 2 };
        using var trained = SegmenterTrainer.Train(recipe, new TargetSource(Toys.Blobs(12)), validation, run);
        double[] scores = [.. trained.History.Epochs.Select(epoch => epoch.Metrics["mIoU"])];
        int kept = trained.History.Kept!.Value;
        Assert.Equal(scores.Max(), scores[kept - 1]);
        Assert.Equal(kept + 2, scores.Length);
        Assert.InRange(scores.Length, 3, 39);
        var confusion = new ConfusionMatrix(3);
        foreach (var (sample, mask) in new SegmentationInference { Flip = false }.Run(trained.Network, validation, run))
            confusion.Add(validation.MaskOf(sample.Id)!, mask);
        Assert.Equal(scores[kept - 1], confusion.MeanIoU, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(3, 5, 0.9)]
    [InlineData(5, 5, 0.9)]
    public void Resumed_training_with_dropout_gives_the_bytes_of_uninterrupted_training(
        int stopAfter, int patience = 0, double averaging = 0)
    {
        SegmenterRecipe recipe = Toys.SegmenterRecipe with
        {
            Head = DeepLabOptions.Small with { Dropout = 0.5 },
            Patience = patience,
            Averaging = averaging,
        };
        HandMade data = new(new TargetSource(Toys.Blobs(12)), Toys.Blobs(2, seed: 2));
        using TrainedSegmenter whole = SegmenterTrainer.Train(recipe, data.Train, data.Validation, Toys.Run(_folder, "whole"));
        using var stop = new CancellationTokenSource();
        RunContext run = Toys.Run(_folder, "parts");
        var stopper = new Listener(progress =>
        {
            if (progress.Done == stopAfter)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            SegmenterTrainer.Train(recipe, data.Train, data.Validation, run with { Progress = stopper, Cancellation = stop.Token })
        );
        Assert.False(run.Store.Has("segmenter", recipe.Key(data.Train)));
        var listener = new Listener();
        using TrainedSegmenter resumed = SegmenterTrainer.Train(
            recipe,
            data.Train,
            data.Validation,
            run with
            {
                Resume = true,
                Progress = listener,
            }
        );
        Assert.Equal(6 - stopAfter, listener.Reports.Count);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole.Folder, "network.safetensors")),
            File.ReadAllBytes(Path.Combine(resumed.Folder, "network.safetensors"))
        );
    }

    [Fact]
    public void The_second_call_loads_from_the_store()
    {
        HandMade data = new(new TargetSource(Toys.Blobs(4)), Toys.Blobs(1, seed: 2));
        RunContext run = Toys.Run(_folder);
        using TrainedSegmenter first = SegmenterTrainer.Train(Toys.SegmenterRecipe, data.Train, data.Validation, run);
        using TrainedSegmenter second = SegmenterTrainer.Train(
            Toys.SegmenterRecipe,
            data.Train,
            data.Validation,
            run with
            {
                Progress = new Listener(_ => Assert.Fail("Trained again.")),
            }
        );
        Assert.Equal(WsssJson.Write(first.History), WsssJson.Write(second.History));
        RgbImage image = data.Validation.Load(0).Image;
        Assert.Equal(
            new SegmentationInference().Predict(first.Network, image, CPU).Values,
            new SegmentationInference().Predict(second.Network, image, CPU).Values
        );
    }

    [Fact]
    public void Equal_recipes_have_equal_keys_and_any_change_another()
    {
        SegmenterRecipe recipe = Toys.SegmenterRecipe;
        IMaskedSource data = Toys.Blobs(2);
        string[] keys =
        [
            recipe.Key(data), recipe.Key(Toys.Blobs(3)), (recipe with { Seed = 2 }).Key(data), (recipe with { Epochs = 3 }).Key(data),
            (recipe with { BatchSize = 5 }).Key(data), (recipe with { Head = new DeepLabOptions() }).Key(data),
            (recipe with { Augmentation = recipe.Augmentation with { Size = 40 } }).Key(data),
            (recipe with { Optimizer = recipe.Optimizer with { HeadFactor = 4 } }).Key(data),
            (recipe with { Patience = 2 }).Key(data), (recipe with { Averaging = 0.9 }).Key(data),
            (recipe with { Balanced = true }).Key(data),
            (recipe with { Head = recipe.Head with { Decoder = 8 } }).Key(data),
            recipe.Key(Toys.Select(data, sample => sample with { Mask = Ignoring(sample.Mask!, keep: (x, _) => x > 0) })),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], WsssJson.Read<SegmenterRecipe>(WsssJson.Write(recipe), "test").Key(Toys.Blobs(2)));
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        SegmenterRecipe[] wrong =
        [
            new() { Epochs = 0 },
            new() { BatchSize = 1 },
            new() { Optimizer = new OptimizerSpec { HeadFactor = 0 } },
            new() { Augmentation = new Augmentation { MinScale = 0 } },
            new() { Patience = -1 },
            new() { Averaging = 1 },
        ];
        Assert.All(wrong, recipe => Assert.Throws<RecipeException>(recipe.Validate));
        SegmenterRecipe odd = Toys.SegmenterRecipe with { Head = DeepLabOptions.Small with { Reach = 12 } };
        Assert.Throws<RecipeException>(() =>
            SegmenterTrainer.Train(odd, new TargetSource(Toys.Blobs(4)), Toys.Blobs(1), Toys.Run(_folder))
        );
    }

    [Fact]
    public void Training_images_without_masks_are_an_error_and_validation_images_are_judged_by_their_labels()
    {
        IMaskedSource without = Toys.Select(Toys.Blobs(4), sample => sample with { Mask = null });
        RunContext run = Toys.Run(_folder);
        Assert.Throws<DataSetException>(() => SegmenterTrainer.Train(Toys.SegmenterRecipe, new TargetSource(without), Toys.Blobs(1), run));
        Assert.False(run.Store.Has("segmenter", Toys.SegmenterRecipe.Key(without)));
        using var trained = SegmenterTrainer.Train(Toys.SegmenterRecipe with { Epochs = 1 }, new TargetSource(Toys.Blobs(4)), without, run);
        Assert.Equal(["label F1"], trained.History.Epochs[^1].Metrics.Keys);
    }

    [Fact]
    public void Without_masks_validation_asks_which_labels_a_two_hundredth_of_the_image_shows()
    {
        // 400 pixels: two red ones show the class. One hit, one miss, one false alarm.
        MaskedSample Of(string id, int red, params int[] labels)
        {
            byte[] pixels = new byte[1200];
            for (int i = 0; i < red; i++) pixels[3 * (21 * i + 5)] = 255;
            return new(id, new RgbImage(20, 20, pixels), labels);
        }
        var validation = new HandMadeSource(["class0"], Of("hit", 2, 0), Of("rightly none", 1), Of("miss", 1, 0), Of("alarm", 3));
        using DeepLab network = SegmentationInferenceTests.PointwiseNetwork();
        var found = new SegmenterTrainer.SegmenterTask(network, "toys", validation).Validate(Toys.Run(_folder));
        Assert.Equal(2 / (2.0 + 1 + 1), found["label F1"], 1e-12);
    }

    [Fact]
    public void No_tensor_survives_training()
    {
        long before = Toys.LiveTensors;
        SegmenterTrainer
            .Train(Toys.SegmenterRecipe with { Epochs = 1 }, new TargetSource(Toys.Blobs(4)), Toys.Blobs(2), Toys.Run(_folder))
            .Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static LabelMap Ignoring(LabelMap mask, Func<int, int, bool> keep) =>
        new(mask.Width, mask.Height, [.. mask.Values.Select((value, i) => keep(i % mask.Width, i / mask.Width) ? value : LabelMap.Ignore)]);

    private sealed record HandMade(TargetSource Train, IMaskedSource Validation);
}
