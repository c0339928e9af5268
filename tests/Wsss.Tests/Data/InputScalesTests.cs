using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Tests.Data;

public sealed class InputScalesTests
{
    [Theory]
    [InlineData(0.5, 2, 4)] // 1.5 and 3.5 round to the even neighbour
    [InlineData(1.5, 4, 10)]
    [InlineData(0.01, 1, 1)]
    [InlineData(8, 24, 56)]
    public void Sides_are_rounded_and_at_least_1(double scale, int height, int width)
    {
        using var scope = NewDisposeScope();
        Assert.Equal([2, 3, height, width], InputScales.Resize(zeros(2, 3, 3, 7), scale).shape);
    }

    [Fact]
    public void Images_are_resized_from_edge_to_edge()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0.5f, 2.5f], Toys.Values(InputScales.Resize(arange(4, float32).reshape(1, 1, 1, 4), 0.5)));
    }

    [Fact]
    public void Scale_1_is_the_image_itself()
    {
        using Tensor images = zeros(1, 3, 4, 4);
        Assert.Same(images, InputScales.Resize(images, 1));
    }

    [Theory]
    [InlineData()]
    [InlineData(0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(double.NaN)]
    [InlineData(8.1)]
    public void Scales_outside_their_range_are_refused(params double[] scales)
    {
        Assert.Throws<RecipeException>(() => InputScales.Check(scales));
        InputScales.Check([0.1, 1, InputScales.Largest]);
    }
}
