using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// Reads grids at the places of other grids or of pixels, by where their cells lie. Differentiable; each axis is one product
/// with a matrix of a few weights a row, which is exact where places coincide, and twice to ten times as fast as
/// <c>interpolate</c> or <c>grid_sample</c>.
/// </summary>
/// <remarks>
/// The last bit of a matrix product depends on where in memory its factors begin: a tensor that was made of managed memory lies
/// anywhere, so that it must be copied (<c>clone</c>) before where the same call shall always give the same bits.
/// </remarks>
public static class CellSampling
{
    /// <summary>A grid at the places of another one: bilinear between the cells, the outermost cells' values beyond them.</summary>
    /// <param name="grid">[N, C, h, w] floating point.</param>
    /// <param name="cells">Where its cells lie.</param>
    /// <param name="places">Where it is wanted, in pixels of the same image.</param>
    /// <param name="rows">Rows h' of the places.</param>
    /// <param name="columns">Columns w' of the places.</param>
    /// <returns>[N, C, h', w']; <paramref name="grid"/> itself where its cells are the places.</returns>
    public static Tensor At(Tensor grid, CellGeometry cells, CellGeometry places, long rows, long columns) =>
        AtRows(AtColumns(grid, cells.Columns, places.Columns, columns), cells.Rows, places.Rows, rows);

    /// <summary>A grid at the pixels of the image that its cells lie in.</summary>
    /// <param name="grid">[N, C, h, w] floating point.</param>
    /// <param name="cells">Where its cells lie.</param>
    /// <param name="height">H, height of the image in pixels.</param>
    /// <param name="width">W, width of the image in pixels.</param>
    /// <returns>[N, C, H, W].</returns>
    public static Tensor AtPixels(Tensor grid, CellGeometry cells, long height, long width) =>
        At(grid, cells, CellGeometry.Pixels, height, width);

    /// <summary>
    /// Pixels averaged to the places of a grid: over the part of the image that is nearer to a cell than to its neighbours,
    /// one stride wide and cut at the edges of the image.
    /// </summary>
    /// <param name="pixels">[N, C, H, W] floating point.</param>
    /// <param name="cells">Where the cells lie; each reaches into the image.</param>
    /// <param name="rows">Rows h of the grid.</param>
    /// <param name="columns">Columns w of the grid.</param>
    /// <returns>[N, C, h, w].</returns>
    public static Tensor Average(Tensor pixels, CellGeometry cells, long rows, long columns)
    {
        Tensor down = Matrix(Overlaps(cells.Rows, rows, pixels.shape[2]), pixels);                         // [h, H]
        Tensor across = Matrix(Overlaps(cells.Columns, columns, pixels.shape[3]), pixels);                 // [w, W]
        return down.matmul(pixels.matmul(across.t()));
    }

    /// <summary>
    /// The columns alone of <see cref="At"/>: several grids that share their rows can be summed before the rows, which cost more.
    /// </summary>
    /// <returns>[N, C, h, w'].</returns>
    internal static Tensor AtColumns(Tensor grid, CellAxis cells, CellAxis places, long columns) =>
        cells == places && columns == grid.shape[3]
            ? grid
            : grid.matmul(Matrix(Between(cells, grid.shape[3], places, columns), grid).t());

    /// <summary>The rows alone of <see cref="At"/>.</summary>
    /// <returns>[N, C, h', w].</returns>
    internal static Tensor AtRows(Tensor grid, CellAxis cells, CellAxis places, long rows) =>
        cells == places && rows == grid.shape[2]
            ? grid
            : Matrix(Between(cells, grid.shape[2], places, rows), grid).matmul(grid);

    private static Tensor Matrix(double[,] weights, Tensor like) => tensor(weights).to(like.dtype).SentTo(like.device);

    // Row i: how much of each cell place i takes.
    private static double[,] Between(CellAxis cells, long count, CellAxis places, long wanted)
    {
        var weights = new double[wanted, count];
        for (long i = 0; i < wanted; i++)
        {
            double at = Math.Clamp((places.Offset + places.Stride * i - cells.Offset) / cells.Stride, 0, count - 1);
            long below = Math.Min((long)at, Math.Max(0, count - 2));
            weights[i, below] = 1 - (at - below);
            if (below + 1 < count) weights[i, below + 1] = at - below;
        }
        return weights;
    }

    // Row i: the share of each pixel in cell i.
    private static double[,] Overlaps(CellAxis cells, long count, long pixels)
    {
        var weights = new double[count, pixels];
        for (long i = 0; i < count; i++)
        {
            // Pixel x reaches from x to x + 1 here.
            double middle = cells.Offset + cells.Stride * i + 0.5;
            double start = Math.Max(0, middle - cells.Stride / 2), end = Math.Min(pixels, middle + cells.Stride / 2);
            for (long x = (long)start; x < end; x++) weights[i, x] = (Math.Min(end, x + 1) - Math.Max(start, x)) / (end - start);
        }
        return weights;
    }
}
