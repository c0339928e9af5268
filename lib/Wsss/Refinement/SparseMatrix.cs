using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// A sparse matrix whose rows are lists of columns and weights, and its product with dense ones, on its tensors' device. An embedding bag
/// in mode sum is that product, in one pass without intermediate rows; unlike sums by index_add on a GPU it adds in a fixed order, so the
/// same input gives the same bits.
/// </summary>
/// <remarks>Keeps its own handles of the tensors it is made of.</remarks>
internal sealed class SparseMatrix : IDisposable
{
    // A GPU gives a row of the product to one thread, and would wait for the longest list.
    private const int MostTogether = 64;

    private readonly Tensor _columns, _weights; // [N, k], or [E]
    private readonly Tensor? _bounds;           // [lists + 1]
    private readonly SparseMatrix? _parts;      // [N, lists] where lists are parts of rows
    private readonly EmbeddingBag _bag;
    private Tensor? _columnsAcross, _weightsAcross; // [k, N], once they are asked for

    /// <summary>As many columns in each row.</summary>
    /// <param name="columns">[N, k] int64.</param>
    /// <param name="weights">[N, k] float32.</param>
    public SparseMatrix(Tensor columns, Tensor weights) : this(columns, weights, null, null) { }

    private SparseMatrix(Tensor columns, Tensor weights, Tensor? bounds, SparseMatrix? parts)
    {
        (_columns, _weights, _bounds, _parts) = (Keep(columns), Keep(weights), bounds is null ? null : Keep(bounds), parts);
        // A bag that is made of rows draws random ones first, on the CPU, which takes longer than the sums and moves the generator.
        using var none = empty(0, 1);
        using var scope = NewDisposeScope(); // of the bag's first rows
        _bag = nn.EmbeddingBag_from_pretrained(none, freeze: true, mode: EmbeddingBagMode.Sum, include_last_offset: bounds is not null);
    }

    /// <summary>Any number of columns in each row.</summary>
    /// <param name="columns">[E] int64, those of one row after those of the other.</param>
    /// <param name="weights">[E] float32.</param>
    /// <param name="bounds">[N + 1] int64, ascending: where the columns of each row begin, and E, where those of the last end.</param>
    public static SparseMatrix OfLists(Tensor columns, Tensor weights, Tensor bounds)
    {
        using var scope = NewDisposeScope();
        if (columns.device_type == DeviceType.CPU) return new SparseMatrix(columns, weights, bounds, null);
        // A part begins where a row does, and at every so many columns.
        var begins = arange(columns.shape[0] + 1, int64, columns.device).remainder(MostTogether).eq(0).index_fill_(0, bounds, true);
        var parts = begins.nonzero().flatten();                                                // [parts + 1], E last
        var partsOfRows = begins.cumsum(0).index_select(0, bounds).sub_(1);                    // [N + 1]
        long count = parts.shape[0] - 1;
        var all = arange(count, int64, columns.device);
        return new SparseMatrix(columns, weights, parts, new(all, ones(count, float32, columns.device), partsOfRows, null));
    }

    /// <summary>The same columns with other weights, as many.</summary>
    public SparseMatrix With(Tensor weights) => new(_columns, weights, _bounds, _parts?.With(_parts._weights));

    /// <summary>The product with a dense matrix.</summary>
    /// <param name="values">[M, C] float32, contiguous.</param>
    /// <returns>[N, C].</returns>
    public Tensor Times(Tensor values)
    {
        using var scope = NewDisposeScope();
        if (_bounds is null && values.shape[1] == 1) return SumsOfOneColumn(values).MoveToOuterDisposeScope();
        _bag.weight = new Parameter(values.detach(), requires_grad: false);
        var sums = _bag.call(_columns, _bounds, _weights);
        return (_parts is null ? sums : _parts.Times(sums)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor? tensor in (Tensor?[])[_columns, _weights, _bounds, _columnsAcross, _weightsAcross]) tensor?.Dispose();
        _parts?.Dispose();
        _bag.Dispose();
    }

    // For one column a bag costs as much as for many.
    private Tensor SumsOfOneColumn(Tensor values)
    {
        _columnsAcross ??= Keep(_columns.t().contiguous());
        _weightsAcross ??= Keep(_weights.t().contiguous());
        return values.flatten().index_select(0, _columnsAcross.flatten()).view(_columnsAcross.shape)
            .mul_(_weightsAcross).sum([0]).unsqueeze(1);
    }

    private static Tensor Keep(Tensor tensor) => tensor.alias().DetachFromDisposeScope();
}
