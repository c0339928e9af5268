using System.Runtime.InteropServices;
using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class MicroBatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits();
    private readonly List<WorkProgress> _reports = [];
    private readonly RunContext _run;

    public MicroBatchTests() => _run = new RunContext
    {
        Device = CPU,
        Store = new ArtifactStore(_folder.File("store")),
        Workers = 1,
        Progress = new Recorder(_reports),
        Cancellation = TestContext.Current.CancellationToken,
    };

    public void Dispose() => _folder.Dispose();

    private static Recipe Plain { get; } = new()
    {
        Backbone = Toys.RandomBackbone,
        Augmentation = Augmentation.Resize(Toys.Size),
        Epochs = 2,
        BatchSize = 6,
    };

    // In evaluation mode, as batch normalisation and dropout see a part at a time.
    [Fact]
    public void Parts_of_a_step_give_the_gradient_of_the_step()
    {
        var (whole, _, wholeHistory, wholeFolder) = Train(Plain, fitting: 6);
        var (parts, _, partsHistory, partsFolder) = Train(Plain with { MicroBatch = 2 }, fitting: 2);
        using var first = whole;
        using var second = parts;
        Assert.NotEqual(wholeFolder, partsFolder);
        Assert.Equal(wholeHistory.Epochs.Select(epoch => epoch.Losses["classification"]),
            partsHistory.Epochs.Select(epoch => epoch.Losses["classification"]), (a, b) => Math.Abs(a - b) < 1e-4);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var images = rand(2, 3, Toys.Size, Toys.Size);
        Assert.True(whole.call(images, null).Logits.allclose(parts.call(images, null).Logits, rtol: 1e-3, atol: 1e-3));
    }

    [Fact]
    public void A_recipe_without_parts_is_written_as_before()
    {
        Assert.DoesNotContain("microBatch", Plain.ToJson());
        Assert.Contains("\"microBatch\": 2", (Plain with { MicroBatch = 2 }).ToJson());
        Assert.Equal([1, 1, 2, 2, 3, 3], new[] { 0, 6, 5, 3, 2, 2 }.Select(images => (Plain with { MicroBatch = images }).Parts));
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(6, -1)]
    [InlineData(3, 2)]
    public void Parts_of_one_image_are_refused(int batch, int images)
    {
        var error = Assert.Throws<RecipeException>((Plain with { BatchSize = batch, MicroBatch = images }).Validate);
        Assert.Contains($"found {batch} images, {images} at once", error.Message);
    }

    [Fact]
    public void A_part_of_a_batch_has_all_that_comes_with_its_images()
    {
        using var scope = NewDisposeScope();
        var batch = new Batch(["a", "b", "c"], arange(3).reshape(3, 1, 1, 1), arange(3).reshape(3, 1) * 10)
        {
            Planes = new Dictionary<string, Tensor> { ["p"] = arange(3) * 100 },
            MixedIn = new Dictionary<string, Tensor> { ["q"] = arange(3) * 1000 },
        };
        Assert.Same(batch, batch.Part(0, 1));
        Batch first = batch.Part(0, 2), second = batch.Part(1, 2);
        Assert.Equal(["a"], first.Ids);
        Assert.Equal(["b", "c"], second.Ids);
        Assert.Equal([1, 2], second.Images.flatten().data<long>().ToArray());
        Assert.Equal([10, 20], second.Labels.flatten().data<long>().ToArray());
        Assert.Equal([100, 200], second.Planes["p"].data<long>().ToArray());
        Assert.Equal([1000, 2000], second.MixedIn["q"].data<long>().ToArray());
    }

    [Fact]
    public void A_training_that_lacks_memory_is_tried_once_more_with_half_the_images_at_once()
    {
        var (network, recipe, history, folder) = Train(Plain, fitting: 3);
        network.Dispose();
        Assert.Equal(3, recipe.MicroBatch);
        Assert.Equal(2, history.Epochs.Count);
        Assert.Contains("\"microBatch\": 3", File.ReadAllText(Path.Combine(folder, "recipe.json")));
        Assert.Contains(_reports, report => report.Detail == "the memory does not suffice: again, 3 images at once");
    }

    [Fact]
    public void A_training_that_lacks_memory_for_half_too_says_so()
    {
        var error = Assert.Throws<TorchException>(() => Train(Plain, fitting: 2));
        Assert.Equal(Remedy.UseLessMemory, error.Remedy);
        Assert.Contains("can't allocate memory", error.Message);
    }

    private (Classifier Network, Recipe Recipe, TrainingHistory History, string Folder) Train(Recipe recipe, int fitting) =>
        StoredTraining.TrainOrLoad(
            () => recipe.CreateClassifier(_data.Train.ClassNames), (network, fitted) => new Narrow(network, fitted, fitting), recipe,
            _data.Train, _run);

    /// <summary>Trains in evaluation mode on a machine on which so many images fit.</summary>
    private sealed class Narrow(Classifier network, Recipe recipe, int fitting) : TrainingTask
    {
        public override string Stage => "train";

        public override nn.Module Network => network;

        public override Backbone Backbone => network.Backbone;

        public override IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step)
        {
            if (batch.Ids.Count > fitting)
                throw new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.");
            network.eval();
            return ClassifierTrainer.Losses(recipe, network, batch, step);
        }

        public override IReadOnlyDictionary<string, double> Validate(RunContext run) => new Dictionary<string, double> { ["mAP"] = 0 };
    }

    private sealed class Recorder(List<WorkProgress> reports) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => reports.Add(value);
    }
}
