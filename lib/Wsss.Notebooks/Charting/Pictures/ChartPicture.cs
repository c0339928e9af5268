using SkiaSharp;
using Wsss.Figures;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>
/// The static form of a chart, for viewers without plotly.js: drawn from its figure with SkiaSharp and the library's own font, the same
/// on every machine, on white like the chart itself.
/// </summary>
internal static class ChartPicture
{
    private const int Width = 800, MostBytes = 60_000;

    // Pixels of the file to a pixel of the page: two for sharp letters on fine screens, one where that would be too large.
    private static readonly int[] Densities = [2, 1];
    private const float HeadingSize = 17, Margin = 16, LegendSize = 13, LegendStep = 20, KeyWidth = 34, MostLegend = 230, ScaleWidth = 18;

    /// <summary>The picture, at most 60 kB; null where the figure has what pictures do not show, or too much.</summary>
    /// <param name="json">A plotly.js figure.</param>
    /// <param name="caption">What it shows.</param>
    public static Figure? Of(string json, string? caption = null)
    {
        if (PlotlyFigure.Read(json) is not { } figure) return null;
        var pictures = Densities.Select(density => Draw(figure, density, caption ?? figure.Title));
        return pictures.FirstOrDefault(picture => picture.Png.Length <= MostBytes);
    }

    /// <summary>Width and height in pixels of the page at which a picture is meant to be shown.</summary>
    public static (int Width, int Height) ShownSize(Figure picture) => (Width, picture.Height * Width / picture.Width);

    private static Figure Draw(PlotlyFigure figure, int density, string caption)
    {
        var info = new SKImageInfo(Width * density, figure.Height * density, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(density);
        Paint(new Pen(surface.Canvas), figure);
        using SKImage image = surface.Snapshot();
        return new Figure(PalettePng.Encode(image), image.Width, image.Height, caption);
    }

    private static void Paint(Pen pen, PlotlyFigure figure)
    {
        FigureTrace[] keys = figure.HasLegend ? [.. figure.Traces.Where(trace => trace.InLegend && trace.Name.Length > 0)] : [];
        var scaled = figure.Traces.FirstOrDefault(trace => trace.Kind == TraceKind.HeatMap);
        float top = Margin, right = Width - Margin - 4;
        if (figure.Title.Length > 0)
        {
            pen.Text(figure.Title, Margin, Margin, HeadingSize, Inks.Text, down: 0);
            top += Pen.Height(figure.Title, HeadingSize) + 8;
        }
        if (keys.Length > 0)
        {
            float width = Math.Min(MostLegend, KeyWidth + keys.Max(trace => Pen.Measure(trace.Name, LegendSize)));
            right -= width + 8;
            PaintLegend(pen, keys, right + 12, top, width);
        }
        else if (scaled is not null)
        {
            right -= ScaleWidth + 90;
        }
        float left = Margin + figure.Panels.Where(panel => panel.X.Domain.Low < 0.05).Max(panel => LeftOf(panel, figure.Height));
        var lowest = figure.Panels.Where(panel => panel.Y.Domain.Low < 0.05);
        float bottom = figure.Height - Margin - lowest.Select(panel => Below(panel, right - left)).DefaultIfEmpty(60).Max();
        foreach (var panel in figure.Panels)
        {
            var (x, y) = (panel.X.Domain, panel.Y.Domain);
            var area = new SKRect(
                left + (float)x.Low * (right - left), bottom - (float)y.High * (bottom - top),
                left + (float)x.High * (right - left), bottom - (float)y.Low * (bottom - top));
            new PanelPainter(pen, panel, area, figure.BarGap).Paint();
        }
        if (scaled is not null && keys.Length == 0) PaintScale(pen, scaled, right + 22, top, bottom);
    }

    /// <summary>Room for labels and title left of a panel.</summary>
    private static float LeftOf(FigurePanel panel, float height)
    {
        var labels = PanelPainter.YScale(panel, height).Ticks.Select(tick => Pen.Measure(tick.Label, PanelPainter.LabelSize));
        return PanelPainter.LabelGap + labels.DefaultIfEmpty(0).Max() + (panel.Y.Title.Length > 0 ? 14 + PanelPainter.TitleSize / 2 : 0);
    }

    /// <summary>Room for labels and title below a panel.</summary>
    private static float Below(FigurePanel panel, float width)
    {
        float angle = PanelPainter.LabelAngle(panel, width * (float)(panel.X.Domain.High - panel.X.Domain.Low));
        var labels = panel.X.Categories.Select(name => PanelPainter.LabelDrop(name, angle));
        return PanelPainter.LabelGap
            + labels.DefaultIfEmpty(PanelPainter.LabelDrop("0", 0)).Max()
            + (panel.X.Title.Length > 0 ? 6 + PanelPainter.TitleSize : 0);
    }

    private static void PaintLegend(Pen pen, IReadOnlyList<FigureTrace> traces, float left, float top, float width)
    {
        float middle = top + LegendStep / 2;
        foreach (var trace in traces)
        {
            if (trace.Kind == TraceKind.Bar) pen.Fill(new SKRect(left + 8, middle - 6, left + 20, middle + 6), trace.Color);
            if (trace.HasLine)
            {
                using var line = new SKPath();
                line.MoveTo(left, middle);
                line.LineTo(left + KeyWidth - 8, middle);
                pen.Curve(line, trace.Color, trace.LineWidth, trace.Dash);
            }
            if (trace.HasMarkers)
            {
                using var marker = MarkerShape.Of(trace.Symbol, left + (KeyWidth - 8) / 2, middle, trace.MarkerSize);
                pen.Fill(marker, trace.Color);
            }
            // The mark stands beside the first line, and the whole name is written: names often differ in their last words.
            string name = string.Join('\n', TextPen.Wrap(trace.Name, LegendSize, width - KeyWidth + 1));
            float more = Pen.Height(name, LegendSize) - LegendSize * Pen.LineHeight;
            pen.Text(name, left + KeyWidth, middle + more / 2, LegendSize, Inks.Text);
            middle += LegendStep + more;
        }
    }

    private static void PaintScale(Pen pen, FigureTrace trace, float left, float top, float bottom)
    {
        float first = top + Pen.Height(trace.ScaleTitle, LegendSize) + 6;
        pen.Text(trace.ScaleTitle, left, top, LegendSize, Inks.Text, down: 0);
        var (low, high) = trace.CellRange;
        for (float y = first; y < bottom; y++)
        {
            var color = Inks.Heat((bottom - y) / (bottom - first), trace.IsScaleReversed);
            pen.Fill(new SKRect(left, y, left + ScaleWidth, Math.Min(bottom, y + 1)), color);
        }
        double step = AxisScale.NiceStep((high - low) / 7);
        foreach (var (value, label) in AxisScale.Labelled(low, high, step))
            pen.Text(
                label,
                left + ScaleWidth + 6,
                bottom - (float)((value - low) / (high - low)) * (bottom - first),
                LegendSize,
                Inks.Text
            );
    }
}
