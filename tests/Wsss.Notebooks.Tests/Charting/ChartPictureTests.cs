using SkiaSharp;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Charting.Pictures;

namespace Wsss.Notebooks.Tests.Charting;

public class ChartPictureTests
{
    private static readonly SKColor Blue = new(0, 0x72, 0xB2), Orange = new(0xD5, 0x5E, 0);

    [Fact]
    public void Each_kind_of_chart_has_a_small_picture_of_its_height()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(i => i / 100.0)];
        ChartSeries[] many =
        [
            .. Enumerable.Range(0, 12).Select(k => new ChartSeries($"series {k}", x, [.. x.Select(v => Math.Sin(7 * v + k))])),
        ];
        Chart[] charts =
        [
            Charts.Lines("Lines", "epoch", new ChartPanel("loss", many), new ChartPanel("mAP in %", many)),
            Charts.Scatter("Points", "minutes", "points", many),
            Charts.Bars(
                "Bars",
                "%",
                ["cat", "a category with a very long name"],
                new BarSeries("a", [1, null], [0.5, 0]),
                new BarSeries("b", [-2, 3])
            ),
            Charts.HeatMap(
                "Cells",
                "points",
                [.. "abcdefgh".Select(c => $"idea {c}")],
                (i, j) => new HeatCell(i == j ? null : i - j, $"{i - j:+0;−0}", "")
            ),
        ];
        foreach (var chart in charts)
        {
            var picture = ChartPicture.Of(chart.Json)!;
            Assert.InRange(picture.Png.Length, 1_000, 60_000);
            Assert.Equal((800, chart.Height), ChartPicture.ShownSize(picture));
            Assert.Equal(chart.Title, picture.Caption);
        }
    }

    [Fact]
    public void Bars_are_as_high_as_their_values()
    {
        using var picture = Draw(Charts.Bars("t", "%", ["one", "two"], new BarSeries("a", [10, 40]), new BarSeries("b", [20, null])));
        int[] blue = Columns(picture, Blue), orange = Columns(picture, Orange);
        // The legend has a box of each colour, which is lower than any bar here.
        int low = blue.Where(height => height > 60).Min(), high = blue.Max();
        Assert.Equal(4, high / (double)low, 0.05);
        Assert.Equal(2, orange.Max() / (double)low, 0.05);
    }

    [Fact]
    public void Names_of_the_legend_that_differ_in_their_last_word_are_told_apart()
    {
        const string start = "LayerCAM, two stages earlier, at twice the size, input ×2,";
        byte[] Picture(string name) =>
            ChartPicture.Of(Charts.Bars("t", "%", ["one"], new BarSeries("a", [10]), new BarSeries(name, [20])).Json)!.Png;
        Assert.NotEqual(Picture($"{start} walk"), Picture($"{start} dense"));
    }

    [Fact]
    public void Points_of_each_series_have_its_form()
    {
        ChartSeries circle = new("circle", [0], [0]), square = new("square", [1], [1]);
        using var picture = Draw(Charts.Scatter("t", "x", "y", circle, square));
        // A square covers 4/π times as much as the circle in it; pixels at the edges are mixed with white.
        Assert.InRange(Count(picture, Orange) / (double)Count(picture, Blue), 1.2, 1.8);
    }

    [Theory]
    [InlineData("\"square\"", "1")]
    [InlineData("\"diamond\"", "2")]
    [InlineData("\"cross\"", "\"3\"")]
    [InlineData("\"x\"", "4")]
    [InlineData("\"triangle-up\"", "5")]
    [InlineData("\"triangle-down\"", "6")]
    [InlineData("\"star\"", "\"17\"")]
    [InlineData("\"circle\"", "0")]
    public void A_form_has_a_name_and_a_number(string name, string number)
    {
        byte[] Picture(string symbol) => ChartPicture.Of(
            $$$"""{"data":[{"x":[1],"y":[1],"mode":"markers","marker":{"symbol":{{{symbol}}},"size":20}}],"layout":{}}""")!.Png;
        Assert.Equal(Picture(name), Picture(number));
        if (name != "\"circle\"") Assert.NotEqual(Picture("\"circle\""), Picture(number));
    }

    [Fact]
    public void Panels_stand_side_by_side()
    {
        var series = new ChartSeries("a", [0, 1], [1, 1]);
        using var picture = Draw(Charts.Lines("t", "x", new ChartPanel("y", [series]), new ChartPanel("z", [new("b", [0, 1], [1, 1])])));
        int[] blue = Columns(picture, Blue), orange = Columns(picture, Orange);
        // Of each the curve, and what the legend shows of it.
        Assert.True(Array.FindIndex(orange, height => height > 0) - Array.FindIndex(blue, height => height > 0) > 500);
    }

    [Fact]
    public void A_gap_stays_a_gap_and_a_curve_goes_through_its_points()
    {
        using var picture = Draw(Charts.Lines("t", "x", new ChartPanel("y", [new ChartSeries("a", [0, 1, 2, 3], [1, 1, double.NaN, 1])])));
        int[] columns = Columns(picture, Blue);
        int first = Array.FindIndex(columns, height => height > 0), last = Array.FindLastIndex(columns, height => height > 0);
        // From x 0 to 1 there is a line, from 1 to 3 none but the last marker.
        Assert.All(columns[first..(first + (last - first) / 4)], height => Assert.True(height > 0));
        Assert.Equal(0, columns[first + (last - first) / 2]);
    }

    [Fact]
    public void Cells_have_the_colours_of_their_values_and_none_without()
    {
        using var picture = Draw(
            Charts.HeatMap(
                "t",
                "s",
                ["a", "b"],
                (i, j) =>
                    new HeatCell(
                        (i, j) switch
                        {
                            (0, 0) => null,
                            (0, 1) => 5,
                            _ => -5,
                        },
                        "",
                        ""
                    )
            )
        );
        // Blue above 0 and red below, as the plotly.js figure has them: 2 of 3 coloured cells are red. The scale has both.
        int red = Count(picture, new SKColor(178, 10, 28)),
            blue = Count(picture, new SKColor(5, 10, 172));
        Assert.InRange(red / (double)blue, 1.95, 2.05);
    }

    [Theory]
    [InlineData("""{"data":[{"x":[1,2,3],"y":["NaN",1,2]}],"layout":{}}""", 0, 2)]
    [InlineData("""{"data":[{"x":[1,2,3],"y":["Infinity",1e999,null]}],"layout":{}}""", 0, 0)]
    [InlineData("""{"data":[{"x":[1,2,3],"y":["a","b","c"]}],"layout":{"yaxis":{"type":"linear"}}}""", 0, 0)]
    [InlineData("""{"data":[{"x":[1,2,3],"y":["a","b","b"]}],"layout":{}}""", 2, 3)]
    [InlineData("""{"data":[{"x":[1,2,3],"y":["1","2",3]}],"layout":{"yaxis":{"type":"category"}}}""", 2, 3)]
    public void Text_is_a_name_on_an_axis_of_names_alone(string json, int names, int placed)
    {
        var figure = PlotlyFigure.Read(json)!;
        Assert.Equal(names, figure.Panels[0].Y.Categories.Count);
        Assert.Equal(placed, figure.Traces[0].Ys.Count(y => y is not null));
        Assert.NotNull(ChartPicture.Of(json));
    }

    [Fact]
    public void Bars_without_an_interval_and_maps_without_cells_are_drawn()
    {
        Chart bars = Charts.Bars("t", "%", ["one", "two"], new BarSeries("a", [10, 40], [double.NaN, 1]));
        Assert.Equal([null, 1], PlotlyFigure.Read(bars.Json)!.Traces[0].Errors);
        Assert.NotNull(ChartPicture.Of(bars.Json));
        Assert.NotNull(ChartPicture.Of(Charts.HeatMap("t", "s", [], (_, _) => throw new InvalidOperationException()).Json));
    }

    [Theory]
    [InlineData("""{"data":[{"type":"pie","values":[1,2]}],"layout":{}}""")]
    [InlineData("""{"data":[{"type":"scatter","x":{"bdata":"AAA=","dtype":"i1"},"y":[1]}],"layout":{}}""")]
    [InlineData("""{"data":[{"x":[1,2],"y":[1]}],"layout":{}}""")]
    [InlineData("""{"data":[],"layout":7}""")]
    [InlineData("""{"data":"none"}""")]
    public void What_pictures_do_not_show_has_none(string json) => Assert.Null(ChartPicture.Of(json));

    [Theory]
    [InlineData(0, 1, 10, "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0")]
    [InlineData(-3, 12, 4, "0 5 10")]
    [InlineData(2014, 2027, 7, "2014 2016 2018 2020 2022 2024 2026")]
    [InlineData(0, 10_000, 3, "0 5,000 10,000")]
    [InlineData(-0.02, 0.02, 5, "−0.02 −0.01 0.00 0.01 0.02")]
    public void Ticks_are_round_numbers(double low, double high, int most, string expected)
    {
        double step = AxisScale.NiceStep((high - low) / most);
        Assert.Equal(expected.Split(' '), AxisScale.Labelled(low, high, step).Select(tick => tick.Label));
    }

    private static SKBitmap Draw(Chart chart) => SKBitmap.Decode(ChartPicture.Of(chart.Json)!.Png);

    private static int Count(SKBitmap picture, SKColor color) => picture.Pixels.Count(pixel => pixel == color);

    /// <summary>How many pixels of a colour each column has.</summary>
    private static int[] Columns(SKBitmap picture, SKColor color) =>
        [
            .. Enumerable
                .Range(0, picture.Width)
                .Select(x => Enumerable.Range(0, picture.Height).Count(y => picture.GetPixel(x, y) == color)),
        ];
}
