using SkiaSharp;
using Wsss.Data;
using Wsss.Figures;

namespace Wsss.Tests.Figures;

public class GridTests
{
    private static RgbImage Plain(int width, int height, byte r, byte g, byte b) =>
        new(width, height, [.. Enumerable.Repeat(new[] { r, g, b }, width * height).SelectMany(p => p)]);

    private static SKBitmap Decode(Figure figure)
    {
        SKBitmap bitmap = SKBitmap.Decode(figure.Png);
        Assert.Equal((figure.Width, figure.Height), (bitmap.Width, bitmap.Height));
        return bitmap;
    }

    private static int InkIn(SKBitmap bitmap, int left, int top, int right, int bottom)
    {
        int ink = 0;
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
                if (bitmap.GetPixel(x, y).Red < 128) ink++;
        return ink;
    }

    [Fact]
    public void Small_pictures_grow_by_a_whole_factor_without_smoothing()
    {
        var image = new RgbImage(50, 25, Plain(50, 25, 255, 0, 0).Pixels);
        image.Pixels[0] = 0; // the first pixel is black
        Figure figure = new Grid { Rows = [new GridRow(null, [new GridCell(image)])], CellSide = 192 }.Render();
        Assert.Equal((150 + 32, 75 + 32), (figure.Width, figure.Height));
        using SKBitmap bitmap = Decode(figure);
        Assert.Equal(new SKColor(0, 0, 0), bitmap.GetPixel(16, 16));
        Assert.Equal(new SKColor(0, 0, 0), bitmap.GetPixel(18, 18));
        Assert.Equal(new SKColor(255, 0, 0), bitmap.GetPixel(19, 16));
        Assert.Equal(SKColors.White, bitmap.GetPixel(15, 16));
    }

    [Fact]
    public void Large_pictures_shrink_to_the_cell()
    {
        Figure figure = new Grid { Rows = [new GridRow(null, [new GridCell(Plain(500, 375, 0, 200, 0))])], CellSide = 200 }.Render();
        Assert.Equal((200 + 32, 150 + 32), (figure.Width, figure.Height));
        using SKBitmap bitmap = Decode(figure);
        Assert.Equal(new SKColor(0, 200, 0), bitmap.GetPixel(100, 100));
    }

    [Fact]
    public void Labels_are_drawn_whatever_fonts_the_machine_has()
    {
        var bare = new Grid { Rows = [new GridRow(null, [new GridCell(Plain(96, 96, 200, 200, 200))])] };
        Figure plain = bare.Render();
        Figure labelled = (
            bare with
            {
                Title = "Title",
                Headers = ["header"],
                Rows = [new GridRow("row", [new GridCell(Plain(96, 96, 200, 200, 200), "a caption")])],
            }
        ).Render();
        Assert.True(labelled.Height > plain.Height + 60);
        Assert.True(labelled.Width > plain.Width + 20);
        Assert.Equal("Title", labelled.Caption);
        using SKBitmap bitmap = Decode(labelled);
        Assert.InRange(InkIn(bitmap, 16, 14, 70, 40), 40, 400); // the title
        Assert.True(InkIn(bitmap, 0, 60, 45, bitmap.Height - 40) > 20); // the row's label
        Assert.True(InkIn(bitmap, 60, bitmap.Height - 36, bitmap.Width, bitmap.Height - 10) > 40); // the caption
    }

    [Fact]
    public void The_legend_shows_the_classes_that_occur()
    {
        var mask = new LabelMap(4, 1, [0, 2, 255, 2]);
        IReadOnlyList<LegendEntry> legend = LegendEntry.Of(["cat", "boat"], [mask]);
        Assert.Equal([new LegendEntry("boat", 2), new LegendEntry("ignore", 255)], legend);
        Assert.Throws<ArgumentException>(() => LegendEntry.Of(["cat"], [mask]));

        using SKBitmap bitmap = Decode(
            new Grid
            {
                Rows = [new GridRow(null, [new GridCell(Overlay.Mask(mask))])],
                Legend = legend,
                HeatScale = true,
            }.Render()
        );
        int swatches = Enumerable.Range(0, bitmap.Height).Count(y => bitmap.GetPixel(22, y) == new SKColor(0, 128, 0));
        Assert.InRange(swatches, 10, 14);
    }

    [Fact]
    public void Empty_places_and_short_rows_stay_white()
    {
        GridCell cell = new(Plain(32, 32, 0, 0, 0));
        Figure figure = new Grid { Rows = [new GridRow(null, [cell, null, cell]), new GridRow(null, [cell])], CellSide = 64 }.Render();
        using SKBitmap bitmap = Decode(figure);
        Assert.Equal(SKColors.Black, bitmap.GetPixel(20, 20));
        Assert.Equal(SKColors.White, bitmap.GetPixel(16 + 64 + 10 + 16, 20));
        Assert.Equal(SKColors.White, bitmap.GetPixel(figure.Width - 20, figure.Height - 20));
    }

    [Fact]
    public void Equal_grids_give_equal_bytes()
    {
        Figure Draw() => new Grid { Title = "τ ≥ 0.3", Rows = [new GridRow("r", [new GridCell(Plain(8, 8, 1, 2, 3), "☃")])] }.Render();
        Assert.Equal(Draw().Png, Draw().Png);
    }

    [Fact]
    public void Long_words_are_broken_too()
    {
        string caption = new('W', 80);
        Figure figure = new Grid
        {
            Rows = [new GridRow(null, [new GridCell(Plain(64, 64, 250, 250, 250), caption)])],
            CellSide = 64,
        }.Render();
        Assert.Equal(64 + 32, figure.Width);
        using SKBitmap bitmap = Decode(figure);
        Assert.Equal(0, InkIn(bitmap, 82, 0, 96, figure.Height));
    }

    [Fact]
    public void Saves_a_PNG_of_the_image()
    {
        string path = Path.Combine(Path.GetTempPath(), $"wsss-{Guid.NewGuid():N}", "figure.png");
        Figure figure = Figure.Of(Plain(5, 3, 9, 8, 7), "plain");
        try
        {
            figure.Save(path);
            using SKBitmap bitmap = SKBitmap.Decode(path);
            Assert.Equal((5, 3), (bitmap.Width, bitmap.Height));
            Assert.Equal(new SKColor(9, 8, 7), bitmap.GetPixel(4, 2));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Refuses_what_cannot_be_drawn()
    {
        GridCell cell = new(Plain(8, 8, 0, 0, 0));
        Assert.Throws<ArgumentException>(() => new Grid { Rows = [] }.Render());
        Assert.Throws<ArgumentException>(() => new Grid { Rows = [new GridRow("r", [null])] }.Render());
        Assert.Throws<ArgumentException>(() => new Grid { Rows = [new GridRow("r", [cell, cell])], Headers = ["one"] }.Render());
        Assert.Throws<ArgumentException>(() => new Grid { Rows = [new GridRow("r", [cell])], CellSide = 8 }.Render());
    }
}
