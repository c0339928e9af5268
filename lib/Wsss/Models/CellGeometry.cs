namespace Wsss.Models;

/// <summary>Where the cells of a grid lie along one axis of an image: the middle of cell i at pixel <c>Offset + Stride · i</c>.</summary>
/// <param name="Offset">Pixel of the first cell's middle; pixel 0 is the middle of the first pixel.</param>
/// <param name="Stride">Pixels from one cell to the next, above 0.</param>
public readonly record struct CellAxis(double Offset, double Stride)
{
    /// <summary>The same cells in pixels of the image in another size.</summary>
    /// <param name="from">Pixels along the axis of the image that the cells are given in.</param>
    /// <param name="to">Pixels along the axis of the other.</param>
    /// <remarks>
    /// As images are resized here (<c>align_corners: false</c>), their edges coincide: pixel x lies at (x + ½) · to/from − ½.
    /// </remarks>
    public CellAxis Resized(long from, long to)
    {
        double ratio = (double)to / from;
        return new CellAxis((Offset + 0.5) * ratio - 0.5, Stride * ratio);
    }

    /// <summary>Where the cells of a mirrored image lie in the image, in reversed order.</summary>
    /// <param name="cells">Cells along the axis.</param>
    /// <param name="pixels">Pixels along the axis.</param>
    public CellAxis Mirrored(long cells, long pixels) => this with { Offset = pixels - 1 - (Offset + Stride * (cells - 1)) };
}

/// <summary>
/// Where the cells of a grid lie in an image. A grid and an image, or two grids, are brought together by it
/// (<see cref="CellSampling"/>), never by their sizes alone.
/// </summary>
/// <remarks>
/// A convolution with an odd kernel and the same padding on both sides puts cell i of stride s at pixel s·i: n cells span
/// 0 … s·(n − 1). A patch of p pixels lies where its middle is, at p·i + (p − 1)/2, which is also where a resize by sizes alone
/// takes every cell to lie: for a convolutional network that is half a cell too far right and down.
/// </remarks>
/// <param name="Rows">Of the rows, from top to bottom.</param>
/// <param name="Columns">Of the columns, from left to right.</param>
public readonly record struct CellGeometry(CellAxis Rows, CellAxis Columns)
{
    /// <summary>The pixels of the image themselves.</summary>
    public static CellGeometry Pixels { get; } = Strided(1);

    /// <summary>The cells of a convolutional network: cell i at pixel <paramref name="stride"/> · i.</summary>
    /// <param name="stride">Pixels from one cell to the next, above 0.</param>
    public static CellGeometry Strided(double stride) => new(new CellAxis(0, stride), new CellAxis(0, stride));

    /// <summary>Cells that divide an image evenly, each in the middle of its part: the pixels of the image in a smaller size.</summary>
    /// <param name="rows">Cells from top to bottom.</param>
    /// <param name="columns">Cells from left to right.</param>
    /// <param name="height">Height of the image in pixels.</param>
    /// <param name="width">Width of the image in pixels.</param>
    public static CellGeometry Even(long rows, long columns, long height, long width) => Pixels.Resized((rows, columns), (height, width));

    /// <summary>The same cells in pixels of the image in another size, as <see cref="CellAxis.Resized"/>.</summary>
    /// <param name="from">Height and width of the image that the cells are given in.</param>
    /// <param name="to">Height and width of the other.</param>
    public CellGeometry Resized((long Height, long Width) from, (long Height, long Width) to) =>
        new(Rows.Resized(from.Height, to.Height), Columns.Resized(from.Width, to.Width));

    /// <summary>
    /// Where the cells of the image's mirror image (left to right) lie in the image, once the order of the columns is reversed.
    /// </summary>
    /// <param name="columns">Cells from left to right.</param>
    /// <param name="width">Width of the image in pixels.</param>
    public CellGeometry Mirrored(long columns, long width) => this with { Columns = Columns.Mirrored(columns, width) };
}
