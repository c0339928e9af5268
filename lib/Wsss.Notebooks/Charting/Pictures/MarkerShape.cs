using SkiaSharp;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>The forms of points, as large as plotly.js draws them.</summary>
internal static class MarkerShape
{
    /// <summary>The outline of a marker around a place.</summary>
    /// <param name="symbol">plotly.js's name or, as Plotly.NET writes it, number; what is not known is a circle.</param>
    /// <param name="x">The place.</param>
    /// <param name="y">The place.</param>
    /// <param name="size">Diameter of the circle in pixels.</param>
    /// <returns>The caller disposes it.</returns>
    public static SKPath Of(string symbol, float x, float y, float size)
    {
        float r = size / 2;
        var path = new SKPath();
        switch (symbol)
        {
            case "square" or "1": path.AddRect(new SKRect(-r, -r, r, r)); break;
            case "diamond" or "2": Polygon(path, (0, -1.3f), (1.3f, 0), (0, 1.3f), (-1.3f, 0)); break;
            case "triangle-up" or "5": Polygon(path, (0, -1.15f), (1.15f, 0.58f), (-1.15f, 0.58f)); break;
            case "triangle-down" or "6": Polygon(path, (0, 1.15f), (1.15f, -0.58f), (-1.15f, -0.58f)); break;
            case "cross" or "3": Cross(path); break;
            case "x" or "4": Cross(path); path.Transform(SKMatrix.CreateRotationDegrees(45)); break;
            case "star" or "17": Polygon(path, [.. Enumerable.Range(0, 10).Select(i => Around(i * 36, i % 2 == 0 ? 1.4f : 0.55f))]); break;
            default: path.AddCircle(0, 0, r); break;
        }
        path.Transform(SKMatrix.CreateTranslation(x, y));
        return path;

        void Polygon(SKPath path, params (float X, float Y)[] corners) =>
            path.AddPoly([.. corners.Select(c => new SKPoint(c.X * r, c.Y * r))], true);

        void Cross(SKPath path)
        {
            const float arm = 1.2f, half = 0.4f;
            Polygon(
                path, (-half, -arm), (half, -arm), (half, -half), (arm, -half), (arm, half), (half, half),
                (half, arm), (-half, arm), (-half, half), (-arm, half), (-arm, -half), (-half, -half));
        }
    }

    private static (float X, float Y) Around(int degrees, float radius) =>
        (radius * MathF.Sin(degrees * MathF.PI / 180), -radius * MathF.Cos(degrees * MathF.PI / 180));
}
