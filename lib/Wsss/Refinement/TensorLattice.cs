using TorchSharp;
using Wsss.Crf.Lattice;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// <see cref="PermutohedralLattice"/> and its filter as tensors on one device: the same vertices and weights, found by sorting keys where
/// the form on arrays has hash tables. Splat, blur and slice together give w N K N times the values.
/// </summary>
/// <remarks>
/// Vertices are numbered from 1, remainder by remainder, in the order of their keys; row 0 of their values is none's, and 0. All sums have
/// a fixed order.
/// </remarks>
internal sealed class TensorLattice : IDisposable
{
    private readonly SparseMatrix _splat, _slice;  // [M + 1, P] and [P, M + 1]
    private readonly SparseMatrix[] _blur;         // along each axis [M + 1, M + 1]

    /// <summary>Builds the lattice and folds normalisation and weight into it.</summary>
    /// <param name="features">What the pixels are told apart by.</param>
    /// <param name="colours">[P, 3] uint8 R, G, B of the pixels, on the device; null where positions alone are features.</param>
    /// <param name="weight">Weight w of the kernel.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="WsssException">The features span more places than a lattice can have.</exception>
    public TensorLattice(PixelFeatures features, Tensor? colours, double weight, Device device)
    {
        using var scope = NewDisposeScope();
        var layout = new LatticeKeys(features);
        var (keys, coordinates) = Simplices(Features(features, colours, device), layout);     // [d + 1, P] both
        var (sorted, pixels) = keys.sort(1, descending: false, stable: true);                  // [d + 1, P]
        var isFirst = Firsts(sorted);                                                          // [d + 1, P]
        var begins = isFirst.flatten().nonzero().flatten();                                    // [M] a vertex's first entry
        var numbers = isFirst.flatten().cumsum(0).view(sorted.shape);                          // [d + 1, P]
        var vertices = zeros_like(pixels).scatter_(1, pixels, numbers).t().contiguous();       // [P, d + 1]
        // Vertex 0 has no entries.
        var bounds = cat([zeros(1, int64, device), begins, full(1, pixels.numel(), int64, device)]);
        var neighbours = Neighbours(sorted.flatten().index_select(0, begins), isFirst.sum(1), layout);
        // Half of each neighbour's value is added.
        var halves = tensor([0.5f, 1, 0.5f]).SentTo(device).expand(neighbours.shape[1], -1).contiguous();
        _blur = [.. neighbours.unbind().Select(columns => new SparseMatrix(columns, halves))];

        using var splat = new SparseMatrix(pixels.flatten(), coordinates.gather(1, pixels).flatten(), bounds);
        using var slice = new SparseMatrix(vertices, coordinates.t().contiguous());
        var ones = torch.ones(features.Pixels, 1, float32, device);
        var factors = Filter(splat, slice, ones).rsqrt().mul(Math.Sqrt(weight)).flatten();     // [P]
        var scaled = coordinates * factors;
        _splat = splat.With(scaled.gather(1, pixels).flatten());
        _slice = slice.With(scaled.t().contiguous());
        Ones = Filter(ones).DetachFromDisposeScope();
    }

    /// <summary>[P, 1] the filter of what is 1 everywhere.</summary>
    public Tensor Ones { get; }

    /// <summary>Splats, blurs along each axis, slices.</summary>
    /// <param name="values">[P, C] float32, contiguous.</param>
    /// <returns>[P, C].</returns>
    public Tensor Filter(Tensor values) => Filter(_splat, _slice, values);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SparseMatrix matrix in (SparseMatrix[])[_splat, .. _blur, _slice]) matrix.Dispose();
        Ones.Dispose();
    }

    private Tensor Filter(SparseMatrix splat, SparseMatrix slice, Tensor values)
    {
        using var scope = NewDisposeScope();
        var lattice = splat.Times(values);                                                     // [M + 1, C]
        foreach (SparseMatrix blur in _blur)
        {
            var blurred = blur.Times(lattice);
            lattice.Dispose();
            lattice = blurred;
        }
        return slice.Times(lattice).MoveToOuterDisposeScope();
    }

    // Feature by feature [d][P], as PixelFeatures has them. Numbers on the device, as a quotient by one of the host is a product there.
    private static Tensor[] Features(PixelFeatures features, Tensor? colours, Device device)
    {
        Tensor Number(float value) => full(1, value, float32, device);
        long[] size = [features.Height, features.Width];
        Tensor Place(long count) => arange(count, float32, device) / Number(features.SigmaXy);
        Tensor[] places = [Place(size[1]).expand(size).flatten(), Place(size[0]).unsqueeze(1).expand(size).flatten()];
        return colours is null ? places : [.. places, .. (colours.t().to(float32) / Number(features.SigmaRgb)).unbind()];
    }

    /// <summary>The simplex of each pixel, step by step as <see cref="LatticeKeys.Compute"/> does.</summary>
    /// <returns>Keys of the vertices of remainder 0…d and their barycentric coordinates, [d + 1, P] each.</returns>
    private static (Tensor Keys, Tensor Coordinates) Simplices(Tensor[] features, LatticeKeys layout)
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
        var unit = tensor(units).SentTo(places.device).unsqueeze(1);                           // [d + 1, 1]
        var smallest = tensor(layout.Smallest.ToArray().Select(value => (long)value).ToArray()).SentTo(places.device).unsqueeze(1);
        var key = ((rounded.narrow(0, 0, d).to(int64) - smallest) * unit.narrow(0, 0, d)).sum([0], keepdim: true);
        var steps = zeros_like(rank).scatter_(0, rank, unit.expand_as(rank).contiguous());     // [d + 1, P]
        return (cat([key, key - steps.flip(0).narrow(0, 0, d).cumsum(0)], 0), coordinates);
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

    // Where sorted keys differ from the one before, row by row.
    private static Tensor Firsts(Tensor sorted)
    {
        long count = sorted.shape[1];
        var differs = sorted.narrow(1, 1, count - 1).ne(sorted.narrow(1, 0, count - 1));
        return cat([torch.ones([sorted.shape[0], 1], @bool, device: sorted.device), differs], 1);
    }

    /// <summary>The vertices before and behind each one along each axis.</summary>
    /// <param name="keys">[M], remainder by remainder, ascending in each.</param>
    /// <param name="counts">[d + 1] int64, how many there are of each remainder.</param>
    /// <param name="layout">How keys are laid out.</param>
    /// <returns>[d + 1, M + 1, 3]: of each axis the vertices ahead, the own ones and those behind; 0 for none.</returns>
    private static Tensor Neighbours(Tensor keys, Tensor counts, LatticeKeys layout)
    {
        int corners = (int)counts.shape[0];
        var device = keys.device;
        long most = counts.max().item<long>();
        // A row for each remainder, its keys first.
        var first = (counts.cumsum(0) - counts).unsqueeze(1);                                  // [d + 1, 1]
        var isKey = arange(most, int64, device).unsqueeze(0).lt(counts.unsqueeze(1));          // [d + 1, most]
        var rows = full(isKey.shape, long.MaxValue, int64, device).masked_scatter_(isKey, keys);
        long[] steps = [.. from r in Enumerable.Range(0, corners)
                           from axis in Enumerable.Range(0, corners)
                           select unchecked((long)layout.Step(axis, r))];
        var wanted = rows.unsqueeze(1) + tensor(steps, [corners, corners, 1]).SentTo(device);  // [d + 1, axes, most]
        // A neighbour's remainder is one less: it is looked for in the row before.
        Tensor Before(Tensor ofRows) => ofRows.roll(1, 0);
        var table = Before(rows);
        wanted = wanted.flatten(1);
        var found = searchsorted(table, wanted).minimum(Before(counts).unsqueeze(1) - 1);
        var numbers = (found + (Before(first) + 1)) * table.gather(1, found).eq(wanted);       // [d + 1, axes·most]
        var byAxis = numbers.view(corners, corners, most).transpose(0, 1).flatten(1);          // [axes, (d + 1)·most]
        var behind = zeros([corners, keys.shape[0] + 1], int64, device);
        behind.narrow(1, 1, keys.shape[0]).copy_(byAxis.index_select(1, isKey.flatten().nonzero().flatten()));
        var own = arange(keys.shape[0] + 1, int64, device).expand_as(behind).contiguous();
        var ahead = zeros_like(behind).scatter_(1, behind, own);
        // What has no neighbour behind has written into none's place.
        ahead.narrow(1, 0, 1).zero_();
        return stack([ahead, own, behind], 2);
    }
}
