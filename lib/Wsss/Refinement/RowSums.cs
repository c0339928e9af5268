using TorchSharp;
using TorchSharp.Modules;
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
        using var scope = NewDisposeScope();
        using var bag = Bag(values);
        return bag.call(rows, null, weights).MoveToOuterDisposeScope();
    }

    /// <summary>Any number of rows for each sum.</summary>
    /// <param name="values">[M, C] float32.</param>
    /// <param name="rows">[E] int64 rows of <paramref name="values"/>, those of one sum after those of the other.</param>
    /// <param name="weights">[E] float32.</param>
    /// <param name="bounds">[N + 1] int64, ascending: where the rows of each sum begin, and where those of the last end.</param>
    /// <returns>[N, C].</returns>
    public static Tensor Of(Tensor values, Tensor rows, Tensor weights, Tensor bounds)
    {
        if (values.shape[1] == 1)
        {
            // Differences of running sums, in double as these grow over all rows.
            var running = Taken(values, rows, weights).cumsum(0, float64);
            var before = running.index_select(0, (bounds - 1).clamp_min(0)).mul_(bounds.gt(0)); // [N + 1]
            long count = bounds.shape[0] - 1;
            return (before.narrow(0, 1, count) - before.narrow(0, 0, count)).to(float32).unsqueeze(1);
        }
        using var scope = NewDisposeScope();
        using var bag = Bag(values, endsAreGiven: true);
        return bag.call(rows, bounds, weights).MoveToOuterDisposeScope();
    }

    // For one column a bag costs as much as for twenty.
    private static Tensor Taken(Tensor values, Tensor rows, Tensor weights) =>
        values.flatten().index_select(0, rows.flatten()).reshape(rows.shape).mul_(weights);

    private static EmbeddingBag Bag(Tensor values, bool endsAreGiven = false)
    {
        // A bag that is made of rows draws random ones first, on the CPU, which takes longer than the sums and moves the generator.
        using var none = empty(0, 1);
        var bag = nn.EmbeddingBag_from_pretrained(none, freeze: true, mode: EmbeddingBagMode.Sum, include_last_offset: endsAreGiven);
        bag.weight = new Parameter(values.detach(), requires_grad: false);
        return bag;
    }
}
