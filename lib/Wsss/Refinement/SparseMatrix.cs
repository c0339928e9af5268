using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// A sparse matrix whose rows are lists of columns and weights, and its product with dense ones, on its tensors' device. An embedding bag
/// in mode sum is that product, in one pass without intermediate rows; unlike sums by index_add on a GPU it adds in a fixed order, so the
/// same input gives the same bits.
/// </summary>
/// <remarks>Keeps its own handles of the tensors it is made of, and the values of the last product.</remarks>
internal sealed class SparseMatrix : IDisposable
{
    private readonly Tensor _columns, _weights; // [N, k], or [E]
    private readonly Tensor? _bounds;           // [N + 1]
    private readonly EmbeddingBag _bag;
    private Tensor? _columnsAcross, _weightsAcross; // [k, N], once they are asked for

    /// <summary>As many columns in each row.</summary>
    /// <param name="columns">[N, k] int64.</param>
    /// <param name="weights">[N, k] float32.</param>
    public SparseMatrix(Tensor columns, Tensor weights) : this(columns, weights, bounds: null) { }

    /// <summary>Any number of columns in each row.</summary>
    /// <param name="columns">[E] int64, those of one row after those of the other.</param>
    /// <param name="weights">[E] float32.</param>
    /// <param name="bounds">[N + 1] int64, ascending: where the columns of each row begin, and E, where those of the last end.</param>
    public SparseMatrix(Tensor columns, Tensor weights, Tensor? bounds)
    {
        (_columns, _weights, _bounds) = (Keep(columns), Keep(weights), bounds is null ? null : Keep(bounds));
        // A bag that is made of rows draws random ones first, on the CPU, which takes longer than the sums and moves the generator.
        using var none = empty(0, 1);
        using var scope = NewDisposeScope(); // of the bag's first rows
        _bag = nn.EmbeddingBag_from_pretrained(none, freeze: true, mode: EmbeddingBagMode.Sum, include_last_offset: bounds is not null);
    }

    /// <summary>The same columns with other weights, as many.</summary>
    public SparseMatrix With(Tensor weights) => new(_columns, weights, _bounds);

    /// <summary>The product with a dense matrix.</summary>
    /// <param name="values">[M, C] float32, contiguous.</param>
    /// <returns>[N, C].</returns>
    public Tensor Times(Tensor values)
    {
        using var scope = NewDisposeScope();
        if (_bounds is null && values.shape[1] == 1) return SumsOfOneColumn(values).MoveToOuterDisposeScope();
        _bag.weight = new Parameter(values.detach(), requires_grad: false);
        return _bag.call(_columns, _bounds, _weights).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor? tensor in (Tensor?[])[_columns, _weights, _bounds, _columnsAcross, _weightsAcross]) tensor?.Dispose();
        _bag.Dispose();
    }

    // A bag takes a multiple of that for one column.
    private Tensor SumsOfOneColumn(Tensor values)
    {
        _columnsAcross ??= Keep(_columns.t().contiguous());
        _weightsAcross ??= Keep(_weights.t().contiguous());
        return values.t().expand(_columnsAcross.shape[0], -1).gather(1, _columnsAcross).mul_(_weightsAcross).sum([0]).unsqueeze(1);
    }

    private static Tensor Keep(Tensor tensor) => tensor.alias().DetachFromDisposeScope();
}
