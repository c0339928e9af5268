using SkiaSharp;
using Wsss.Data;

namespace Wsss.Figures;

/// <summary>Where everything of a <see cref="Grid"/> goes, and the drawing of it.</summary>
internal sealed class GridLayout
{
    private const int Margin = 16;
    private const int Gap = 10;
    private const float TitleSize = 20;
    private const float HeaderSize = 15;
    private const float TextSize = 13;
    private const int LabelWidth = 120;
    private const int Swatch = 14;
    private const int ScaleWidth = 160;

    private static readonly SKColor Ink = new(0x20, 0x20, 0x20);
    private static readonly SKColor SoftInk = new(0x50, 0x50, 0x50);

    private readonly List<Action<SKCanvas>> _drawing = [];

    public GridLayout(Grid grid)
    {
        int columns = Math.Max(grid.Headers.Count, grid.Rows.Max(row => row.Cells.Count));
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => ColumnWidth(grid, c))];
        int labelWidth = LabelColumn(grid);
        int gridWidth = labelWidth + widths.Sum() + Gap * (columns - 1);
        int minimum = (int)Math.Max(
            grid.HeatScale ? ScaleWidth + 40 : 0,
            grid.Legend.Select(EntryWidth).DefaultIfEmpty().Max());
        Width = Math.Max(gridWidth, minimum) + 2 * Margin;
        float content = Width - 2 * Margin;

        float y = Margin;
        if (grid.Title is { } title) y = Lines(title, Margin, y, TitleSize, content, Ink, centre: false) + Gap;
        if (grid.Headers.Count > 0) y = Headers(grid, widths, labelWidth, y) + 4;
        for (int r = 0; r < grid.Rows.Count; r++)
            y = Row(grid, grid.Rows[r], widths, labelWidth, y) + Gap;
        if (grid.Legend.Count > 0) y = Legend(grid, content, y) + 4;
        if (grid.HeatScale) y = Scale(y) + 4;
        Height = (int)Math.Ceiling(y - Gap + Margin);
    }

    public int Width { get; }

    public int Height { get; }

    public void Draw(SKCanvas canvas)
    {
        foreach (Action<SKCanvas> draw in _drawing) draw(canvas);
    }

    private float Headers(Grid grid, int[] widths, int labelWidth, float top)
    {
        // Headers of different length stand on one line just above the pictures.
        int lines = grid.Headers.Select((header, c) => TextPen.Wrap(header, HeaderSize, widths[c]).Count).Max();
        float bottom = top + lines * HeaderSize * TextPen.LineHeight;
        float x = Margin + labelWidth;
        for (int c = 0; c < grid.Headers.Count; c++)
        {
            int own = TextPen.Wrap(grid.Headers[c], HeaderSize, widths[c]).Count;
            Lines(grid.Headers[c], x, bottom - own * HeaderSize * TextPen.LineHeight, HeaderSize, widths[c], Ink, centre: true);
            x += widths[c] + Gap;
        }
        return bottom;
    }

    private float Row(Grid grid, GridRow row, int[] widths, int labelWidth, float top)
    {
        int pictures = row
            .Cells.Select(cell => cell is null ? 0 : Pixels.FittedSize(cell.Image, grid.CellSide).Height)
            .DefaultIfEmpty()
            .Max();
        float bottom = top + pictures;
        float x = Margin;
        if (row.Label is { } label)
        {
            int lines = TextPen.Wrap(label, HeaderSize, labelWidth - Gap).Count;
            float height = lines * HeaderSize * TextPen.LineHeight;
            bottom = Math.Max(bottom, top + height);
            Lines(label, x, top + Math.Max(0, (pictures - height) / 2), HeaderSize, labelWidth - Gap, Ink, centre: false);
        }
        x += labelWidth;
        for (int c = 0; c < row.Cells.Count; c++)
        {
            if (row.Cells[c] is { } cell)
            {
                SKSizeI size = Pixels.FittedSize(cell.Image, grid.CellSide);
                SKRectI target = SKRectI.Create(
                    (int)x + (widths[c] - size.Width) / 2,
                    (int)top + (pictures - size.Height) / 2,
                    size.Width,
                    size.Height
                );
                _drawing.Add(canvas => Pixels.Draw(canvas, cell.Image, target));
                if (cell.Caption is { } caption)
                    bottom = Math.Max(bottom, Lines(caption, x, top + pictures + 3, TextSize, widths[c], SoftInk, centre: true));
            }
            x += widths[c] + Gap;
        }
        return (float)Math.Ceiling(bottom);
    }

    private float Legend(Grid grid, float content, float top)
    {
        float x = Margin, y = top, line = TextSize * TextPen.LineHeight + 4;
        foreach (LegendEntry entry in grid.Legend)
        {
            float width = EntryWidth(entry);
            if (x > Margin && x + width > Margin + content) (x, y) = (Margin, y + line);
            (byte r, byte g, byte b) = VocPalette.Color(entry.Label);
            SKRect swatch = SKRect.Create(x, y + 1, Swatch, Swatch);
            _drawing.Add(canvas =>
            {
                using var fill = new SKPaint { Color = new SKColor(r, g, b) };
                using var frame = new SKPaint { Color = SoftInk, IsStroke = true, IsAntialias = true };
                canvas.DrawRect(swatch, fill);
                canvas.DrawRect(swatch, frame);
            });
            Text(entry.Name, x + Swatch + 5, y + 1, TextSize, Ink);
            x += width + 8;
        }
        return y + line;
    }

    private float Scale(float top)
    {
        float number = TextPen.Measure("0", TextSize) + 5;
        _drawing.Add(canvas =>
        {
            using var paint = new SKPaint();
            for (int i = 0; i < ScaleWidth; i++)
            {
                (byte r, byte g, byte b) = ColorMap.Color(i / (ScaleWidth - 1f));
                paint.Color = new SKColor(r, g, b);
                canvas.DrawRect(Margin + number + i, top + 1, 1, Swatch, paint);
            }
        });
        Text("0", Margin, top + 1, TextSize, Ink);
        Text("1", Margin + number + ScaleWidth + 5, top + 1, TextSize, Ink);
        return top + TextSize * TextPen.LineHeight + 4;
    }

    /// <summary>Puts a wrapped text and gives back where it ends.</summary>
    private float Lines(string text, float left, float top, float size, float width, SKColor color, bool centre)
    {
        foreach (string line in TextPen.Wrap(text, size, width))
        {
            float x = centre ? left + Math.Max(0, (width - TextPen.Measure(line, size)) / 2) : left;
            Text(line, x, top, size, color);
            top += size * TextPen.LineHeight;
        }
        return top;
    }

    private void Text(string text, float left, float top, float size, SKColor color) =>
        _drawing.Add(canvas => TextPen.Draw(canvas, text, left, top, size, color));

    private static float EntryWidth(LegendEntry entry) => Swatch + 5 + TextPen.Measure(entry.Name, TextSize) + 8;

    private static int ColumnWidth(Grid grid, int column)
    {
        int widest = grid.Rows
            .Where(row => column < row.Cells.Count)
            .Select(row => row.Cells[column] is { } cell ? Pixels.FittedSize(cell.Image, grid.CellSide).Width : 0)
            .DefaultIfEmpty().Max();
        return Math.Max(widest, grid.CellSide / 2);
    }

    /// <summary>Width of the column of row labels: as wide as they need, within bounds.</summary>
    private static int LabelColumn(Grid grid)
    {
        float widest = grid.Rows.Select(row => row.Label is { } label ? TextPen.Measure(label, HeaderSize) : 0).Max();
        return widest == 0 ? 0 : (int)Math.Ceiling(Math.Min(widest, LabelWidth)) + Gap;
    }
}
