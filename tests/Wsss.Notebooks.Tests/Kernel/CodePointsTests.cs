using Wsss.Kernel;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class CodePointsTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("abc", 2, 2)]
    [InlineData("é中a", 3, 3)]
    [InlineData("😀a", 1, 2)]
    [InlineData("a😀😀b", 3, 5)]
    [InlineData("\ud83da", 2, 2)]
    public void Positions_are_those_of_the_other_count(string text, int codePoints, int utf16)
    {
        Assert.Equal(utf16, CodePoints.ToUtf16(text, codePoints));
        Assert.Equal(codePoints, CodePoints.FromUtf16(text, utf16));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 3)]
    public void Positions_outside_are_the_ends(int codePoints, int utf16) => Assert.Equal(utf16, CodePoints.ToUtf16("😀a", codePoints));
}
