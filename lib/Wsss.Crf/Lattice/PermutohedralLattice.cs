namespace Wsss.Crf.Lattice;

/// <summary>
/// The permutohedral lattice of an image's feature vectors (Adams, Baek &amp; Davis, <i>Fast High-Dimensional Filtering Using
/// the Permutohedral Lattice</i>, Eurographics 2010): which vertices each pixel belongs to, which pixels each vertex has, and
/// which vertices are neighbours. Built once per image and kernel; memory is kept for the next one.
/// </summary>
/// <remarks>
/// A simplex has one vertex of each remainder 0…d, and a step along an axis leads from a remainder to the one before. So the
/// remainders are numbered apart, each with a small hash table of its own, on as many threads. Neighbours are kept as chains
/// along each axis; a vertex without neighbour there is in none.
/// </remarks>
internal sealed unsafe class PermutohedralLattice
{
    private const int VerticesPerPart = 1 << 13;

    private readonly WorkSplit _work;
    private readonly VertexTable[] _tables = [.. Enumerable.Range(0, LatticeKeys.MostDimensions + 1).Select(_ => new VertexTable())];
    private readonly List<int>[] _cuts = [.. Enumerable.Range(0, LatticeKeys.MostDimensions + 1).Select(_ => new List<int>())];
    private readonly int[] _before = new int[LatticeKeys.MostDimensions + 2]; // vertices of smaller remainders
    private readonly PinnedBuffer<ulong> _keys = new();        // [d + 1, H·W] keys of the pixels' vertices, by remainder
    private readonly PinnedBuffer<int> _numbers = new();       // [d + 1, H·W] and their numbers among those of the remainder
    private readonly PinnedBuffer<int> _next = new();          // [d + 1, M + 1] the neighbour one step along the axis
    private readonly PinnedBuffer<bool> _hasPrevious = new();  // [d + 1, M + 1] whether a vertex is such a neighbour
    private readonly PinnedBuffer<int> _chains = new();
    private readonly PinnedBuffer<int> _vertices = new();
    private readonly PinnedBuffer<float> _weights = new();
    private readonly PinnedBuffer<int> _entryEnds = new();
    private readonly PinnedBuffer<int> _entryPixels = new();
    private readonly PinnedBuffer<float> _entryWeights = new();

    /// <summary>An empty lattice.</summary>
    /// <param name="work">Splits the building over threads.</param>
    public PermutohedralLattice(WorkSplit work) => _work = work;

    /// <summary>Vertices of a simplex, d + 1: the pixels' corners, and the axes.</summary>
    public int Corners { get; private set; }

    /// <summary>Number of pixels, H·W.</summary>
    public int Pixels { get; private set; }

    /// <summary>Number M of vertices; they are numbered from 1.</summary>
    public int Count => _before[Corners];

    /// <summary>[H·W, d + 1] the vertices of each pixel.</summary>
    public int* Vertices => _vertices.Pointer;

    /// <summary>[H·W, d + 1] their weights.</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>[M + 1] where each vertex's entries end and those of the next begin.</summary>
    public int* EntryEnds => _entryEnds.Pointer;

    /// <summary>[(d + 1)·H·W] the pixels of each vertex, ascending.</summary>
    public int* EntryPixels => _entryPixels.Pointer;

    /// <summary>[(d + 1)·H·W] their weights.</summary>
    public float* EntryWeights => _entryWeights.Pointer;

    /// <summary>Chains of neighbours along an axis, one after the other; a chain's last vertex v is written as ~v.</summary>
    public int* Chains(int axis) => _chains.Pointer + (nint)axis * Count;

    /// <summary>Where the chains along an axis may be cut into parts: begins with 0 and ends with their total length.</summary>
    public IReadOnlyList<int> Cuts(int axis) => _cuts[axis];

    /// <summary>Builds the lattice of feature vectors.</summary>
    /// <exception cref="WsssException">The features span more places than 64 bits can name.</exception>
    public void Build(PixelFeatures features)
    {
        var layout = new LatticeKeys(features);
        (Pixels, Corners) = (features.Pixels, features.Dimensions + 1);
        long corners = (long)Pixels * Corners;
        _keys.Reserve(corners);
        _numbers.Reserve(corners);
        _weights.Reserve(corners);
        _work.Run(WorkSplit.Parts(Pixels), part =>
        {
            (int from, int to) = WorkSplit.Range(part, Pixels);
            layout.Compute(from, to, _keys.Pointer, _weights.Pointer);
        });
        _work.Run(Corners, r => _tables[r].Fill(_keys.Pointer + (nint)r * Pixels, Pixels, _numbers.Pointer + (nint)r * Pixels));
        for (int r = 0; r < Corners; r++) _before[r + 1] = _before[r] + _tables[r].Count;

        _vertices.Reserve(corners);
        *_entryEnds.Reserve(Count + 1L) = 0;
        _entryPixels.Reserve(corners);
        _entryWeights.Reserve(corners);
        _work.Run(Corners, ListEntries);

        _next.Reserve(Corners * (Count + 1L));
        new Span<bool>(_hasPrevious.Reserve(Corners * (Count + 1L)), checked(Corners * (Count + 1))).Clear();
        _work.Run(Corners * Corners, pair => FindNeighbours(layout, pair / Corners, pair % Corners));
        _chains.Reserve((long)Corners * Count);
        _work.Run(Corners, ListChains);
    }

    /// <summary>Multiplies the weights of each pixel by a factor of its own.</summary>
    public void Scale(float* factors)
    {
        _work.Run(WorkSplit.Parts(Pixels), part =>
        {
            (int from, int to) = WorkSplit.Range(part, Pixels);
            for (int pixel = from; pixel < to; pixel++)
                for (int r = 0; r < Corners; r++) Weights[(nint)pixel * Corners + r] *= factors[pixel];
        });
        _work.Run(Corners, r =>
        {
            for (nint entry = (nint)r * Pixels; entry < (nint)(r + 1) * Pixels; entry++) EntryWeights[entry] *= factors[EntryPixels[entry]];
        });
    }

    // Sorts the pixels by their vertex of one remainder: each pixel has one, so the remainder's entries are H·W in number.
    private void ListEntries(int r)
    {
        int* numbers = _numbers.Pointer + (nint)r * Pixels;
        int before = _before[r];
        int* cursors = EntryEnds + before;
        new Span<int>(cursors + 1, _tables[r].Count).Clear();
        for (int pixel = 0; pixel < Pixels; pixel++) cursors[numbers[pixel]]++;
        int start = r * Pixels;
        for (int number = 1; number <= _tables[r].Count; number++) (cursors[number], start) = (start, start + cursors[number]);
        for (int pixel = 0; pixel < Pixels; pixel++)
        {
            nint corner = (nint)pixel * Corners + r;
            int number = numbers[pixel], entry = cursors[number]++;
            Vertices[corner] = before + number;
            EntryPixels[entry] = pixel;
            EntryWeights[entry] = Weights[corner];
        }
    }

    // Of the vertices of one remainder, along one axis.
    private void FindNeighbours(LatticeKeys layout, int axis, int r)
    {
        int to = (r + Corners - 1) % Corners;
        VertexTable vertices = _tables[r], others = _tables[to];
        int before = _before[to];
        ulong step = layout.Step(axis, r);
        int* next = Next(axis) + _before[r];
        bool* hasPrevious = HasPrevious(axis);
        for (int number = 1; number <= vertices.Count; number++)
        {
            int found = others.Find(vertices.Keys[number] + step);
            found += before & (-found >> 31); // none stays none, without a branch
            next[number] = found;
            hasPrevious[found] = true;
        }
    }

    // Follows the neighbours along an axis from each vertex that is nobody's next.
    private void ListChains(int axis)
    {
        int* next = Next(axis), chains = Chains(axis);
        bool* hasPrevious = HasPrevious(axis);
        List<int> cuts = _cuts[axis];
        cuts.Clear();
        cuts.Add(0);
        int length = 0;
        for (int start = 1; start <= Count; start++)
        {
            if (hasPrevious[start] | next[start] == VertexTable.None) continue;
            int vertex = start;
            for (int after = next[vertex]; after != VertexTable.None; after = next[vertex])
            {
                chains[length++] = vertex;
                vertex = after;
            }
            chains[length++] = ~vertex;
            if (length - cuts[^1] >= VerticesPerPart) cuts.Add(length);
        }
        if (cuts[^1] < length) cuts.Add(length);
    }

    private int* Next(int axis) => _next.Pointer + axis * (Count + 1L);

    private bool* HasPrevious(int axis) => _hasPrevious.Pointer + axis * (Count + 1L);
}
