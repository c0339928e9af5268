using Wsss.Results;

namespace Wsss.Tests.Results;

public class ResultTableTests
{
    private static readonly ResultFile File = new()
    {
        Title = "ways",
        Origin = new ResultOrigin { State = "1", Seeds = [1, 2, 3] },
        Rows =
        [
            Row("plain", .504, null, 1, leak: .15),
            Row("first", .589, .086, 1.27, leak: null),
            Row("second", .315, -.188, 1.05, leak: .197),
        ],
    };

    private static ResultRow Row(string name, double mean, double? difference, double cost, double? leak)
    {
        var measures = new Dictionary<string, ResultValue>
        {
            ["mIoU"] = new(mean, .011) { Difference = difference is { } value ? new ResultDifference(value, .013) : null },
        };
        if (leak is { } share) measures["map leak"] = new ResultValue(share, null);
        return new ResultRow(name, measures) { Cost = new ResultCost(1, cost) };
    }

    [Fact]
    public void Columns_are_measures_differences_and_costs()
    {
        var table = new ResultTable
        {
            Rows = "way",
            Columns = new Dictionary<string, string>
            {
                ["mIoU %"] = "mIoU",
                ["leak %"] = "map leak",
                ["mIoU − plain"] = "difference of mIoU",
                ["cost"] = "cost",
                ["gain"] = "gain per cost",
            },
            Best = ["mIoU %", "mIoU − plain"],
            Names = new Dictionary<string, string> { ["plain"] = "plain CAM" },
        };
        Assert.Equal(
            [
                "| way | mIoU % | leak % | mIoU − plain | cost | gain |",
                "|---|---:|---:|---:|---:|---:|",
                "| plain CAM | 50.4 ± 1.1 | 15.0 |  | 1.00 |  |",
                "| **first** | **58.9 ± 1.1** | - | **+8.6 ± 1.3** | 1.27 | +6.8 |",
                "| second | 31.5 ± 1.1 | 19.7 | −18.8 ± 1.3 | 1.05 | −17.9 |",
            ],
            table.ToMarkdown(File).Split('\n'));
    }

    [Fact]
    public void Pairs_are_a_square_of_differences_each_idea_alone_on_its_diagonal()
    {
        ResultRow[] more = [Row("second + first", .6, .097, 1, leak: null), Row("third", .5, -.002, 1, leak: null)];
        var file = File with { Rows = [.. File.Rows, .. more] };
        var names = new Dictionary<string, string> { ["first"] = "the first" };
        var table = new ResultTable { Rows = "with", Pairs = "mIoU", Names = names };
        Assert.Equal(
            [
                "| with | the first | second | third |",
                "|---|---:|---:|---:|",
                "| the first | +8.6 ± 1.3 | +9.7 ± 1.3 | - |",
                "| second | +9.7 ± 1.3 | −18.8 ± 1.3 | - |",
                "| third | - | - | −0.2 ± 1.3 |",
            ],
            table.ToMarkdown(file).Split('\n'));
        var wrong = table with { Pairs = "Dice" };
        Assert.Contains("found 'difference of Dice'", Assert.Throws<WsssException>(() => wrong.ToMarkdown(file)).Message);
    }

    [Fact]
    public void A_bar_in_a_name_does_not_end_its_cell()
    {
        var file = File with { Rows = [Row("a|b", .5, null, 1, leak: null)] };
        Assert.EndsWith("| a\\|b | 50.0 ± 1.1 | 1.00 |", ResultTable.Of(file).ToMarkdown(file));
    }

    [Fact]
    public void Without_named_columns_a_table_has_every_measure() =>
        Assert.StartsWith("| ways | mIoU % | map leak % | mIoU − plain | cost |\n", ResultTable.Of(File).ToMarkdown(File));

    [Fact]
    public void Unknown_columns_and_rows_are_errors_that_say_what_there_is()
    {
        var table = new ResultTable { Columns = new Dictionary<string, string> { ["x"] = "mIuO" } };
        Assert.Contains("found 'mIuO'. There are: mIoU, map leak", Assert.Throws<WsssException>(() => table.ToMarkdown(File)).Message);
        table = ResultTable.Of(File) with { Names = new Dictionary<string, string> { ["third"] = "3" } };
        Assert.Contains("plain, first, second", Assert.Throws<WsssException>(() => table.ToMarkdown(File)).Message);
        table = ResultTable.Of(File) with { Best = ["mIoU"] };
        Assert.Contains("found 'mIoU'. There are: mIoU %", Assert.Throws<WsssException>(() => table.ToMarkdown(File)).Message);
    }

    [Fact]
    public void Some_rows_alone_are_shown_in_the_files_order_and_compared_among_themselves()
    {
        var table = new ResultTable
        {
            Rows = "way",
            Columns = new Dictionary<string, string> { ["mIoU %"] = "mIoU" },
            Only = ["second", "plain"],
            Best = ["mIoU %"],
        };
        Assert.Equal(
            ["| way | mIoU % |", "|---|---:|", "| **plain** | **50.4 ± 1.1** |", "| second | 31.5 ± 1.1 |"],
            table.ToMarkdown(File).Split('\n'));
        Assert.Contains("found 'third'", Assert.Throws<WsssException>(() => (table with { Only = ["third"] }).ToMarkdown(File)).Message);
    }
}
