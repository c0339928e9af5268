namespace Wsss.Menagerie.Drawing;

/// <summary>What a fill writes into the masks where it covers at least half of a pixel.</summary>
/// <param name="Kind">Decides which masks change.</param>
/// <param name="Instance">Number of the object, from 1.</param>
/// <param name="Class">Value of the class mask: 0 for a distractor, else c + 1.</param>
/// <param name="Part">Value of the part mask.</param>
internal readonly record struct Ink(InkKind Kind, byte Instance = 0, byte Class = 0, byte Part = 0);

internal enum InkKind
{
    /// <summary>Backdrop and shadows: no mask changes.</summary>
    Scenery,
    Context,
    Object,
}

/// <summary>
/// A square picture with its masks. Fills polygons by integer scan conversion: a pixel's colour is weighted by its
/// coverage (four lines a pixel, 1/256 pixel along a line), and its mask value changes at a coverage of one half, so
/// that picture and masks fit exactly, and on every machine alike.
/// </summary>
internal sealed class Canvas
{
    private const int Lines = 4, Unit = 256, Step = Unit / Lines, FullCover = Lines * Unit;

    private readonly int[] _lineStarts;
    private readonly int[] _cover;
    private int[] _crossings = new int[1024];

    public Canvas(int size)
    {
        Size = size;
        Colours = new Rgb[size * size];
        Classes = new byte[size * size];
        Parts = new byte[size * size];
        Objects = new byte[size * size];
        Context = new byte[size * size];
        Instances = new byte[size * size];
        _lineStarts = new int[size * Lines + 2];
        _cover = new int[size];
    }

    /// <summary>Width and height in pixels.</summary>
    public int Size { get; }

    public Rgb[] Colours { get; }

    public byte[] Classes { get; }

    public byte[] Parts { get; }

    public byte[] Objects { get; }

    public byte[] Context { get; }

    public byte[] Instances { get; }

    /// <summary>Fills a contour given in pixels.</summary>
    /// <param name="shape">The contour; parts outside the picture are cut.</param>
    /// <param name="colour">The colour at a pixel, by column and row.</param>
    /// <param name="ink">What to write into the masks.</param>
    /// <param name="opacity">0…1, for the colours alone.</param>
    public void Fill(Outline shape, Func<int, int, Rgb> colour, Ink ink, float opacity = 1)
    {
        (int firstLine, int endLine) = CollectCrossings(shape.Points);
        for (int row = firstLine / Lines; row * Lines < endLine; row++)
        {
            int left = Size, right = 0;
            for (int line = row * Lines; line < Math.Min((row + 1) * Lines, endLine); line++)
                CoverLine(line, ref left, ref right);
            for (int column = left; column < right; column++)
            {
                int cover = _cover[column];
                _cover[column] = 0;
                if (cover == 0) continue;
                int at = row * Size + column;
                Colours[at] = Colours[at].Mix(colour(column, row), opacity * cover / FullCover);
                if (cover * 2 >= FullCover && ink.Kind != InkKind.Scenery) Write(at, ink);
            }
        }
    }

    private void Write(int at, Ink ink)
    {
        bool isObject = ink.Kind == InkKind.Object;
        Context[at] = isObject ? (byte)0 : (byte)1;
        Objects[at] = isObject ? (byte)1 : (byte)0;
        Classes[at] = ink.Class;
        Parts[at] = ink.Part;
        Instances[at] = ink.Instance;
    }

    /// <summary>
    /// Sorts the crossings of all edges with all lines into one bucket per line; a crossing is x · 2 + direction.
    /// </summary>
    private (int First, int End) CollectCrossings(Vec[] points)
    {
        int lineCount = Size * Lines;
        Array.Clear(_lineStarts);
        int first = lineCount, end = 0;
        for (int i = 0; i < points.Length; i++)
        {
            (_, _, _, _, int from, int to, _) = Edge(points, i, lineCount);
            for (int line = from; line < to; line++) _lineStarts[line + 2]++;
            if (from >= to) continue;
            first = Math.Min(first, from);
            end = Math.Max(end, to);
        }
        for (int line = 2; line < _lineStarts.Length; line++) _lineStarts[line] += _lineStarts[line - 1];
        if (_lineStarts[^1] > _crossings.Length) _crossings = new int[2 * _lineStarts[^1]];
        for (int i = 0; i < points.Length; i++)
        {
            (int x0, int y0, int x1, int y1, int from, int to, int down) = Edge(points, i, lineCount);
            for (int line = from; line < to; line++)
            {
                int y = line * Step + Step / 2;
                int x = x0 + (int)((long)(x1 - x0) * (y - y0) / (y1 - y0));
                _crossings[_lineStarts[line + 1]++] = (x << 1) | down;
            }
        }
        return (first, end);
    }

    private static (int X0, int Y0, int X1, int Y1, int From, int To, int Down) Edge(Vec[] points, int i, int lineCount)
    {
        Vec a = points[i], b = points[i + 1 == points.Length ? 0 : i + 1];
        int x0 = Fixed(a.X), y0 = Fixed(a.Y), x1 = Fixed(b.X), y1 = Fixed(b.Y), down = 1;
        if (y0 > y1) (x0, y0, x1, y1, down) = (x1, y1, x0, y0, 0);
        return (x0, y0, x1, y1, Math.Clamp(LineFrom(y0), 0, lineCount), Math.Clamp(LineFrom(y1), 0, lineCount), down);
    }

    private static int Fixed(double pixels) => (int)Math.Round(Math.Clamp(pixels, -4000, 4000) * Unit);

    // The first line whose middle is not above y.
    private static int LineFrom(int y) => (y - Step / 2 + Step - 1) >> 6;

    private void CoverLine(int line, ref int left, ref int right)
    {
        Span<int> row = _crossings.AsSpan(_lineStarts[line]..EndOf(line));
        row.Sort();
        int winding = 0, start = 0;
        foreach (int crossing in row)
        {
            int x = Math.Clamp(crossing >> 1, 0, Size * Unit);
            int before = winding;
            winding += (crossing & 1) == 1 ? 1 : -1;
            if (before == 0) start = x;
            else if (winding == 0 && x > start) CoverSpan(start, x, ref left, ref right);
        }
    }

    // Placing the crossings moved every line's start to its end.
    private int EndOf(int line) => _lineStarts[line + 1];

    private void CoverSpan(int start, int end, ref int left, ref int right)
    {
        int from = start / Unit, to = (end - 1) / Unit;
        left = Math.Min(left, from);
        right = Math.Max(right, to + 1);
        if (from == to)
        {
            _cover[from] += end - start;
            return;
        }
        _cover[from] += (from + 1) * Unit - start;
        for (int column = from + 1; column < to; column++) _cover[column] += Unit;
        _cover[to] += end - to * Unit;
    }
}
