using TorchSharp.Modules;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class StepMemoryTests
{
    private static Recipe Plain { get; } = new();

    [Fact]
    public void Outputs_and_weights_are_counted_as_by_hand()
    {
        // 3·3·3·2 + 2 weights; outputs of 2 × 8·8 and 2 × 4·4 numbers of 4 bytes, the last also as scores and their softmax.
        using var network = nn.Sequential(("conv", LayerFactory.ConvWithBias(3, 2, 3)), ("pool", nn.MaxPool2d(2)));
        using var images = rand(2, 3, 8, 8);
        var memory = Count(network, images);
        Assert.Equal((long)(1.3 * 4 * (2 * 64 + 3 * 2 * 16)), memory.PerImage);
        Assert.Equal(4 * 4 * 56 + 128_000_000, memory.Fixed);
        Assert.Equal(memory.Fixed + 3 * memory.PerImage, memory.For(3));
        Assert.Equal(5 * 4 * 56 + 128_000_000, Count(network, images, Plain with { Averaging = .9 }).Fixed);
        Assert.Equal(6 * 4 * 56 + 128_000_000, Count(network, images, Plain with { Averaging = .9, Patience = 1 }).Fixed);
    }

    [Fact]
    public void Layers_of_tokens_count_with_what_they_are_given()
    {
        using Linear layer = nn.Linear(10, 20, hasBias: false);
        using var tokens = rand(2, 5, 10);
        using var network = nn.Sequential(("linear", layer));
        Assert.Equal((long)(1.3 * 4 * 5 * (10 + 3 * 20)), Count(network, tokens).PerImage);
    }

    [Fact]
    public void It_does_not_depend_on_how_many_images_are_looked_at()
    {
        using var network = nn.Sequential(("conv", LayerFactory.ConvWithBias(3, 4, 3)), ("relu", nn.ReLU()));
        using Tensor two = rand(2, 3, 9, 9), five = rand(5, 3, 9, 9);
        Assert.Equal(Count(network, two), Count(network, five));
    }

    [Fact]
    public void The_network_stays_as_it_was()
    {
        using var scope = NewDisposeScope();
        using BatchNorm2d norm = nn.BatchNorm2d(3);
        using var network = nn.Sequential(("norm", norm));
        network.train();
        Tensor images = rand(2, 3, 4, 4) + 5;
        float[] before = Toys.Values(norm.running_mean!);
        Count(network, images);
        Assert.True(network.training);
        Assert.Equal(before, Toys.Values(norm.running_mean!));
        int calls = 0;
        var error = Assert.Throws<InvalidOperationException>(
            () => StepMemory.Of(network, Plain, () => throw new InvalidOperationException($"{++calls}"), 2));
        Assert.Equal("1", error.Message);
        Assert.True(network.training);
    }

    private static StepMemory Count(nn.Module<Tensor, Tensor> network, Tensor images, Recipe? recipe = null) =>
        StepMemory.Of(network, recipe ?? Plain, () => network.call(images), (int)images.shape[0]);
}
