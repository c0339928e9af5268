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
        if (values.shape[1] == 1) return Taken(values, rows, weights).sum(1, keepdim: true);
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
        if (values.shape[1] == 1)
        {
            // Differences of running sums, in double as these grow over all rows.
            var running = cat([zeros(1, float64, values.device), Taken(values, rows, weights).to(float64).cumsum(0)], 0);
            var ends = cat([starts.narrow(0, 1, starts.shape[0] - 1), full(1, rows.shape[0], int64, values.device)], 0);
            return (running.index_select(0, ends) - running.index_select(0, starts)).to(float32).unsqueeze(1);
        }
        using var bag = Bag(values);
        return bag.call(rows, starts, weights);
    }

    // For one column a bag costs as much as for twenty.
    private static Tensor Taken(Tensor values, Tensor rows, Tensor weights) =>
        values.flatten().index_select(0, rows.flatten()).reshape(rows.shape).mul_(weights);

    private static TorchSharp.Modules.EmbeddingBag Bag(Tensor values) =>
        nn.EmbeddingBag_from_pretrained(values, freeze: true, mode: EmbeddingBagMode.Sum);
}
