namespace Wsss.Data;

/// <summary>
/// Polygons as COCO fills them (<c>rleFrPoly</c> of its toolbox), pixel for pixel: corners are rounded to a fifth of a pixel, edges are
/// walked in these steps, and where an edge crosses the middle of a column, the column changes sides at the next pixel whose
/// middle lies below, up to that rounding. Pixel (x, y) covers x…x + 1 and y…y + 1, so that a polygon whose corners are corners of
/// pixels fills just the pixels within.
/// </summary>
internal static class CocoPolygon
{
    private const int Steps = 5, Middle = 2;

    // Around the outline of the largest images many times.
    private const long LongestWalk = 100_000_000;

    /// <summary>The union of polygons.</summary>
    /// <param name="polygons">Each x₀, y₀, x₁, y₁, … of three corners or more; an edge closes it. Where it crosses itself,
    /// even-odd.</param>
    /// <param name="width">Width of the mask in pixels, at least 1.</param>
    /// <param name="height">Height of the mask in pixels, at least 1.</param>
    /// <returns>1 inside, 0 outside.</returns>
    /// <exception cref="AnnotationException">
    /// A polygon has fewer than three corners or an odd number of coordinates, or a corner lies further outside of the image than its size.
    /// </exception>
    public static LabelMap Fill(IReadOnlyList<IReadOnlyList<double>> polygons, int width, int height)
    {
        byte[] values = new byte[CocoRle.Pixels(width, height)];
        foreach (var polygon in polygons)
        {
            Check(polygon, width, height);
            var crossings = Crossings(polygon, width, height);
            crossings.Sort();
            for (int i = 0; i < crossings.Count; i += 2)
            {
                long end = i + 1 < crossings.Count ? crossings[i + 1] : values.Length;
                for (long at = crossings[i]; at < end; at++) values[at % height * width + at / height] = 1;
            }
        }
        return new LabelMap(width, height, values);
    }

    /// <summary>Where columns change sides, as positions column by column.</summary>
    private static List<long> Crossings(IReadOnlyList<double> polygon, int width, int height)
    {
        var crossings = new List<long>();
        int corners = polygon.Count / 2;
        long walked = 0;
        for (int i = 0; i < corners; i++)
        {
            int next = (i + 1) % corners;
            var (x, y) = (Fine(polygon[2 * i]), Fine(polygon[2 * i + 1]));
            var (toX, toY) = (Fine(polygon[2 * next]), Fine(polygon[2 * next + 1]));
            int columns = Math.Abs(toX - x),
                rows = Math.Abs(toY - y),
                steps = Math.Max(columns, rows);
            if ((walked += steps) > LongestWalk)
                throw new AnnotationException(
                    $"Expected a polygon of at most {LongestWalk / Steps} pixels around, found a longer one of {corners} corners."
                );
            bool flat = columns >= rows;
            // Both ways along an edge give the same points, as neighbours must meet.
            bool backwards = flat ? x > toX : y > toY;
            var (startX, startY, endX, endY) = backwards ? (toX, toY, x, y) : (x, y, toX, toY);
            double slope = flat ? (double)(endY - startY) / columns : (double)(endX - startX) / rows;
            var (lastX, lastY) = (x, y);
            for (int step = 1; step <= steps; step++)
            {
                int t = backwards ? steps - step : step;
                var (pointX, pointY) = flat ? (startX + t, (int)(startY + slope * t + .5)) : ((int)(startX + slope * t + .5), startY + t);
                if (pointX != lastX)
                    Cross(Math.Min(pointX, lastX), Math.Min(pointY, lastY));
                (lastX, lastY) = (pointX, pointY);
            }
        }
        return crossings;

        void Cross(int x, int y)
        {
            int column = (x - Middle) / Steps;
            if (x < Middle || (x - Middle) % Steps != 0 || column >= width)
                return;
            int row = Math.Clamp((int)Math.Ceiling((double)(y - Middle) / Steps), 0, height);
            crossings.Add((long)column * height + row);
        }
    }

    private static int Fine(double coordinate) => (int)(Steps * coordinate + .5);

    private static void Check(IReadOnlyList<double> polygon, int width, int height)
    {
        if (polygon.Count < 6 || polygon.Count % 2 != 0)
            throw new AnnotationException(
                $"Expected a polygon x₀, y₀, x₁, y₁, … of at least three corners, found {polygon.Count} numbers."
            );
        for (int i = 0; i < polygon.Count; i++)
        {
            int side = i % 2 == 0 ? width : height;
            // More than a slip of the pen, and walking there would take long.
            if (!(polygon[i] >= -side && polygon[i] <= 2.0 * side))
            {
                throw new AnnotationException(
                    $"Expected a polygon in or near the image of {width}×{height} pixels, found {(i % 2 == 0 ? 'x' : 'y')} = {polygon[i]}."
                );
            }
        }
    }
}
