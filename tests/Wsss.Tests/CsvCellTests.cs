namespace Wsss.Tests;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("cat", "cat")]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("a;=1", "\"a;=1\"")]
    public void No_cell_is_a_formula(string text, string cell) => Assert.Equal(cell, CsvCell.Of(text));
}
