using SkiaSharp;
using Wsss.Data;

namespace Wsss.Figures;

/// <summary>One picture of a <see cref="Grid"/>.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Caption">A text below it, broken into lines as wide as the column; null for none.</param>
public sealed record GridCell(RgbImage Image, string? Caption = null);

/// <summary>One row of a <see cref="Grid"/>.</summary>
/// <param name="Label">A text to its left; null for none.</param>
/// <param name="Cells">Its pictures from the left; null leaves a place empty, and a short row ends early.</param>
public sealed record GridRow(string? Label, IReadOnlyList<GridCell?> Cells);

/// <summary>A colour and what it stands for.</summary>
/// <param name="Name">The text.</param>
/// <param name="Label">The label whose colour of PASCAL VOC's palette is shown: c + 1 for class c, 255 for ignore.</param>
public sealed record LegendEntry(string Name, byte Label)
{
    /// <summary>The entries of the classes that occur in masks, by rising label.</summary>
    /// <param name="classNames">Names of the C target classes, without background.</param>
    /// <param name="masks">The masks that are shown.</param>
    /// <exception cref="ArgumentException">A mask has a label outside the classes.</exception>
    public static IReadOnlyList<LegendEntry> Of(IReadOnlyList<string> classNames, IEnumerable<LabelMap> masks)
    {
        var present = new SortedSet<byte>(masks.SelectMany(mask => mask.Values));
        return [.. present.Where(label => label != 0).Select(label => new LegendEntry(Name(label), label))];

        string Name(byte label) => label == LabelMap.Ignore ? "ignore" : label <= classNames.Count ? classNames[label - 1]
            : throw new ArgumentException($"Expected labels 0…{classNames.Count} or {LabelMap.Ignore} in the masks, found {label}.");
    }
}

/// <summary>
/// Pictures in rows and columns with their labels, drawn on white. Small pictures grow by a whole factor, so that each
/// of their pixels stays a square; large ones shrink.
/// </summary>
public sealed record Grid
{
    /// <summary>The rows from the top; at least one cell in all.</summary>
    public required IReadOnlyList<GridRow> Rows { get; init; }

    /// <summary>A line above everything; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>A text above each column; empty for none.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Colours to explain below the pictures; empty for none.</summary>
    public IReadOnlyList<LegendEntry> Legend { get; init; } = [];

    /// <summary>Whether the colours of maps, from 0 to 1, are explained below the pictures.</summary>
    public bool HeatScale { get; init; }

    /// <summary>The longer side of a cell in pixels, at most; at least 32.</summary>
    public int CellSide { get; init; } = 192;

    /// <summary>Draws the grid.</summary>
    /// <exception cref="ArgumentException">There is no cell, a row is longer than the headers, or the side is too small.</exception>
    public Figure Render()
    {
        if (CellSide < 32)
            throw new ArgumentException($"Expected a cell side of at least 32 pixels, found {CellSide}.");
        if (!Rows.Any(row => row.Cells.Any(cell => cell is not null)))
            throw new ArgumentException("Expected a grid with at least one picture, found none.");
        int columns = Rows.Max(row => row.Cells.Count);
        if (Headers.Count > 0 && Headers.Count < columns)
            throw new ArgumentException($"Expected a header for each of the {columns} columns, found {Headers.Count}.");

        var layout = new GridLayout(this);
        using SKSurface surface = SKSurface.Create(new SKImageInfo(layout.Width, layout.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        layout.Draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        return Figure.Encode(image, Title);
    }
}
