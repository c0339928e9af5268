using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wsss.Crf.Lattice;

namespace Wsss.Crf;

/// <summary>
/// The pixels' side of mean field: energies and marginals pixel by pixel, and the update
/// Q ← softmax(−U − μ · Σ_m w_m K̂_m Q).
/// </summary>
/// <remarks>
/// The channels are the first C − 1 labels; the last label's message is Σ_m w_m K̂_m 1 minus the others'. They are filtered in
/// groups of eight, so that a lattice's values stay in the cache, and a rest of one to four; each group lies apart.
/// </remarks>
internal sealed unsafe class MeanField
{
    private const int Lanes = 8;
    private const int PixelsPerBlock = 64;
    private const float Never = -1e30f; // −U of channels without a label

    private readonly WorkSplit _work;
    private readonly LabelCompatibility? _compatibility;
    private readonly PinnedBuffer<float> _total = new();        // [H·W]: Σ_m w_m K̂_m 1
    private readonly PinnedBuffer<float> _energies = new();     // groups of [H·W, channels]: −U of the first labels
    private readonly PinnedBuffer<float> _lastEnergies = new(); // [H·W]: −U of the last one
    private readonly PinnedBuffer<float> _marginals = new();    // groups of [H·W, channels]
    private readonly PinnedBuffer<float> _lastMarginals = new(); // [H·W]
    private readonly Action<int> _sliceOne, _sliceFour, _sliceEight, _update;
    private LatticeFilter[] _filters = [];
    private int _labels, _pixels, _channels;
    private float* _group;

    /// <summary>Mean field without an image.</summary>
    /// <param name="work">Splits the work over threads.</param>
    /// <param name="compatibility">Penalties between labels; null for Potts.</param>
    public MeanField(WorkSplit work, IReadOnlyList<IReadOnlyList<float>>? compatibility)
    {
        _work = work;
        _compatibility = compatibility is null ? null : new LabelCompatibility(compatibility);
        (_sliceOne, _sliceFour, _sliceEight) = (Slice<OneLane>, Slice<FourLanes>, Slice<EightLanes>);
        _update = part =>
        {
            (int from, int to) = WorkSplit.Range(part, _pixels);
            if (_channels == 1) UpdateTwoLabels(from, to);
            else Update(from, to);
        };
    }

    /// <summary>Starts with an image: Q = softmax(−U).</summary>
    /// <param name="unary">[C, H·W], finite.</param>
    /// <param name="labels">C, at least 2.</param>
    /// <param name="pixels">H·W.</param>
    public void Start(ReadOnlySpan<float> unary, int labels, int pixels)
    {
        (_labels, _pixels) = (labels, pixels);
        _channels = labels == 2 && _compatibility is null ? 1 : (labels + 2) / 4 * 4;
        int rounded = (pixels + Lanes - 1) / Lanes * Lanes;
        _energies.Reserve((long)rounded * _channels);
        new Span<float>(_lastEnergies.Reserve(rounded), rounded).Clear();
        new Span<float>(_marginals.Reserve((long)rounded * _channels), checked(rounded * _channels)).Clear();
        _lastMarginals.Reserve(rounded);
        new Span<float>(_total.Reserve(rounded), rounded).Clear();
        _filters = [];
        fixed (float* first = unary)
        {
            float* from = first;
            _work.Run(WorkSplit.Parts(pixels), part => Load(from, part));
        }
        _work.Run(WorkSplit.Parts(_pixels), _update);
    }

    /// <summary>Names the kernels of the image.</summary>
    public void Use(LatticeFilter[] filters)
    {
        _filters = filters;
        foreach (LatticeFilter filter in filters)
            for (int pixel = 0; pixel < _pixels; pixel++) _total.Pointer[pixel] += filter.Ones[pixel];
    }

    /// <summary>One update: replaces the marginals by their messages, group by group, and these by the new marginals.</summary>
    public void Iterate()
    {
        for (int first = 0; first < _channels; first += Lanes)
        {
            int width = Width(first);
            _group = Group(_marginals.Pointer, first);
            foreach (LatticeFilter filter in _filters) filter.SplatAndBlur(_group, width);
            _work.Run(WorkSplit.Parts(_pixels), width switch { 1 => _sliceOne, 4 => _sliceFour, _ => _sliceEight });
        }
        _work.Run(WorkSplit.Parts(_pixels), _update);
    }

    /// <summary>Copies the marginals.</summary>
    /// <param name="marginals">[C, H·W].</param>
    public void Store(Span<float> marginals)
    {
        fixed (float* first = marginals)
        {
            float* to = first;
            _work.Run(WorkSplit.Parts(_pixels), part => Store(to, part));
        }
    }

    // Channels of the group that begins with that channel.
    private int Width(int first) => Math.Min(Lanes, _channels - first);

    private float* Group(float* buffer, int first) => buffer + (nint)first * _pixels;

    private void Slice<T>(int part) where T : struct, ILanes<T>
    {
        (int from, int to) = WorkSplit.Range(part, _pixels);
        for (int i = 0; i < _filters.Length; i++) _filters[i].Slice<T>(from, to, _group, add: i > 0);
    }

    // Transposes, and takes each pixel's smallest energy away, which changes nothing but keeps large energies exact.
    private void Load(float* unary, int part)
    {
        float* smallest = stackalloc float[PixelsPerBlock];
        (int from, int to) = WorkSplit.Range(part, _pixels);
        for (int first = from; first < to; first += PixelsPerBlock)
        {
            int count = Math.Min(PixelsPerBlock, to - first);
            new Span<float>(smallest, count).Fill(float.PositiveInfinity);
            for (int label = 0; label < _labels; label++)
            {
                float* u = unary + (nint)label * _pixels + first;
                for (int i = 0; i < count; i++)
                    smallest[i] = Math.Min(smallest[i], u[i]);
            }
            for (int channel = 0; channel < _channels; channel++)
            {
                int group = channel / Lanes * Lanes,
                    width = Width(group);
                float* u = unary + (nint)channel * _pixels + first,
                    row = Group(_energies.Pointer, group) + (nint)first * width + channel - group;
                for (int i = 0; i < count; i++)
                    row[i * width] = channel < _labels - 1 ? smallest[i] - u[i] : Never;
            }
            float* last = unary + (nint)(_labels - 1) * _pixels + first;
            for (int i = 0; i < count; i++)
                _lastEnergies.Pointer[first + i] = smallest[i] - last[i];
        }
    }

    private void Store(float* marginals, int part)
    {
        (int from, int to) = WorkSplit.Range(part, _pixels);
        for (int first = from; first < to; first += PixelsPerBlock)
        {
            int count = Math.Min(PixelsPerBlock, to - first);
            for (int label = 0; label < _labels - 1; label++)
            {
                int group = label / Lanes * Lanes,
                    width = Width(group);
                float* row = Group(_marginals.Pointer, group) + (nint)first * width + label - group,
                    target = marginals + (nint)label * _pixels + first;
                for (int i = 0; i < count; i++)
                    target[i] = row[i * width];
            }
        }
        new Span<float>(_lastMarginals.Pointer + from, to - from).CopyTo(
            new Span<float>(marginals + (nint)(_labels - 1) * _pixels + from, to - from)
        );
    }

    // From messages to marginals.
    private void Update(int from, int to)
    {
        int rowLength = (_channels + Lanes - 1) / Lanes * Lanes; // whole vectors
        float* row = stackalloc float[2 * rowLength], scratch = row + rowLength;
        for (nint pixel = from; pixel < to; pixel++)
        {
            var sums = Vector256<float>.Zero;
            for (int c = 0; c < rowLength; c += Lanes)
            {
                var messages = LoadGroup(_marginals.Pointer, c, pixel, 0);
                messages.Store(row + c);
                sums += messages;
            }
            float last = _total.Pointer[pixel] - Vector256.Sum(sums);
            if (_compatibility is not null) last = _compatibility.Apply(row, last, scratch);

            // −U plus messages, and the softmax of it.
            last += _lastEnergies.Pointer[pixel];
            var largest = Vector256.Create(last);
            for (int c = 0; c < rowLength; c += Lanes)
            {
                var exponents = Vector256.Load(row + c) + LoadGroup(_energies.Pointer, c, pixel, Never);
                exponents.Store(row + c);
                largest = Larger(largest, exponents);
            }
            float most = Largest(largest);
            sums = Vector256<float>.Zero;
            for (int c = 0; c < rowLength; c += Lanes)
            {
                var powers = VectorMath.ExpOfNegative(Vector256.Load(row + c) - Vector256.Create(most));
                powers.Store(row + c);
                sums += powers;
            }
            float lastPower = VectorMath.ExpOfNegative(Vector256.Create(last - most)).ToScalar();
            float factor = 1 / (Vector256.Sum(sums) + lastPower);
            _lastMarginals.Pointer[pixel] = lastPower * factor;
            for (int c = 0; c < rowLength; c += Lanes)
            {
                var marginals = Vector256.Load(row + c) * factor;
                float* target = Group(_marginals.Pointer, c);
                if (c + Lanes <= _channels) marginals.Store(target + pixel * Lanes);
                else marginals.GetLower().Store(target + pixel * (Lanes / 2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> LoadGroup(float* buffer, int first, nint pixel, float rest) => first + Lanes <= _channels
        ? Vector256.Load(Group(buffer, first) + pixel * Lanes)
        : Vector256.Create(Vector128.Load(Group(buffer, first) + pixel * (Lanes / 2)), Vector128.Create(rest));

    // Of two labels the softmax is a sigmoid, for eight pixels at once.
    private void UpdateTwoLabels(int from, int to)
    {
        var one = Vector256.Create(1f);
        for (int first = from; first < to; first += Lanes)
        {
            var message = Vector256.Load(_marginals.Pointer + first);
            var difference = Vector256.Load(_energies.Pointer + first) - Vector256.Load(_lastEnergies.Pointer + first)
                + message + message - Vector256.Load(_total.Pointer + first);
            var power = VectorMath.ExpOfNegative(-Vector256.Abs(difference));
            var larger = one / (one + power);
            var firstIsLarger = Vector256.GreaterThan(difference, Vector256<float>.Zero);
            Vector256.ConditionalSelect(firstIsLarger, larger, power * larger).Store(_marginals.Pointer + first);
            Vector256.ConditionalSelect(firstIsLarger, power * larger, larger).Store(_lastMarginals.Pointer + first);
        }
    }

    // Of numbers alone; Vector256.Max would look for NaN as well.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(Vector256<float> vector)
    {
        vector = Larger(vector, Vector256.Shuffle(vector, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3)));
        vector = Larger(vector, Vector256.Shuffle(vector, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)));
        return Larger(vector, Vector256.Shuffle(vector, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6))).ToScalar();
    }
}
