using Wsss.Data;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class TensorWalkTests
{
    [Fact]
    public void One_step_of_three_pixels_by_hand()
    {
        using var boundary = tensor([0, 0.5f, 0], [1, 3]);
        using var map = tensor([1f, 0, 0], [1, 1, 3]);
        using var x = TensorWalk.Walk(boundary, map, steps: 1, radius: 2, beta: 1);
        // x₀ = 1·1 / 1.5, x₁ = ½·1 / 2, x₂ = 0, as of the form on arrays.
        Assert.Equal([1 / 1.5f, 0.25f, 0], Toys.Values(x), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Equals_the_form_on_arrays(string device)
    {
        Compare(device, 20, 15, 3, 5, 256);
        Compare(device, 3, 2, 1, 5, 8);
        Compare(device, 31, 24, 9, 3, 64);
    }

    private static void Compare(string device, int width, int height, int count, int radius, int steps)
    {
        using var scope = NewDisposeScope();
        var random = SeededRandom.For(width);
        float[] boundary = [.. Enumerable.Range(0, width * height).Select(_ => (float)(0.4 * random.NextDouble()))];
        float[] maps = [.. Enumerable.Range(0, count * width * height).Select(_ => (float)random.NextDouble())];
        float[] expected = TransitionMatrix.FromBoundary(boundary, width, height, radius).Walk(maps, count, steps);
        var onTensors = tensor(boundary, [height, width]).to(device);
        var scores = tensor(maps, [count, height, width]).to(device);
        var walked = TensorWalk.Walk(onTensors, scores, steps, radius, beta: 10);
        Assert.Equal([count, height, width], walked.shape);
        Assert.Equal(expected, Toys.Values(walked), (a, b) => Math.Abs(a - b) < 1e-5);
    }
}
