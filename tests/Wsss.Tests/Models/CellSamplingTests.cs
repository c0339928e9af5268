using Wsss.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Tests.Models;

public sealed class CellSamplingTests
{
    [Fact]
    public void Cells_keep_their_values_between_them_values_are_linear_and_beyond_them_constant()
    {
        using var scope = NewDisposeScope();
        Tensor grid = tensor(new float[] { 1, 3, 7, 2, 4, 8 }, [1, 1, 2, 3]);
        float[] found = Toys.Values(CellSampling.AtPixels(grid, new CellGeometry(new CellAxis(1, 2), new CellAxis(0, 2)), 4, 6));
        Assert.Equal([1, 2, 3, 5, 7, 7], found[..6]);
        Assert.Equal([1, 2, 3, 5, 7, 7], found[6..12]);
        Assert.Equal([1.5f, 2.5f, 3.5f, 5.5f, 7.5f, 7.5f], found[12..18]);
        Assert.Equal([2, 3, 4, 6, 8, 8], found[18..]);
    }

    [Theory]
    [InlineData(5, 7, 41, 33)]
    [InlineData(12, 9, 4, 6)]
    [InlineData(1, 1, 3, 2)]
    [InlineData(6, 1, 6, 5)]
    public void Cells_that_divide_the_image_evenly_are_what_interpolate_does_with_sizes(int rows, int columns, int height, int width)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor grid = randn(2, 3, rows, columns);
        Tensor expected = F.interpolate(grid, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        Assert.True(
            allclose(expected, CellSampling.AtPixels(grid, CellGeometry.Even(rows, columns, height, width), height, width), 1e-5, 1e-5)
        );
    }

    [Fact]
    public void Inputs_of_a_multiple_and_one_pixel_are_aligned_corners()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor grid = randn(1, 2, 5, 4);
        Tensor expected = F.interpolate(grid, [33, 25], mode: InterpolationMode.Bilinear, align_corners: true);
        Assert.True(allclose(expected, CellSampling.AtPixels(grid, CellGeometry.Strided(8), 33, 25), 1e-5, 1e-5));
    }

    [Fact]
    public void Any_cells_are_grid_samples_with_a_border()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor grid = randn(1, 2, 5, 4);
        var cells = new CellGeometry(new CellAxis(2.3, 6.5), new CellAxis(-1.2, 11));
        Tensor Axis(CellAxis axis, long count, long pixels) =>
            (arange(pixels, float32) - (float)axis.Offset) / (float)axis.Stride / (count - 1) * 2 - 1;
        Tensor[] places = [Axis(cells.Columns, 4, 37).expand(31, 37), Axis(cells.Rows, 5, 31).unsqueeze(1).expand(31, 37)];
        Tensor expected = F.grid_sample(grid, stack(places, 2).unsqueeze(0), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, true);
        Assert.True(allclose(expected, CellSampling.AtPixels(grid, cells, 31, 37), 1e-4, 1e-5));
    }

    [Fact]
    public void Places_that_are_the_cells_give_the_grid_itself()
    {
        using var scope = NewDisposeScope();
        Tensor grid = randn(1, 2, 5, 4);
        Assert.Same(grid, CellSampling.At(grid, CellGeometry.Strided(8), CellGeometry.Strided(8), 5, 4));
        Assert.NotSame(grid, CellSampling.At(grid, CellGeometry.Strided(8), CellGeometry.Strided(8), 5, 3));
    }

    [Fact]
    public void An_average_is_over_the_pixels_around_each_cell_and_cut_at_the_edges()
    {
        using var scope = NewDisposeScope();
        Tensor line = tensor(new float[] { 1, 2, 4, 8, 16, 32, 64 }, [1, 1, 1, 7]);
        // Cells at 0, 3, 6 of stride 3: pixels 0 1, 2 3 4, 5 6.
        Assert.Equal(
            [1.5f, 28 / 3f, 48],
            Toys.Values(CellSampling.Average(line, new CellGeometry(new CellAxis(0, 1), new CellAxis(0, 3)), 1, 3)),
            Near
        );
        // At 0, 4 of stride 4: half of pixel 2 to each.
        float[] halves = Toys.Values(CellSampling.Average(line, new CellGeometry(new CellAxis(0, 1), new CellAxis(0, 4)), 1, 2));
        Assert.Equal([(1 + 2 + 2) / 2.5f, (2 + 8 + 16 + 32 + 32) / 4f], halves, Near);
        random.manual_seed(1);
        Tensor image = randn(2, 3, 12, 20);
        Assert.True(allclose(F.avg_pool2d(image, 4), CellSampling.Average(image, CellGeometry.Even(3, 5, 12, 20), 3, 5), 1e-5, 1e-5));
        Assert.True(allclose(image, CellSampling.Average(image, CellGeometry.Pixels, 12, 20), 1e-6, 1e-6));
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor grid = randn(1, 2, 3, 4), weights = randn(1, 2, 9, 7, float64), cellWeights = randn(1, 2, 2, 2, float64);
        Toys.CheckGradient(x => (CellSampling.AtPixels(x, CellGeometry.Strided(2.5), 9, 7) * weights).sum(), grid);
        Toys.CheckGradient(x => (CellSampling.Average(x, CellGeometry.Strided(2), 2, 2) * cellWeights).sum(), grid);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5;
}
