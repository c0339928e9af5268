using Wsss.Results;

namespace Wsss.Tests.Results;

public sealed class ResultFileTests
{
    private static readonly ResultFile File = new()
    {
        Title = "each alone",
        Origin = new ResultOrigin { State = "1", Seeds = [1, 2, 3] },
        Rows =
        [
            new("plain CAM", new Dictionary<string, ResultValue> { ["mIoU"] = new(0.504, 0.011), ["boundary F"] = new(0.167, 0.006) }),
            new("boundary loss (SEC)", new Dictionary<string, ResultValue>
            {
                ["mIoU"] = new(0.589, 0.007) { Difference = new(0.086, 0.013) },
                ["boundary F"] = new(0.224, 0.013),
                ["Dice"] = new(0.7, null),
            }),
        ],
    };

    [Fact]
    public void A_row_is_told_in_words_measure_by_measure() => Assert.Equal(
        "mIoU of plain CAM 50.4 ± 1.1 %, of boundary loss (SEC) 58.9 ± 0.7 %: +8.6 ± 1.3 points\n" +
        "boundary F of plain CAM 16.7 ± 0.6 %, of boundary loss (SEC) 22.4 ± 1.3 %\n" +
        "Dice of plain CAM not known, of boundary loss (SEC) 70.0 %",
        File.InWords("Boundary", "mIoU", "AP", "boundary F", "Dice"));

    [Fact]
    public void A_row_that_is_not_there_is_named_with_those_that_are()
    {
        var error = Assert.Throws<WsssException>(() => File.InWords("mixup", "mIoU"));
        Assert.Equal("Expected a row 'mixup…' in 'each alone', found 'plain CAM', 'boundary loss (SEC)'.", error.Message);
    }

    [Fact]
    public void The_table_has_the_columns_that_were_asked_for_or_all()
    {
        var table = File.ToTable("mIoU", "difference of mIoU");
        Assert.Equal(["each alone", "mIoU %", "mIoU − plain CAM"], table.Headers);
        Assert.Equal(["plain CAM", "50.4 ± 1.1", ""], table.Rows[0]);
        Assert.Equal(["boundary loss (SEC)", "58.9 ± 0.7", "+8.6 ± 1.3"], table.Rows[1]);
        Assert.Equal(["each alone", "mIoU %", "boundary F %", "Dice %", "mIoU − plain CAM"], File.ToTable().Headers);
        Assert.Contains("found 'mIuO'", Assert.Throws<WsssException>(() => File.ToTable("mIuO")).Message);
    }

    [Fact]
    public void Pairs_are_rows_of_two_names_and_no_more()
    {
        ResultRow Gained(string name, double gain, double? halfWidth = null) =>
            new(name, new Dictionary<string, ResultValue> { ["mIoU"] = new(.5 + gain, halfWidth) { Difference = new(gain, halfWidth) } });
        var file = File with
        {
            Rows =
            [
                File.Rows[0], Gained("a", .04, .01), Gained("b", .02), Gained("b + a", .05), Gained("a + b + c", .09), Gained("c", -.01),
            ],
        };
        var pairs = file.Pairs();
        Assert.Equal(["a", "b", "c"], pairs.Ideas);
        Assert.Equal(["a", "+4.0 ± 1.0", "+5.0", "-"], pairs.ToTable().Rows[0]);
        Assert.Equal(.01, pairs.OverBetter(1, 0)!.Value, 1e-9);
        Assert.Equal(-.01, pairs.OverSum(1, 0)!.Value, 1e-9);
        Assert.False(file.Pairs("Dice").HasPairs);
    }
}
