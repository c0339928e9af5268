using System.Collections;
using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>
/// Outlines of a label's regions along the sides of pixels. Corners are corners of pixels: pixel (x, y) covers x…x + 1 and y…y + 1.
/// Regions are joined over sides, not over corners, so that an outline never crosses itself. A hole is joined to its outline by a
/// vertical cut that is walked down and up again: one polygon a region, which even-odd filling turns into its pixels again.
/// </summary>
internal static class Contours
{
    private const int Right = 0, Down = 1, Left = 2, Up = 3;

    private static readonly (int X, int Y)[] Step = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    /// <summary>The polygons of a label, a region each, by the row and then the column of its first pixel.</summary>
    /// <returns>Each x₀, y₀, x₁, y₁, …; whole numbers, clockwise as seen, the first corner not repeated.</returns>
    public static IReadOnlyList<int[]> Polygons(LabelMap mask, byte label)
    {
        var trace = new Trace(mask, label);
        return [.. trace.Outlines.Select(outline => trace.Polygon(outline))];
    }

    /// <summary>All outlines and holes of a label, as corners of pixels that follow each other at distance 1.</summary>
    private sealed class Trace
    {
        private readonly int _width, _columns;
        private readonly Func<int, int, bool> _inside;

        // By the corner at which a ring goes right: a hole that hangs below it.
        private readonly Dictionary<int, List<int>> _holes = [];

        // Bit d of a corner is the side that leaves it in direction d.
        private readonly byte[] _sides;

        public Trace(LabelMap mask, byte label)
        {
            (_width, int height, _columns) = (mask.Width, mask.Height, mask.Width + 1);
            _inside = (x, y) => x >= 0 && y >= 0 && x < _width && y < height && mask.Values[y * _width + x] == label;
            _sides = Sides(mask, label);
            // Every ring goes right somewhere.
            var walked = new BitArray(_sides.Length);
            for (int corner = 0; corner < _sides.Length; corner++)
                if (Leaves(corner, Right) && !walked[corner]) Add(Follow(corner, walked));
        }

        /// <summary>The rings around regions.</summary>
        public List<List<int>> Outlines { get; } = [];

        public int[] Polygon(List<int> outline)
        {
            var corners = new List<int>();
            Walk(outline, corners);
            return Simplify(corners);
        }

        private byte[] Sides(LabelMap mask, byte label)
        {
            var sides = new byte[_columns * (mask.Height + 1)];
            for (int y = 0, i = 0; y < mask.Height; y++)
            {
                for (int x = 0; x < _width; x++, i++)
                {
                    if (mask.Values[i] != label) continue;
                    int corner = y * _columns + x;
                    if (!_inside(x, y - 1)) sides[corner] |= 1 << Right;
                    if (!_inside(x + 1, y)) sides[corner + 1] |= 1 << Down;
                    if (!_inside(x, y + 1)) sides[corner + _columns + 1] |= 1 << Left;
                    if (!_inside(x - 1, y)) sides[corner + _columns] |= 1 << Up;
                }
            }
            return sides;
        }

        private bool Leaves(int corner, int direction) => (_sides[corner] & 1 << direction) != 0;

        /// <summary>The ring that leaves a corner to the right, with the region on its right-hand side.</summary>
        private List<int> Follow(int start, BitArray walked)
        {
            var ring = new List<int>();
            int corner = start, direction = Right;
            do
            {
                ring.Add(corner);
                if (direction == Right) walked[corner] = true;
                corner += Step[direction].X + Step[direction].Y * _columns;
                // Where two regions touch at a corner, turning right stays with the same one.
                int right = (direction + 1) % 4, left = (direction + 3) % 4;
                direction = Leaves(corner, right) ? right : Leaves(corner, direction) ? direction : left;
            }
            while (corner != start || direction != Right);
            return ring;
        }

        private void Add(List<int> ring)
        {
            long twiceArea = 0;
            for (int i = 0; i < ring.Count; i++)
            {
                var ((x, y), (nextX, nextY)) = (At(ring[i]), At(ring[(i + 1) % ring.Count]));
                twiceArea += (long)x * nextY - (long)nextX * y;
            }
            if (twiceArea > 0)
            {
                Outlines.Add(ring);
                return;
            }
            // From the hole's first corner straight up through the region, to where it ends.
            int first = ring.IndexOf(ring.Min());
            var (column, row) = At(ring[first]);
            while (_inside(column, row - 1)) row--;
            _holes.Add(row * _columns + column, [.. ring[first..], .. ring[..first]]);
        }

        private void Walk(List<int> ring, List<int> corners)
        {
            for (int i = 0; i < ring.Count; i++)
            {
                corners.Add(ring[i]);
                bool right = ring[(i + 1) % ring.Count] == ring[i] + 1;
                if (!right || !_holes.TryGetValue(ring[i], out var hole)) continue;
                Walk(hole, corners);
                corners.Add(hole[0]);
                corners.Add(ring[i]);
            }
        }

        private (int X, int Y) At(int corner) => (corner % _columns, corner / _columns);

        /// <summary>Leaves out corners between two sides of the same direction; where a cut turns back, the corner stays.</summary>
        private int[] Simplify(List<int> corners)
        {
            var kept = new List<int>();
            for (int i = 0; i < corners.Count; i++)
            {
                var (last, here, next) = (At(corners[i > 0 ? i - 1 : ^1]), At(corners[i]), At(corners[(i + 1) % corners.Count]));
                if (Direction(last, here) == Direction(here, next)) continue;
                kept.Add(here.X);
                kept.Add(here.Y);
            }
            return [.. kept];

            static (int, int) Direction((int X, int Y) from, (int X, int Y) to) => (Math.Sign(to.X - from.X), Math.Sign(to.Y - from.Y));
        }
    }
}
