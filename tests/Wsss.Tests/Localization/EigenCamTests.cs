using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class EigenCamTests
{
    [Fact]
    public void The_map_of_features_that_vary_together_is_that_pattern_with_its_peak_positive()
    {
        // A = (2, 1, −2) · u: σ₁ = 3 |u|, so the map is ±3 u, and u's largest value is negative.
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, 0, 0, 1, 0], 0, 0);
        float[] u = [1, -3, 2, 0];
        Tensor images = tensor(new[] { 2, 1, -2 }.SelectMany(factor => u.Select(value => factor * value)).ToArray(), [1, 3, 2, 2]);
        Tensor maps = new EigenCam().Extract(network, images, [1, 0]);
        Assert.Equal([1, 2, 2, 2], maps.shape);
        Assert.Equal([0, 9, 0, 0, 0, 9, 0, 0], Toys.Values(maps), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [InlineData(1, 2)] // fewer places than channels
    [InlineData(5, 7)]
    public void It_is_the_projection_on_the_first_right_singular_vector(int height, int width)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        Tensor images = randn(3, 3, height, width);
        Tensor maps = new EigenCam().Extract(network, images, [0]);
        for (int i = 0; i < 3; i++)
        {
            Tensor a = images[i].flatten(1).t();                                       // [h·w, K]
            Tensor projection = a.matmul(linalg.svd(a, fullMatrices: false).Vh[0]);    // [h·w]
            if (projection.amax().item<float>() < -projection.amin().item<float>()) projection = -projection;
            Assert.Equal(Toys.Values(projection.relu()), Toys.Values(maps[i]), (x, y) => Math.Abs(x - y) < 1e-4);
        }
    }

    [Fact]
    public void Features_without_any_activity_have_an_empty_map()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        Assert.All(Toys.Values(new EigenCam().Extract(network, zeros(1, 3, 3, 3), [0])), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Any_layer_can_be_looked_at_and_nothing_is_left_behind()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(2, 3, 32, 40);
        long before = Toys.LiveTensors;
        foreach ((string layer, int side) in (ReadOnlySpan<(string, int)>)[("relu", 16), ("layer3.1", 4)])
        {
            using Tensor maps = new EigenCam { Layer = layer }.Extract(network, images, [0, 1]);
            Assert.Equal([2, 2, side, side * 40 / 32], maps.shape);
            Assert.Contains(Toys.Values(maps), value => value > 0);
        }
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Throws<RecipeException>(() => new EigenCam { Layer = "none" }.Extract(network, images, [0]));
    }
}
