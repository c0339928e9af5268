using TorchSharp;
using Wsss.Crf.Lattice;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// <see cref="PermutohedralLattice"/> and its filter as tensors on one device: the same vertices and weights, found by sorting keys where
/// the form on arrays has hash tables. Splat, blur and slice together give w N K N times the values.
/// </summary>
/// <remarks>Row 0 of the vertices' values is none's, and 0. All sums have a fixed order.</remarks>
internal sealed class TensorLattice : IDisposable
{
    private readonly Tensor _vertices;      // [P, d + 1] the vertices of each pixel
    private readonly Tensor _entryPixels;   // [P·(d + 1)] the pixels of each vertex, vertex by vertex
    private readonly Tensor _entryBounds;   // [M + 2] where those of each vertex begin, and where the last ones end
    private readonly (Tensor Ahead, Tensor Behind)[] _neighbours; // along each axis [M + 1], 0 for none
    private readonly Tensor _weights, _entryWeights; // of pixels' vertices [P, d + 1], of vertices' pixels [P·(d + 1)]

    /// <summary>Builds the lattice and folds normalisation and weight into it.</summary>
    /// <param name="features">What the pixels are told apart by.</param>
    /// <param name="weight">Weight w of the kernel.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="WsssException">The features span more places than a lattice can have.</exception>
    public TensorLattice(PixelFeatures features, double weight, Device device)
    {
        using var scope = NewDisposeScope();
        var layout = new LatticeKeys(features);
        var (keys, coordinates) = Simplices(Features(features, device), layout);              // [d + 1][P], [d + 1, P]
        int corners = keys.Length;
        var tables = new Tensor[corners];
        var numbers = new Tensor[corners];
        // Vertices are numbered remainder by remainder, in the order of their keys: so their pixels lie when they are sorted by these.
        var pixelsOf = new Tensor[corners];
        var weightsOf = new Tensor[corners];
        var boundsOf = new Tensor[corners + 2];
        boundsOf[0] = zeros(1, int64, device);                                                 // of vertex 0, which has no pixels
        var before = new long[corners + 1];
        for (int r = 0; r < corners; r++)
        {
            var (sorted, order) = keys[r].sort(0, descending: false, stable: true);
            var isFirst = Firsts(sorted);
            tables[r] = sorted.masked_select(isFirst);
            numbers[r] = zeros_like(order).scatter_(0, order, isFirst.to(int64).cumsum(0) + before[r]); // from 1
            pixelsOf[r] = order;
            weightsOf[r] = coordinates[r].index_select(0, order);
            boundsOf[r + 1] = isFirst.nonzero().flatten() + (long)r * features.Pixels;
            before[r + 1] = before[r] + tables[r].shape[0];
        }
        boundsOf[^1] = full(1, (long)corners * features.Pixels, int64, device);
        var vertices = stack(numbers, 1);                                                      // [P, d + 1]
        var pixels = cat(pixelsOf, 0);
        var bounds = cat(boundsOf, 0);
        var neighbours = Enumerable.Range(0, corners).Select(axis => Neighbours(tables, before, layout, axis, device)).ToArray();
        _vertices = vertices.MoveToOuterDisposeScope();
        _entryPixels = pixels.MoveToOuterDisposeScope();
        _entryBounds = bounds.MoveToOuterDisposeScope();
        _neighbours = [.. neighbours.Select(each => (each.Ahead.MoveToOuterDisposeScope(), each.Behind.MoveToOuterDisposeScope()))];
        (_weights, _entryWeights) = (coordinates.t().contiguous(), cat(weightsOf, 0));

        var ones = torch.ones(features.Pixels, 1, float32, device);
        var factors = Filter(ones).rsqrt().mul(Math.Sqrt(weight));                            // [P, 1]
        _weights = _weights.mul(factors).MoveToOuterDisposeScope();
        _entryWeights = _entryWeights.mul(factors.flatten().index_select(0, pixels)).MoveToOuterDisposeScope();
        Ones = Filter(ones).MoveToOuterDisposeScope();
    }

    /// <summary>[P, 1] the filter of what is 1 everywhere.</summary>
    public Tensor Ones { get; }

    /// <summary>Splats, blurs along each axis, slices.</summary>
    /// <param name="values">[P, C] float32.</param>
    /// <returns>[P, C].</returns>
    public Tensor Filter(Tensor values)
    {
        using var scope = NewDisposeScope();
        // No entry is of vertex 0, so its value is the sum of none.
        var lattice = RowSums.Of(values, _entryPixels, _entryWeights, _entryBounds);          // [M + 1, C]
        foreach (var (ahead, behind) in _neighbours)
        {
            using var axisScope = NewDisposeScope();
            var beside = lattice.index_select(0, ahead).add_(lattice.index_select(0, behind));
            lattice = lattice.add(beside, alpha: 0.5).MoveToOuterDisposeScope();
        }
        return RowSums.Of(lattice, _vertices, _weights).MoveToOuterDisposeScope();
    }

    /// <summary>Lets the lattice live beyond the scope that it was made in.</summary>
    public void DetachFromDisposeScope()
    {
        foreach (var tensor in All) tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in All) tensor.Dispose();
    }

    private Tensor[] All =>
    [
        _vertices, _entryPixels, _entryBounds, _weights, _entryWeights, Ones,
        .. _neighbours.SelectMany(each => (Tensor[])[each.Ahead, each.Behind]),
    ];

    // Feature by feature [d][P], as PixelFeatures has them.
    private static unsafe Tensor[] Features(PixelFeatures features, Device device)
    {
        var values = new float[features.Dimensions * features.Pixels];
        fixed (float* first = values) features.Fill(0, features.Pixels, first, features.Pixels);
        var all = tensor(values, [features.Dimensions, features.Pixels]).to(device);
        return [.. Enumerable.Range(0, features.Dimensions).Select(k => all[k])];
    }

    /// <summary>The simplex of each pixel, step by step as <see cref="LatticeKeys.Compute"/> does.</summary>
    /// <returns>Keys of the vertices of remainder 0…d, [P] each, and barycentric coordinates [d + 1, P].</returns>
    private static (Tensor[] Keys, Tensor Coordinates) Simplices(Tensor[] features, LatticeKeys layout)
    {
        int d = features.Length;
        var position = new Tensor[d + 1];
        var sum = zeros_like(features[0]);
        for (int j = d; j > 0; j--)
        {
            var scaled = features[j - 1] * layout.Scale[j - 1];
            position[j] = sum - scaled * j;
            sum = sum + scaled;
        }
        position[0] = sum;

        // The nearest vertex of remainder 0, divided by d + 1; coordinates that were rounded furthest go back where it leaves the plane.
        var places = stack(position, 0);                                                       // [d + 1, P]
        var rounded = (places / (d + 1) + 0.5).floor();
        var rank = Ranks(places - rounded * (d + 1)) + rounded.sum(0, keepdim: true).to(int64);
        var change = rank.lt(0).to(int64) - rank.ge(d + 1).to(int64);
        rank = rank + change * (d + 1);
        rounded = rounded + change.to(float32);

        // Barycentric coordinates are differences between sorted distances, whose order the ranks are.
        var sorted = zeros_like(places).scatter_(0, rank, places / (d + 1) - rounded);
        var first = 1 + sorted.narrow(0, d, 1) - sorted.narrow(0, 0, 1);
        var others = (sorted.narrow(0, 0, d) - sorted.narrow(0, 1, d)).flip(0);
        var coordinates = cat([first, others], 0);

        // Vertex r has d + 1 subtracted from the coordinates whose rank is above d − r.
        long[] units = [.. layout.Unit.ToArray().Select(unit => unchecked((long)unit))];
        var unit = tensor(units).to(places.device).unsqueeze(1);                               // [d + 1, 1]
        var smallest = tensor(layout.Smallest.ToArray().Select(value => (long)value).ToArray()).to(places.device).unsqueeze(1);
        var key = ((rounded.narrow(0, 0, d).to(int64) - smallest) * unit.narrow(0, 0, d)).sum([0]);
        var steps = zeros_like(rank).scatter_(0, rank, unit.expand_as(rank).contiguous());     // [d + 1, P]
        var keys = new Tensor[d + 1];
        keys[0] = key;
        for (int r = 1; r <= d; r++) keys[r] = keys[r - 1] - steps[d - r + 1];
        return (keys, coordinates);
    }

    // How many distances of the others are larger, or equal and before it: few comparisons cost less than many sorts of few numbers.
    private static Tensor Ranks(Tensor distances)
    {
        Tensor[] rows = [.. Enumerable.Range(0, (int)distances.shape[0]).Select(i => distances[i])];
        Tensor[] ranks = [.. rows.Select(row => zeros_like(row, uint8))];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = i + 1; j < rows.Length; j++)
            {
                var behind = rows[i].lt(rows[j]);
                ranks[i].add_(behind);
                ranks[j].add_(behind.logical_not());
            }
        }
        return stack(ranks, 0).to(int64);
    }

    // Where sorted keys differ from the one before.
    private static Tensor Firsts(Tensor sorted)
    {
        long count = sorted.shape[0];
        var differs = sorted.narrow(0, 1, count - 1).ne(sorted.narrow(0, 0, count - 1));
        return cat([torch.ones(1, @bool, device: sorted.device), differs], 0);
    }

    // [M + 1] each: the vertex before each one and that behind it along an axis; 0 for none.
    private static (Tensor Ahead, Tensor Behind) Neighbours(Tensor[] tables, long[] before, LatticeKeys layout, int axis, Device device)
    {
        int corners = tables.Length;
        long count = before[corners];
        var next = new Tensor[corners + 1];
        next[0] = zeros(1, int64, device);
        for (int r = 0; r < corners; r++)
        {
            int to = (r + corners - 1) % corners;
            var wanted = tables[r] + unchecked((long)layout.Step(axis, r));
            var found = searchsorted(tables[to], wanted).clamp(0, tables[to].shape[0] - 1);
            var isThere = tables[to].index_select(0, found).eq(wanted).to(int64);
            next[r + 1] = (found + (before[to] + 1)) * isThere;
        }
        var behind = cat(next, 0);                                                             // [M + 1]
        var all = arange(count + 1, int64, device);
        var ahead = zeros(count + 1, int64, device).scatter_(0, behind, all);
        // What has no neighbour behind has written into none's place.
        ahead.narrow(0, 0, 1).zero_();
        return (ahead, behind);
    }
}
