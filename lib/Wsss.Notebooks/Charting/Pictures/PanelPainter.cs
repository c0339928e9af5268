using SkiaSharp;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>Draws a pair of axes and what they show.</summary>
/// <param name="pen">Draws.</param>
/// <param name="panel">What.</param>
/// <param name="area">The frame of the axes.</param>
/// <param name="barGap">Space between groups of bars, as a share of a group's place.</param>
internal sealed class PanelPainter(Pen pen, FigurePanel panel, SKRect area, double barGap)
{
    /// <summary>Sizes of tick labels and of titles.</summary>
    public const float LabelSize = 13, TitleSize = 14;

    /// <summary>From the frame to the labels of ticks.</summary>
    public const float LabelGap = 8;

    private const float LeastTickWidth = 62, LeastTickHeight = 45;

    private readonly AxisScale _x = AxisScale.Of(panel.X, panel.Traces, (int)Math.Max(2, area.Width / LeastTickWidth));
    private readonly AxisScale _y = YScale(panel, area.Height);

    /// <summary>The scale of a panel's y axis, whose labels need room on the left.</summary>
    public static AxisScale YScale(FigurePanel panel, float height) =>
        AxisScale.Of(panel.Y, panel.Traces, (int)Math.Max(2, height / LeastTickHeight));

    /// <summary>The angle of names below the axis: flat where they fit.</summary>
    public static float LabelAngle(FigurePanel panel, float width)
    {
        var names = panel.X.Categories;
        return names.Any(name => Pen.Measure(name, LabelSize) > width / names.Count - 4) ? -35 : 0;
    }

    public void Paint()
    {
        PaintGrid();
        pen.Canvas.Save();
        pen.Canvas.ClipRect(SKRect.Inflate(area, 6, 6));
        FigureTrace[] bars = [.. panel.Traces.Where(trace => trace.Kind == TraceKind.Bar)];
        foreach (var trace in panel.Traces)
        {
            switch (trace.Kind)
            {
                case TraceKind.Bar: PaintBars(trace, Array.IndexOf(bars, trace), bars.Length); break;
                case TraceKind.HeatMap: PaintCells(trace); break;
                default: PaintCurve(trace); break;
            }
        }
        pen.Canvas.Restore();
        foreach (var trace in panel.Traces) PaintTexts(trace);
        foreach (var note in panel.Notes)
        {
            if (note is { X: { } x, Y: { } y }) pen.Text(note.Text, X(x), Y(y), LabelSize, note.Color, across: 0.5f);
        }
        PaintFrame();
    }

    private float X(double value) => area.Left + (float)(_x.At(value) * area.Width);

    private float Y(double value) => area.Bottom - (float)(_y.At(value) * area.Height);

    private void PaintGrid()
    {
        if (panel.X.HasGrid)
            foreach (var (value, _) in _x.Ticks) pen.Line(X(value), area.Top, X(value), area.Bottom, Inks.Grid);
        if (panel.Y.HasGrid)
            foreach (var (value, _) in _y.Ticks) pen.Line(area.Left, Y(value), area.Right, Y(value), Inks.Grid);
    }

    private void PaintFrame()
    {
        const float tick = 5;
        pen.Line(area.Left, area.Top, area.Left, area.Bottom, Inks.Text);
        pen.Line(area.Left, area.Bottom, area.Right, area.Bottom, Inks.Text);
        float angle = LabelAngle(panel, area.Width), lowest = 0;
        foreach (var (value, label) in _x.Ticks)
        {
            pen.Line(X(value), area.Bottom, X(value), area.Bottom + tick, Inks.Text);
            float y = area.Bottom + LabelGap;
            if (angle == 0) pen.Text(label, X(value), y, LabelSize, Inks.Text, across: 0.5f, down: 0);
            else pen.Turned(label, X(value) + 3, y + 3, angle, LabelSize, Inks.Text, across: 1);
            lowest = Math.Max(lowest, LabelDrop(label, angle));
        }
        pen.Text(panel.X.Title, area.MidX, area.Bottom + LabelGap + lowest + 6, TitleSize, Inks.Text, across: 0.5f, down: 0);
        float widest = 0;
        foreach (var (value, label) in _y.Ticks)
        {
            pen.Line(area.Left - tick, Y(value), area.Left, Y(value), Inks.Text);
            pen.Text(label, area.Left - LabelGap, Y(value), LabelSize, Inks.Text, across: 1);
            widest = Math.Max(widest, Pen.Measure(label, LabelSize));
        }
        pen.Turned(panel.Y.Title, area.Left - LabelGap - widest - 14, area.MidY, -90, TitleSize, Inks.Text, across: 0.5f);
    }

    /// <summary>How far a label reaches down.</summary>
    public static float LabelDrop(string label, float angle) => angle == 0 ? Pen.Height(label, LabelSize)
        : MathF.Sin(-angle * MathF.PI / 180) * Pen.Measure(label, LabelSize) + LabelSize;

    private void PaintCurve(FigureTrace trace)
    {
        if (trace.HasLine)
        {
            using var path = new SKPath();
            bool isDown = false;
            foreach (var (x, y) in trace.Xs.Zip(trace.Ys))
            {
                if (x is null || y is null) isDown = false;
                else if (isDown) path.LineTo(X(x.Value), Y(y.Value));
                else path.MoveTo(X(x.Value), Y(y.Value));
                isDown = x is not null && y is not null;
            }
            pen.Curve(path, trace.Color, trace.LineWidth, trace.Dash);
        }
        if (!trace.HasMarkers) return;
        foreach (var (x, y) in trace.Xs.Zip(trace.Ys))
        {
            if (x is null || y is null) continue;
            using var marker = MarkerShape.Of(trace.Symbol, X(x.Value), Y(y.Value), trace.MarkerSize);
            pen.Fill(marker, trace.Color);
        }
    }

    private void PaintTexts(FigureTrace trace)
    {
        for (int i = 0; i < Math.Min(trace.Texts.Count, trace.Xs.Count); i++)
        {
            if (trace.Xs[i] is not { } x || trace.Ys[i] is not { } y) continue;
            string[] place = trace.TextPlace.Split(' ');
            float across = place.Contains("left") ? 1 : place.Contains("right") ? 0 : 0.5f;
            float down = place.Contains("top") ? 1 : place.Contains("bottom") ? 0 : 0.5f;
            float away = trace.MarkerSize / 2 + 2;
            pen.Text(trace.Texts[i], X(x) + (1 - 2 * across) * away, Y(y) + (1 - 2 * down) * away, LabelSize, Inks.Text, across, down);
        }
    }

    private void PaintBars(FigureTrace trace, int index, int count)
    {
        double width = (1 - barGap) / count;
        for (int i = 0; i < trace.Xs.Count; i++)
        {
            if (trace.Xs[i] is not { } x || trace.Ys[i] is not { } y) continue;
            double left = x - (1 - barGap) / 2 + index * width;
            pen.Fill(new SKRect(X(left), Math.Min(Y(y), Y(0)), X(left + width), Math.Max(Y(y), Y(0))), trace.Color);
            if (i >= trace.Errors.Count || trace.Errors[i] is not { } error) continue;
            float middle = X(left + width / 2), above = Y(y + error), below = Y(y - error);
            pen.Line(middle, above, middle, below, Inks.Text, 1.2f);
            foreach (float end in (float[])[above, below]) pen.Line(middle - 4, end, middle + 4, end, Inks.Text, 1.2f);
        }
    }

    private void PaintCells(FigureTrace trace)
    {
        var (low, high) = trace.CellRange;
        foreach (var (row, y) in trace.Ys.Index())
        {
            foreach (var (column, x) in trace.Xs.Index())
            {
                if (x is null || y is null || trace.Cells[row][column] is not { } value) continue;
                var cell = new SKRect(X(x.Value - 0.5), Y(y.Value - 0.5), X(x.Value + 0.5), Y(y.Value + 0.5)).Standardized;
                pen.Fill(SKRect.Inflate(cell, -1, -1), Inks.Heat((value - low) / (high - low), trace.IsScaleReversed));
            }
        }
    }
}
