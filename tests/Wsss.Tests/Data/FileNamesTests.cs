using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("Mu\u0308ller", "Müller")]
    [InlineData("e\u0301te\u0301", "été")]
    [InlineData("Dvor\u030ca\u0301k", "Dvořák")]
    [InlineData("か\u3099", "が")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("Иван\u0438\u0306", "Иванй")]
    [InlineData("plain 1_ä", "plain 1_ä")]
    [InlineData("\u0308", "\u0308")]
    public void Letters_and_their_marks_are_put_together(string apart, string together) => Assert.Equal(together, FileNames.Compose(apart));

    [Fact]
    public void Numbers_in_names_are_ordered_by_value() => Assert.Equal(
        ["a", "a1", "a2b", "a2c", "A10", "a010", "b0003", "b4", "b4x"],
        new[] { "b4x", "a010", "a2c", "a", "b4", "A10", "a2b", "b0003", "a1" }.Order(FileNames.NaturalOrder));
}
