using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class ConnectedPartsTests
{
    // 1 at two places that touch by a corner, −1 between, and 0 at the right edge and, apart from it, at the left.
    private static readonly int[] Grid =
    [
        1, -1, 0,
        -1, 1, 0,
        0, 1, -1,
    ];

    [Fact]
    public void Sides_connect_and_corners_where_they_are_asked_to()
    {
        Assert.Equal([[0], [2, 5], [4, 7], [6]], Parts(Grid, corners: false));
        Assert.Equal([[0, 4, 7], [2, 5], [6]], Parts(Grid, corners: true));
    }

    [Fact]
    public void Ends_of_rows_are_not_beside_the_next_ones_beginnings() =>
        Assert.Equal([[1], [2]], ConnectedParts.Of([-1, 0, 0, -1], 2, corners: false).Select(part => part.Order().ToArray()));

    [Fact]
    public void Nothing_and_one_part_of_everything()
    {
        Assert.Empty(ConnectedParts.Of([-1, -1], 2, corners: true));
        Assert.Equal(Enumerable.Range(0, 12), Assert.Single(ConnectedParts.Of(new int[12], 4, corners: false)).Order());
    }

    private static int[][] Parts(int[] grid, bool corners) =>
        [.. ConnectedParts.Of(grid, 3, corners).Select(part => part.Order().ToArray())];
}
