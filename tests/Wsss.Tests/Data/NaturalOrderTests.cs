using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_are_ordered_by_value() => Assert.Equal(
        ["a", "a1", "a2b", "a2c", "A10", "a010", "b0003", "b4", "b4x"],
        new[] { "b4x", "a010", "a2c", "a", "b4", "A10", "a2b", "b0003", "a1" }.Order(NaturalOrder.Comparer));
}
