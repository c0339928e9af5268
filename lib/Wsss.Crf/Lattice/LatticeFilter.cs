namespace Wsss.Crf.Lattice;

/// <summary>
/// Filters values over a lattice: splat (each vertex gathers its pixels), blur along each axis, slice (each pixel gathers its
/// vertices), with the kernel's normalisation and weight folded into the lattice's weights, so that the three together give
/// w N K N times the values.
/// </summary>
/// <remarks>
/// The blur works in place, chain by chain. Every sum has a fixed order, so the number of threads does not show in the result.
/// </remarks>
internal sealed unsafe class LatticeFilter
{
    private readonly WorkSplit _work;
    private readonly PermutohedralLattice _lattice;
    private readonly PinnedBuffer<float> _values = new(); // [M + 1, channels]
    private readonly PinnedBuffer<float> _ones = new();
    private readonly Steps _one, _four, _eight;
    private float* _pixels;
    private int _axis;

    /// <summary>A filter without a lattice.</summary>
    /// <param name="work">Splits the work over threads.</param>
    public LatticeFilter(WorkSplit work)
    {
        (_work, _lattice) = (work, new PermutohedralLattice(work));
        _one = new Steps(Splat<OneLane>, Blur<OneLane>);
        _four = new Steps(Splat<FourLanes>, Blur<FourLanes>);
        _eight = new Steps(Splat<EightLanes>, Blur<EightLanes>);
    }

    /// <summary>[H·W] the filter of a map that is 1 everywhere.</summary>
    public float* Ones => _ones.Pointer;

    /// <summary>Builds the lattice and folds normalisation and weight into it.</summary>
    /// <param name="features">Feature vectors of the pixels.</param>
    /// <param name="weight">Weight w of the kernel.</param>
    /// <exception cref="WsssException">The features span more places than a lattice can have.</exception>
    public void Build(PixelFeatures features, double weight)
    {
        _lattice.Build(features);
        _ones.Reserve(features.Pixels);
        FilterOnes();
        float root = (float)Math.Sqrt(weight);
        for (int pixel = 0; pixel < features.Pixels; pixel++) Ones[pixel] = root / MathF.Sqrt(Ones[pixel]);
        _lattice.Scale(Ones);
        FilterOnes();
    }

    /// <summary>The first two steps.</summary>
    /// <param name="pixels">[H·W, channels].</param>
    /// <param name="channels">1, 4 or 8.</param>
    public void SplatAndBlur(float* pixels, int channels)
    {
        _pixels = pixels;
        _values.Reserve((_lattice.Count + 1L) * channels);
        Steps steps = channels switch { 1 => _one, 4 => _four, _ => _eight };
        _work.Run(WorkSplit.Parts(_lattice.Count), steps.Splat);
        for (_axis = 0; _axis < _lattice.Corners; _axis++) _work.Run(_lattice.Cuts(_axis).Count - 1, steps.Blur);
    }

    /// <summary>The third step, for the pixels from <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    /// <param name="from">First pixel.</param>
    /// <param name="to">End of the pixels.</param>
    /// <param name="pixels">[H·W, channels] receives the filtered values.</param>
    /// <param name="add">Whether they are added to what is there.</param>
    public void Slice<T>(int from, int to, float* pixels, bool add) where T : struct, ILanes<T>
    {
        int corners = _lattice.Corners;
        int* vertex = _lattice.Vertices + (nint)from * corners;
        float* weight = _lattice.Weights + (nint)from * corners, values = _values.Pointer;
        for (nint pixel = from; pixel < to; pixel++)
        {
            T sum = add ? T.Load(pixels + pixel * T.Count) : default;
            for (int* end = vertex + corners; vertex < end; vertex++, weight++) sum += T.Load(values + (nint)(*vertex) * T.Count) * *weight;
            sum.Store(pixels + pixel * T.Count);
        }
    }

    private void FilterOnes()
    {
        new Span<float>(Ones, _lattice.Pixels).Fill(1);
        SplatAndBlur(Ones, 1);
        _work.Run(WorkSplit.Parts(_lattice.Pixels), part =>
        {
            (int from, int to) = WorkSplit.Range(part, _lattice.Pixels);
            Slice<OneLane>(from, to, Ones, add: false);
        });
    }

    // A vertex gathers its pixels.
    private void Splat<T>(int part) where T : struct, ILanes<T>
    {
        (int from, int to) = WorkSplit.Range(part, _lattice.Count);
        int* ends = _lattice.EntryEnds, entryPixels = _lattice.EntryPixels;
        float* weights = _lattice.EntryWeights, pixels = _pixels, values = _values.Pointer;
        int entry = ends[from];
        for (nint vertex = from + 1; vertex <= to; vertex++)
        {
            T sum = default;
            for (int end = ends[vertex]; entry < end; entry++)
                sum += T.Load(pixels + (nint)entryPixels[entry] * T.Count) * weights[entry];
            sum.Store(values + vertex * T.Count);
        }
    }

    // value + ½ (previous + next) along each chain; what is in no chain has no neighbours there and keeps its value.
    private void Blur<T>(int part) where T : struct, ILanes<T>
    {
        float* values = _values.Pointer;
        int* at = _lattice.Chains(_axis) + _lattice.Cuts(_axis)[part], end = _lattice.Chains(_axis) + _lattice.Cuts(_axis)[part + 1];
        while (at < end)
        {
            float* row = values + (nint)(*at++) * T.Count;
            T previous = default, current = T.Load(row);
            for (bool more = true; more; at++)
            {
                more = *at >= 0;
                float* nextRow = values + (nint)(more ? *at : ~*at) * T.Count;
                T next = T.Load(nextRow);
                (current + (previous + next) * 0.5f).Store(row);
                previous = current;
                current = next;
                row = nextRow;
            }
            (current + previous * 0.5f).Store(row);
        }
    }

    /// <summary>The steps for a number of channels.</summary>
    private sealed record Steps(Action<int> Splat, Action<int> Blur);
}
