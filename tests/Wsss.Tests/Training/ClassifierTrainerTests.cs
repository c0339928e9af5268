using System.Text.Json;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class ClassifierTrainerTests : IDisposable
{
    private const string Stage = "train classifier";

    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Separable_classes_are_learned()
    {
        // No crop, which might cut off what the label names.
        Recipe recipe = Toys.Recipe with { Epochs = 20, BatchSize = 8, Augmentation = Augmentation.Resize(Toys.Size) };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(24), Toys.Run(_folder));
        IReadOnlyList<EpochRecord> epochs = trained.History.Epochs;
        Assert.Equal(Enumerable.Range(1, 20), epochs.Select(epoch => epoch.Epoch));
        Assert.True(epochs[^1].Losses["classification"] < 0.3 * epochs[0].Losses["classification"]);
        Assert.True(epochs[^1].Metrics["F1"] > 0.8, $"F1 {epochs[^1].Metrics["F1"]}");
        Assert.False(trained.Network.training);

        var score = ClassifierTrainer.Evaluate(trained.Network, _data.Validation, Toys.Size, Toys.Run(_folder));
        Assert.Equal(epochs[^1].Metrics["F1"], score.F1);
        Assert.Equal(epochs[^1].Metrics["mAP"], score.MeanAveragePrecision);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        byte[] first = Weights(Toys.Recipe, "a"), again = Weights(Toys.Recipe, "b"), other = Weights(Toys.Recipe with { Seed = 2 }, "c");
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void It_learns_the_same_where_gradients_are_switched_off()
    {
        byte[] expected = Weights(Toys.Recipe, "a");
        using var off = no_grad();
        Assert.Equal(expected, Weights(Toys.Recipe, "b"));
        Assert.False(is_grad_enabled());
    }

    // Six steps in two epochs: within an epoch, at its end (cancelled while validating), at the very end.
    [Theory]
    [InlineData(OptimizerKind.AdamW, 1)]
    [InlineData(OptimizerKind.AdamW, 3)]
    [InlineData(OptimizerKind.AdamW, 5)]
    [InlineData(OptimizerKind.Sgd, 2)]
    [InlineData(OptimizerKind.Sgd, 3)]
    [InlineData(OptimizerKind.Sgd, 6)]
    public void Resumed_training_gives_the_bytes_of_uninterrupted_training(OptimizerKind kind, int stopAfter)
    {
        Recipe recipe = Toys.Recipe.With(new RandomErasing()) with { Optimizer = Toys.Recipe.Optimizer with { Kind = kind } };
        byte[] expected = Weights(recipe, "whole");
        RunContext run = Toys.Run(_folder, "parts");
        Interrupt(recipe, run, stopAfter);

        var listener = new Listener();
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, _data, run with { Resume = true, Progress = listener });
        Assert.Equal(6 - stopAfter, Steps(listener));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(trained.Folder, "network.safetensors")));
        using TrainedClassifier whole = ClassifierTrainer.Train(recipe, _data, Toys.Run(_folder, "whole"));
        Assert.Equal(WithoutSeconds(whole.History), WithoutSeconds(trained.History));
        Assert.Equal([trained.Folder], Directory.GetDirectories(run.Store.Root));
    }

    [Fact]
    public void Without_Resume_training_starts_anew()
    {
        byte[] expected = Weights(Toys.Recipe, "whole");
        RunContext run = Toys.Run(_folder, "parts");
        Interrupt(Toys.Recipe, run, 4);
        var listener = new Listener();
        using TrainedClassifier trained = ClassifierTrainer.Train(Toys.Recipe, _data, run with { Progress = listener });
        Assert.Equal(6, Steps(listener));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(trained.Folder, "network.safetensors")));
    }

    [Fact]
    public void Nothing_is_published_when_cancelled()
    {
        RunContext run = Toys.Run(_folder);
        Interrupt(Toys.Recipe, run, 2);
        string key = Toys.Recipe.Key(_data.Train);
        Assert.False(run.Store.Has("classifier", key));
        Assert.Equal([run.Store.CheckpointOf("classifier", key)], Directory.GetDirectories(run.Store.Root));
    }

    [Fact]
    public void A_crash_between_the_renames_of_a_checkpoint_loses_nothing()
    {
        RunContext run = Toys.Run(_folder);
        Interrupt(Toys.Recipe, run, 4);
        string checkpoint = run.Store.CheckpointOf("classifier", Toys.Recipe.Key(_data.Train));
        // The new checkpoint is complete; the old one is partly deleted.
        Directory.Move(checkpoint, checkpoint + ".next");
        Directory.CreateDirectory(checkpoint);
        File.WriteAllText(Path.Combine(checkpoint, "network.safetensors"), "");

        var listener = new Listener();
        ClassifierTrainer.Train(Toys.Recipe, _data, run with { Resume = true, Progress = listener }).Dispose();
        Assert.Equal(2, Steps(listener));
    }

    [Fact]
    public void Starting_anew_forgets_what_a_crash_left()
    {
        RunContext run = Toys.Run(_folder);
        Interrupt(Toys.Recipe, run, 4);
        string checkpoint = run.Store.CheckpointOf("classifier", Toys.Recipe.Key(_data.Train));
        Directory.Move(checkpoint, checkpoint + ".next");
        var listener = new Listener();
        using TrainedClassifier trained = ClassifierTrainer.Train(Toys.Recipe, _data, run with { Progress = listener });
        Assert.Equal(6, Steps(listener));
        Assert.Equal([trained.Folder], Directory.GetDirectories(run.Store.Root));
    }

    [Fact]
    public void When_libtorch_fails_the_whole_epochs_stay_and_training_goes_on_from_there()
    {
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe.With(new Fault());
        Fault.Step = 4;
        var error = Assert.Throws<TorchException>(() => ClassifierTrainer.Train(recipe, _data, run));
        Assert.Contains("step 5 of 6", error.Message);
        Assert.Equal(Remedy.Resume, error.Remedy);
        Fault.Step = null;
        var listener = new Listener();
        ClassifierTrainer.Train(recipe, _data, run with { Resume = true, Progress = listener }).Dispose();
        Assert.Equal(3, Steps(listener));
    }

    [Theory]
    [InlineData("network.safetensors", 100)]
    [InlineData("network.safetensors", null)]
    [InlineData("optimizer.bin", 0)]
    [InlineData("optimizer.bin", 3000)]
    [InlineData("optimizer.bin", null)]
    [InlineData("state.json", 10)]
    public void A_damaged_checkpoint_is_a_typed_error_that_names_the_file(string file, int? length)
    {
        RunContext run = Toys.Run(_folder);
        Interrupt(Toys.Recipe, run, 2);
        string path = Path.Combine(run.Store.CheckpointOf("classifier", Toys.Recipe.Key(_data.Train)), file);
        if (length is { } keep)
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..keep]);
        else
            File.Delete(path);
        var error = Assert.ThrowsAny<WsssException>(() => ClassifierTrainer.Train(Toys.Recipe, _data, run with { Resume = true }));
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void Another_optimizers_checkpoint_is_a_typed_error()
    {
        RunContext run = Toys.Run(_folder);
        Recipe sgd = Toys.Recipe with { Optimizer = Toys.Recipe.Optimizer with { Kind = OptimizerKind.Sgd } };
        Interrupt(Toys.Recipe, run, 2);
        Interrupt(sgd, run, 2);
        string PathOf(Recipe recipe) => Path.Combine(run.Store.CheckpointOf("classifier", recipe.Key(_data.Train)), "optimizer.bin");
        File.Copy(PathOf(sgd), PathOf(Toys.Recipe), overwrite: true);
        Assert.Contains(
            "optimizer.bin",
            Assert.ThrowsAny<WsssException>(() => ClassifierTrainer.Train(Toys.Recipe, _data, run with { Resume = true })).Message
        );
    }

    [Fact]
    public void The_second_call_loads_from_the_store()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier first = ClassifierTrainer.Train(Toys.Recipe, _data, run);
        var listener = new Listener();
        using TrainedClassifier second = ClassifierTrainer.Train(Toys.Recipe, _data, run with { Progress = listener });
        Assert.Empty(listener.Reports);
        Assert.Equal(WsssJson.Write(first.History), WsssJson.Write(second.History));
        Assert.Equal(first.Folder, second.Folder);
        Assert.Equal(["artifact.json", "events.out.tfevents", "history.json", "network.safetensors", "provenance.json", "recipe.json"],
            Directory.GetFiles(first.Folder).Select(Path.GetFileName).Order());

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Tensor images = randn(2, 3, Toys.Size, Toys.Size);
        Assert.Equal(Toys.Values(first.Network.call(images, null).Logits), Toys.Values(second.Network.call(images, null).Logits));
        Recipe stored = WsssJson.Read<Recipe>(File.ReadAllText(Path.Combine(first.Folder, "recipe.json")), "recipe.json");
        Assert.Equal(Toys.Recipe.Key(_data.Train), stored.Key(_data.Train));
    }

    [Fact]
    public void A_diverged_loss_stops_training_and_names_the_term()
    {
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe.With(new LogitPenalty { Weight = double.NaN });
        string message = Assert.Throws<RecipeException>(() => ClassifierTrainer.Train(recipe, _data, run)).Message;
        Assert.Contains("step 1", message);
        Assert.Contains($"{nameof(LogitPenalty)}: size NaN", message);
        Assert.False(run.Store.Has("classifier", recipe.Key(_data.Train)));

        string file = run.Store.CheckpointOf("classifier", recipe.Key(_data.Train)).Replace(".checkpoint", ".diverged.json");
        Assert.Contains($"named in '{file}'", message);
        using (var kept = JsonDocument.Parse(File.ReadAllText(file)))
        {
            string[] images = [.. kept.RootElement.GetProperty("images").EnumerateArray().Select(id => id.GetString()!)];
            var options = new LoaderOptions { BatchSize = 4, Augmentation = recipe.Augmentation, Shuffle = true, Seed = recipe.Seed };
            using var first = new Loader(_data.Train, options, CPU).Epoch(0).First();
            Assert.Equal(first.Ids, images);
            Assert.Equal("NaN", kept.RootElement.GetProperty("losses").GetProperty($"{nameof(LogitPenalty)}: size").GetString());
        }

        Recipe tooFast = Toys.Recipe with { Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd, LearningRate = 1e20 } };
        Assert.Contains("learning rate", Assert.Throws<RecipeException>(() => ClassifierTrainer.Train(tooFast, _data, run)).Message);
    }

    [Fact]
    public void A_weight_that_the_last_step_spoils_stops_training_too()
    {
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe.With(new Pole());
        string message = Assert.Throws<RecipeException>(() => ClassifierTrainer.Train(recipe, _data, run)).Message;
        Assert.Contains("step 6: it made a number of '", message);
        Assert.False(run.Store.Has("classifier", recipe.Key(_data.Train)));
    }

    [Fact]
    public void Other_threads_and_devices_give_another_key()
    {
        string one = Toys.Recipe.Key(_data.Train);
        using (new OnThreads(2))
        {
            Assert.NotEqual(one, Toys.Recipe.Key(_data.Train));
            Assert.Equal("cpu, threads 2", TorchRuntime.Arithmetic(CPU));
        }
        Assert.Equal(one, Toys.Recipe.Key(_data.Train, CPU));
        Assert.NotEqual(one, Toys.Recipe.Key(_data.Train, new Device(TorchSharp.DeviceType.CUDA, 0)));
    }

    [Fact]
    public void Less_than_one_batch_of_images_is_an_error()
    {
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe with { BatchSize = 13 };
        string message = Assert.Throws<RecipeException>(() => ClassifierTrainer.Train(recipe, _data, run)).Message;
        Assert.Contains("13", message);
        Assert.Contains("12", message);
        Assert.False(run.Store.Has("classifier", recipe.Key(_data.Train)));
    }

    [Fact]
    public void Wrong_options_and_missing_weights_are_errors_before_any_work()
    {
        RunContext run = Toys.Run(_folder) with { Progress = new Listener(_ => Assert.Fail("Work began.")) };
        Assert.Throws<RecipeException>(() => ClassifierTrainer.Train(Toys.Recipe with { Epochs = 0 }, _data, run));
        Assert.Throws<RecipeException>(() =>
            ClassifierTrainer.Train(Toys.Recipe with { Backbone = Toys.RandomBackbone with { Name = "none" } }, _data, run)
        );
        Assert.Throws<WeightFileException>(() =>
            ClassifierTrainer.Train(Toys.Recipe with { Backbone = new BackboneSpec { Weights = "none.safetensors" } }, _data, run)
        );
        Assert.False(Directory.Exists(run.Store.Root));
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Sgd)]
    public void No_tensor_survives_training(OptimizerKind kind)
    {
        Recipe recipe = Toys.Recipe with { Optimizer = Toys.Recipe.Optimizer with { Kind = kind } };
        long before = Toys.LiveTensors;
        ClassifierTrainer.Train(recipe, _data, Toys.Run(_folder)).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
        Interrupt(recipe, Toys.Run(_folder, "parts"), 4);
        Assert.Equal(before, Toys.LiveTensors);
        ClassifierTrainer.Train(recipe, _data, Toys.Run(_folder, "parts") with { Resume = true }).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Live_tensors_do_not_grow_from_step_to_step()
    {
        var live = new List<long>();
        var run = Toys.Run(_folder) with { Progress = new Listener(_ => live.Add(Toys.LiveTensors)) };
        ClassifierTrainer.Train(Toys.Recipe with { Epochs = 3 }, _data, run).Dispose();
        Assert.Equal(9, live.Count);
        Assert.Equal(live[1], live[^1]);
    }

    private byte[] Weights(Recipe recipe, string store)
    {
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, _data, Toys.Run(_folder, store));
        return File.ReadAllBytes(Path.Combine(trained.Folder, "network.safetensors"));
    }

    private void Interrupt(Recipe recipe, RunContext run, int afterStep)
    {
        using var stop = new CancellationTokenSource();
        var listener = new Listener(progress =>
        {
            if (progress.Stage == Stage && progress.Done == afterStep)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            ClassifierTrainer.Train(recipe, _data, run with { Progress = listener, Cancellation = stop.Token })
        );
        Assert.Equal(afterStep, Steps(listener));
    }

    private static int Steps(Listener listener) => listener.Reports.Count(progress => progress.Stage == Stage);

    private static string WithoutSeconds(TrainingHistory history) =>
        WsssJson.Write(history.Epochs.Select(epoch => epoch with { Seconds = 0 }));

    /// <summary>A technique whose loss is 0 and whose gradient is none, at the last step.</summary>
    private sealed record Pole : Technique, ILossTerm
    {
        public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context) =>
            [("pole", context.Step.Step == context.Step.TotalSteps - 1 ? (context.Output.Logits * 0).sum().sqrt() : zeros(1).sum())];
    }

    /// <summary>A technique during which libtorch fails.</summary>
    private sealed record Fault : Technique, ILossTerm
    {
        public static int? Step { get; set; }

        public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context) =>
            [("fault", context.Step.Step == Step ? ones(2).add_(ones(3)).sum() : zeros(1).sum())];
    }
}
