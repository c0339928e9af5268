using Wsss.Annotations;

namespace Wsss.Tests.Annotations;

public sealed class AreaTableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_say_how_much_each_class_covers()
    {
        AreaTable.Write(_folder.File("areas.csv"), ["cat", "dog, big"],
            [new AnnotatedImage("a.jpg", Masks.Of("112", "...")), new AnnotatedImage("b.jpg", Masks.Of("...", "..."))]);
        Assert.Equal(
            "image,class,pixels,share\na.jpg,cat,2,0.333333\na.jpg,\"dog, big\",1,0.166667\nb.jpg,background,6,1\n",
            File.ReadAllText(_folder.File("areas.csv")));
    }

    [Theory]
    [InlineData("cat", "cat")]
    [InlineData("", "")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    public void No_cell_is_a_formula(string text, string cell) => Assert.Equal(cell, AreaTable.Cell(text));
}
