using Wsss.Data;
using Wsss.Models;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class AffinityNetworkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("menagerie_net", 8)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("resnet18", 16)]
    public void Every_backbone_gives_a_boundary_at_stride_4(string name, int outputStride)
    {
        using var scope = NewDisposeScope();
        using var network = new AffinityNetwork(Backbones.Create(name, outputStride));
        network.eval();
        Tensor boundary = network.call(rand(2, 3, 66, 47));
        Assert.Equal([2, 1, 17, 12], boundary.shape);
        Assert.InRange(boundary.min().item<float>(), 0, boundary.max().item<float>());
        Assert.True(boundary.max().item<float>() <= 1);
    }

    [Fact]
    public void Training_changes_the_branch_and_leaves_the_backbone_alone()
    {
        var seeds = new TargetSource(Toys.Blobs(8));
        AffinityRecipe recipe = Recipe;
        using Backbone before = Create(recipe);
        using AffinityNetwork network = AffinityTrainer.Train(recipe, seeds, Toys.Run(_folder));
        Assert.False(network.training);
        var expected = before.state_dict();
        Assert.All(network.Backbone.state_dict(), entry => Assert.True(expected[entry.Key].allclose(entry.Value, 0, 0), entry.Key));
        using AffinityNetwork again = AffinityTrainer.Train(recipe, seeds, Toys.Run(_folder));
        Assert.All(network.state_dict(), entry => Assert.True(entry.Value.allclose(again.state_dict()[entry.Key], 0, 0), entry.Key));
    }

    [Fact]
    public void It_learns_which_pixels_of_other_images_belong_together()
    {
        using AffinityNetwork network = AffinityTrainer.Train(
            Recipe with
            {
                Epochs = 30,
            },
            new TargetSource(Toys.Blobs(8)),
            Toys.Run(_folder)
        );
        IMaskedSource others = Toys.Blobs(4, seed: 9);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        double loss = 0;
        for (int i = 0; i < others.Count; i++)
        {
            Sample sample = others.Load(i);
            Tensor seeds = tensor(others.Mask(i).Values.Select(value => (long)value).ToArray(), [1, 32, 32]);
            Tensor grid = seeds[TensorIndex.Ellipsis, TensorIndex.Slice(step: 4), TensorIndex.Slice(step: 4)];
            loss += AffinityLoss
                .Of(network.call(Loader.ImageTensor(sample.Image, CPU)), grid, PairPaths.Within(Recipe.Radius))
                .item<float>();
        }
        Assert.InRange(loss / others.Count, 0, 0.9 * Math.Log(2)); // log 2 is the least that a constant boundary, ½, can cost
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var network = new AffinityNetwork(Backbones.Create("menagerie_net", 8));
        network.eval();
        using Tensor images = rand(1, 3, 32, 32);
        using var noGradients = no_grad();
        long before = Toys.LiveTensors;
        network.call(images).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static AffinityRecipe Recipe { get; } = new()
    {
        Backbone = Toys.RandomBackbone,
        Epochs = 2,
        BatchSize = 4,
        Augmentation = Augmentation.Resize(Toys.Size),
        Optimizer = new Wsss.Training.OptimizerSpec { LearningRate = 5e-3, HeadFactor = 2 },
    };

    private static Backbone Create(AffinityRecipe recipe)
    {
        random.manual_seed(recipe.Seed);
        return recipe.Backbone.Create(2);
    }

}
