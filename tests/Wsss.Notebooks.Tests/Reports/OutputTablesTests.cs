using AngleSharp.Html.Parser;
using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Tests.Reports;

public class OutputTablesTests
{
    [Fact]
    public void A_table_becomes_a_file_with_numbers_that_programs_read_and_without_formulas()
    {
        using var document = new HtmlParser().ParseDocument("""
            <table><thead><tr><th>maps</th><th>mIoU %</th></tr></thead><tbody>
            <tr><td>CAM, "plain"</td><td>50.4 ± 1.1</td></tr>
            <tr><td>=HYPERLINK("http://e.example")</td><td>−5.8 ± 3.8</td></tr>
            <tr><td>@SUM(1)</td><td>+8.6</td></tr>
            <tr><td>+1+cmd|' /C calc'!A0</td><td></td></tr></tbody></table>
            """);
        Assert.Equal(
            """"
            maps,mIoU %
            "CAM, ""plain""",50.4 ± 1.1
            "'=HYPERLINK(""http://e.example"")",-5.8 ± 3.8
            '@SUM(1),+8.6
            '+1+cmd|' /C calc'!A0,

            """".ReplaceLineEndings("\n"),
            OutputTables.ToCsv(document.QuerySelector("table")!));
    }

    [Theory]
    [InlineData("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>", 1)]
    [InlineData("<table><tbody><tr><td>a</td><td>1</td></tr></tbody></table>", 0)]
    [InlineData("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>", 0)]
    [InlineData(
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><table><thead><tr><th>b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></td></tr></tbody></table>",
        0
    )]
    [InlineData("<p>no table</p>", 0)]
    public void Tables_with_a_heading_for_each_column_get_a_link_and_can_be_sorted(string html, int count)
    {
        var saved = new List<string>();
        string result = OutputTables.WithFiles(
            html,
            csv =>
            {
                saved.Add(csv);
                return $"tables/{saved.Count}.csv";
            }
        );
        Assert.Equal(count, saved.Count);
        Assert.Equal(count > 0, result.Contains("<a href=\"tables/1.csv\" download=\"\">CSV</a>", StringComparison.Ordinal));
        Assert.Equal(count > 0, result.Contains("<table class=\"sortable\">", StringComparison.Ordinal));
    }
}
