using System.Text.Json;
using Wsss.Evaluation;
using Wsss.Notebooks.Charting;

namespace Wsss.Notebooks.Tests.Charting;

public class ChartsTests
{
    private static readonly double[] Epochs = [1, 2, 3];

    private static (JsonElement[] Traces, JsonElement Layout) Parse(Chart chart)
    {
        JsonElement root = JsonDocument.Parse(chart.Json).RootElement;
        JsonElement layout = root.GetProperty("layout");
        Assert.Equal(chart.Title, layout.GetProperty("title").GetProperty("text").GetString());
        Assert.Equal(chart.Height, layout.GetProperty("height").GetInt32());
        return ([.. root.GetProperty("data").EnumerateArray()], layout);
    }

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private static double?[] Numbers(JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : v.GetDouble())];

    private static Score ScoreOf(double iou, params string[] names) =>
        new(1, names, [new("mIoU", iou) { Classes = new("IoU", [.. names.Select(n => n == "absent" ? (double?)null : iou)]) }]);

    [Fact]
    public void Lines_have_a_trace_per_series_and_an_axis_per_panel()
    {
        (JsonElement[] traces, JsonElement layout) = Parse(Charts.Lines(
            "Training", "epoch",
            new ChartPanel("loss", [new("classification", Epochs, [1, 0.5, double.NaN])]),
            new ChartPanel("mAP in %", [new("mAP", Epochs, [10, 20, 30]), new("F1", Epochs, [1, 2, 3])])));
        Assert.Equal(["classification", "mAP", "F1"], traces.Select(t => Text(t, "name")));
        Assert.Equal(["y", "y2", "y2"], traces.Select(t => Text(t, "yaxis")));
        Assert.Equal([1, 0.5, null], Numbers(traces[0], "y"));
        Assert.Equal(Epochs.Select(e => (double?)e), Numbers(traces[0], "x"));
        Assert.Equal("mAP in %", Text(layout.GetProperty("yaxis2").GetProperty("title"), "text"));
        Assert.Equal("epoch", Text(layout.GetProperty("xaxis").GetProperty("title"), "text"));
        Assert.Equal("white", Text(layout, "plot_bgcolor"));
    }

    [Fact]
    public void Bars_have_errors_and_gaps()
    {
        (JsonElement[] traces, _) = Parse(
            Charts.Bars("Budget", "images", ["label", "box"], new BarSeries("a", [1, null]), new BarSeries("b", [2, 3], [0.5, 0.25]))
        );
        Assert.Equal(["bar", "bar"], traces.Select(t => Text(t, "type")));
        Assert.Equal([1, null], Numbers(traces[0], "y"));
        Assert.Equal([0.5, 0.25], Numbers(traces[1].GetProperty("error_y"), "array"));
        Assert.False(traces[0].TryGetProperty("error_y", out _));
    }

    [Fact]
    public void Class_IoU_ends_with_the_mean()
    {
        (JsonElement[] traces, _) = Parse(
            Charts.ClassIoU("IoU", ("CAM", ScoreOf(0.5, "cat", "absent")), ("CRF", ScoreOf(0.75, "cat", "absent")))
        );
        Assert.Equal(["CAM", "CRF"], traces.Select(t => Text(t, "name")));
        Assert.Equal(["cat", "absent", "mean"], traces[0].GetProperty("x").EnumerateArray().Select(x => x.GetString()));
        Assert.Equal([75, null, 75], Numbers(traces[1], "y"));
        Assert.Throws<ArgumentException>(() => Charts.ClassIoU("IoU", ("CAM", ScoreOf(0.5, "cat")), ("CRF", ScoreOf(0.5, "dog"))));
        Assert.Throws<ArgumentException>(() => Charts.ClassIoU("IoU"));
    }

    [Fact]
    public void Threshold_marks_the_best()
    {
        var best = new ThresholdPoint(0.3f, 0.5, 0.75, 0.25);
        var summary = new ThresholdSummary([new ThresholdPoint(0.2f, 0.25, 0.5, 0.5), best], best, 0.2);
        (JsonElement[] traces, _) = Parse(Charts.Threshold("Threshold", ("CAM", summary)));
        Assert.Equal(3, traces.Length);
        Assert.Equal([0.2, 0.3], Numbers(traces[0], "x"));
        Assert.Equal([25, 50], Numbers(traces[0], "y"));
        Assert.Equal([0.3], Numbers(traces[1], "x"));
        Assert.Equal("50.0 at 0.30", traces[1].GetProperty("text")[0].GetString());
        Assert.Equal([50, 25], Numbers(traces[2], "x"));
        Assert.Equal([50, 75], Numbers(traces[2], "y"));
        Assert.Throws<ArgumentException>(() => Charts.Threshold("Threshold"));
    }

    [Fact]
    public void Scatter_has_labels_per_point()
    {
        (JsonElement[] traces, _) = Parse(
            Charts.Scatter("Recall", "head", "body", new ChartSeries("CAM", [1, 2], [3, 4], ["seed 0", "seed 1"]))
        );
        Assert.Equal("markers", Text(Assert.Single(traces), "mode"));
        Assert.Equal("seed 1", traces[0].GetProperty("text")[1].GetString());
    }

    [Fact]
    public void Panels_share_the_width_and_one_without_series_stays_empty()
    {
        (JsonElement[] traces, JsonElement layout) = Parse(Charts.Lines(
            "Training", "epoch", new ChartPanel("loss", [new("a", Epochs, [1, 2, 3])]), new ChartPanel("mAP", [])));
        Assert.Equal([3, 0], traces.Select(t => t.GetProperty("x").GetArrayLength()));
        Assert.False(traces[1].GetProperty("showlegend").GetBoolean());
        Assert.Equal("mAP", Text(layout.GetProperty("yaxis2").GetProperty("title"), "text"));
        // plotly.js: a cell takes (1 − gap) / (columns − gap) of the width, here .44, which leaves .12 between the two.
        JsonElement grid = layout.GetProperty("grid");
        Assert.Equal(2, grid.GetProperty("columns").GetInt32());
        double gap = grid.GetProperty("xgap").GetDouble();
        Assert.Equal(.44, (1 - gap) / (2 - gap), 1e-9);
        Assert.Equal("x unified", Text(layout, "hovermode"));
        Assert.Equal(1, layout.GetProperty("xaxis").GetProperty("dtick").GetInt32());
    }

    [Fact]
    public void Series_differ_in_colour_and_symbol_and_axes_look_alike()
    {
        ChartSeries[] series = [.. Enumerable.Range(0, 9).Select(i => new ChartSeries($"{i}", [0.5], [1]))];
        (JsonElement[] traces, JsonElement layout) = Parse(Charts.Scatter("t", "x", "y", series));
        Assert.Equal("#0072B2", Text(traces[0].GetProperty("marker"), "color"));
        Assert.Equal(9, traces.Select(t => t.GetProperty("marker")).Select(m => (Text(m, "color"), Text(m, "symbol"))).Distinct().Count());
        foreach (string axis in new[] { "xaxis", "yaxis" })
        {
            Assert.Equal("outside", Text(layout.GetProperty(axis), "ticks"));
            Assert.Equal("#202020", Text(layout.GetProperty(axis), "linecolor"));
            Assert.True(layout.GetProperty(axis).GetProperty("automargin").GetBoolean());
            Assert.False(layout.GetProperty(axis).TryGetProperty("dtick", out _));
        }
    }

    [Fact]
    public void A_heat_map_writes_in_every_cell_and_is_even_around_zero()
    {
        HeatCell[] cells = [new(null, "+1.0", "a alone"), new(-4, "−4", "low"), new(1, "1", "high"), new(null, "", "not tried")];
        (JsonElement[] traces, JsonElement layout) = Parse(Charts.HeatMap("Pairs", "points", ["a", "b"], (i, j) => cells[2 * i + j]));
        JsonElement trace = Assert.Single(traces);
        Assert.Equal((-4, 4), (trace.GetProperty("zmin").GetDouble(), trace.GetProperty("zmax").GetDouble()));
        Assert.Equal(JsonValueKind.Null, trace.GetProperty("z")[0][0].ValueKind);
        Assert.Equal("low", trace.GetProperty("hovertext")[0][1].GetString());
        JsonElement[] texts = [.. layout.GetProperty("annotations").EnumerateArray()];
        Assert.Equal([("b", "a", "−4", "white"), ("a", "b", "1", "black")],
            texts[1..3].Select(t => (Text(t, "x"), Text(t, "y"), Text(t, "text"), Text(t.GetProperty("font"), "color"))));
        Assert.Equal("reversed", Text(layout.GetProperty("yaxis"), "autorange"));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_a_gap(double gap)
    {
        Chart[] charts =
        [
            Charts.Lines("t", "x", new ChartPanel("y", [new("s", [gap, 1, 2], [1, gap, 2])])),
            Charts.Scatter("t", "x", "y", new ChartSeries("s", [gap, 1, 2], [1, gap, 2])),
            Charts.Bars("t", "y", ["a", "b", "c"], new BarSeries("s", [1, gap, 2], [1, 1, gap])),
            Charts.HeatMap("t", "s", ["a", "b"], (i, j) => new HeatCell(i == j ? gap : i - j, "", "")),
            Charts.Threshold("t", ("s", new ThresholdSummary(
                [new(0.2f, gap, gap, gap), new(0.3f, 0.5, 0.5, 0.5)], new ThresholdPoint(0.3f, 0.5, 0.5, 0.5), 0.2))),
        ];
        foreach (Chart chart in charts)
        {
            (JsonElement[] traces, _) = Parse(chart);
            Assert.DoesNotContain("NaN", chart.Json);
            Assert.DoesNotContain("Infinity", chart.Json);
            Assert.Contains(traces, trace => trace.ToString().Contains("null"));
        }
        (JsonElement[] cells, _) = Parse(charts[3]);
        Assert.Equal((-1, 1), (cells[0].GetProperty("zmin").GetDouble(), cells[0].GetProperty("zmax").GetDouble()));
    }

    [Fact]
    public void Refuses_series_of_another_length()
    {
        Assert.Throws<ArgumentException>(() => Charts.Scatter("t", "x", "y", new ChartSeries("s", [1, 2], [1])));
        Assert.Throws<ArgumentException>(() => Charts.Scatter("t", "x", "y", new ChartSeries("s", [1, 2], [1, 2], ["one"])));
        Assert.Throws<ArgumentException>(() => Charts.Bars("t", "y", ["a", "b"], new BarSeries("s", [1])));
        Assert.Throws<ArgumentException>(() => Charts.Bars("t", "y", ["a"], new BarSeries("s", [1], [1, 2])));
        Assert.Throws<ArgumentException>(() => Charts.Lines("t", "x"));
    }
}
