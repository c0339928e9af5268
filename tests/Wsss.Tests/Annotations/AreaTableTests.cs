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

    [Fact]
    public void A_name_that_is_a_formula_is_text()
    {
        AreaTable.Write(_folder.File("areas.csv"), ["=1+1"], [new AnnotatedImage("@a.jpg", Masks.Of("1"))]);
        Assert.Equal("image,class,pixels,share\n'@a.jpg,'=1+1,1,1\n", File.ReadAllText(_folder.File("areas.csv")));
    }
}
