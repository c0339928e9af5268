using Wsss.Data;
using Wsss.Menagerie;
using Wsss.Models;
using Wsss.Saliency;
using Wsss.Tests.Data;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Saliency;

public sealed class ObjectnessTests : IDisposable
{
    private static readonly ObjectnessRecipe Recipe = new()
    {
        Backbone = Toys.RandomBackbone,
        Epochs = 6,
        BatchSize = 4,
        Augmentation = Toys.Recipe.Augmentation,
        Optimizer = Toys.Recipe.Optimizer,
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(32, 32)]
    [InlineData(37, 50)]
    public void The_map_has_the_size_of_the_image(int width, int height)
    {
        using var scope = NewDisposeScope();
        using var network = new ObjectnessNetwork(new MenagerieNet());
        network.eval();
        Assert.Equal([2, 1, height, width], network.call(zeros(2, 3, height, width)).shape);
    }

    [Fact]
    public void Grids_are_resized_from_edge_to_edge()
    {
        using var scope = NewDisposeScope();
        using var network = new ObjectnessNetwork(new MenagerieNet());
        network.eval();
        Dictionary<string, Tensor> state = network.state_dict();
        // The edges' first channel is red, of which the grid of half the size has every second pixel, and it alone counts.
        (string Weight, TensorIndex[] One)[] path =
        [
            ("edges.conv.weight", [0, 0, 1, 1]), ("fine.conv.weight", [0, 32, 1, 1]), ("objectness.weight", [0, 0, 0, 0]),
        ];
        using (no_grad())
        {
            foreach (var (weight, one) in path)
            {
                state[weight].zero_();
                state[weight][one] = 1;
            }
            state["objectness.bias"].zero_();
        }
        Tensor map = network.call(arange(16, float32).expand(1, 3, 16, 16));
        // Red x lies at x + ½, half a pixel right of its own place, up to the borders.
        float[] expected = [.. Enumerable.Range(0, 16).Select(x => Math.Clamp(x - 0.5f, 0, 14))];
        Assert.Equal(expected, Toys.Values(map[0, 0, 7]), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void Training_learns_where_objects_are_and_the_second_time_takes_them_from_the_store()
    {
        RunContext run = Toys.Run(_folder);
        IMaskedSource scenes = Scenes(16, 1), held = Scenes(6, 2);
        long before = Toys.LiveTensors;
        var (network, history) = ObjectnessTrainer.Train(Recipe, scenes, held, run);
        double[] losses = [.. history.Epochs.Select(epoch => epoch.Losses["cross-entropy"])];
        Assert.True(losses[^1] < 0.7 * losses[0], string.Join(", ", losses));
        Assert.Equal(ObjectnessTrainer.Evaluate(network, held, run).IoU, history.Epochs[^1].Metrics["IoU"]);
        network.Dispose();
        ObjectnessTrainer.Train(Recipe, scenes, held, run with { Progress = new Listener() }).Network.Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void A_network_that_says_object_everywhere_is_scored_by_hand()
    {
        using var scope = NewDisposeScope();
        using var network = new ObjectnessNetwork(new MenagerieNet());
        network.eval();
        using (no_grad())
        {
            var state = network.state_dict();
            state["objectness.weight"].zero_();
            state["objectness.bias"].fill_(1);
        }
        // A quarter of each image is object.
        var quarter = Toys.Select(
            Toys.Blobs(3),
            sample => WithTruth(sample, i => i % Toys.Size < Toys.Size / 2 && i / Toys.Size < Toys.Size / 2)
        );
        Assert.Equal(new ObjectnessScore(0.25, 0.25, 1), ObjectnessTrainer.Evaluate(network, quarter, Toys.Run(_folder)));
    }

    [Fact]
    public void Photographs_have_no_such_truth()
    {
        string message = Assert
            .Throws<DataSetException>(() => ObjectnessTrainer.Train(Recipe, Toys.Blobs(8), Toys.Blobs(2), Toys.Run(_folder)))
            .Message;
        Assert.Contains("blob_1_", message);
    }

    [Fact]
    public void The_command_writes_a_network_that_says_what_it_has_seen()
    {
        string file = _folder.File("objectness.safetensors");
        ObjectnessResult result = ObjectnessPretraining.Run(file, SceneScale.Smoke, seed: 1, Toys.Run(_folder));
        Assert.Single(result.History.Epochs);
        Assert.InRange(result.TargetObjects.IoU, 0.05, 1);
        using var network = new ObjectnessNetwork(new MenagerieNet());
        Assert.True(NetworkWeights.Load(network, file).IsExact);
        using SafeTensorsFile opened = SafeTensorsFile.Open(file);
        foreach (string target in DrawnScenes.TargetClasses) Assert.DoesNotContain(target, opened.Metadata["trained_on"]);
    }

    private static HandMadeSource Scenes(int count, int seed) =>
        Toys.Select(Toys.Blobs(count, seed), sample => WithTruth(sample, i => sample.Mask!.Values[i] > 0));

    private static MaskedSample WithTruth(MaskedSample sample, Func<int, bool> isObject)
    {
        LabelMap Map(Func<int, bool> on) => new(sample.Image.Width, sample.Image.Height,
            [.. Enumerable.Range(0, sample.Image.Width * sample.Image.Height).Select(i => (byte)(on(i) ? 1 : 0))]);
        return sample with { Truth = new SceneTruth(Map(_ => false), Map(isObject), Map(_ => false)) };
    }

    private sealed class Listener : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => Assert.Fail($"Trained again: {value.Stage}");
    }
}
