using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// Weighted sums of some rows of a matrix each, on the matrix's device: a product with a sparse matrix whose rows are lists of columns
/// and weights. An embedding bag in mode sum is that, in one pass without intermediate rows; unlike sums by index_add on a GPU it adds in a
/// fixed order, so the same input gives the same bits.
/// </summary>
internal static class RowSums
{
    /// <summary>As many rows for each sum.</summary>
    /// <param name="values">[M, C] float32.</param>
    /// <param name="rows">[N, k] int64 rows of <paramref name="values"/>.</param>
    /// <param name="weights">[N, k] float32.</param>
    /// <returns>[N, C].</returns>
    public static Tensor Of(Tensor values, Tensor rows, Tensor weights)
    {
        using var bag = Bag(values);
        return bag.call(rows, null, weights);
    }

    /// <summary>Any number of rows for each sum.</summary>
    /// <param name="values">[M, C] float32.</param>
    /// <param name="rows">[E] int64 rows of <paramref name="values"/>, those of one sum after those of the other.</param>
    /// <param name="weights">[E] float32.</param>
    /// <param name="starts">[N] int64: where the rows of each sum begin.</param>
    /// <returns>[N, C].</returns>
    public static Tensor Of(Tensor values, Tensor rows, Tensor weights, Tensor starts)
    {
        using var bag = Bag(values);
        return bag.call(rows, starts, weights);
    }

    private static TorchSharp.Modules.EmbeddingBag Bag(Tensor values) =>
        nn.EmbeddingBag_from_pretrained(values, freeze: true, mode: EmbeddingBagMode.Sum);
}
