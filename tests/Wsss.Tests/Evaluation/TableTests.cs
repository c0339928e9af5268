using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public sealed class TableTests
{
    [Fact]
    public void Numbers_stand_to_the_right_and_text_to_the_left()
    {
        var table = new Table(
            ["method", "mIoU %", "gain", "source"],
            [["plain", "50.4 ± 1.1", "", "here"], ["IRN", "-", "+2.3", "CVPR 2019"], ["SEAM", "7", "−1.0", ""]]);
        Assert.Equal(
            """
            | method |     mIoU % | gain | source    |
            | ------ | ---------: | ---: | --------- |
            | plain  | 50.4 ± 1.1 |      | here      |
            | IRN    |          - | +2.3 | CVPR 2019 |
            | SEAM   |          7 | −1.0 |           |

            """, table.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Names_of_others_neither_break_the_table_nor_steer_a_terminal() => Assert.Equal(
        """
        | a\|b  | c   |
        | ----- | --- |
        | d�e�f | g   |

        """, new Table(["a|b", "c"], [["d\ne\u001bf", "g"]]).ToString(), ignoreLineEndingDifferences: true);

    [Theory]
    [InlineData(0.45678, "45.7")]
    [InlineData(null, "-")]
    public void A_share_has_one_decimal(double? share, string expected) => Assert.Equal(expected, Table.Percent(share));

    [Theory]
    [InlineData(0.0234, "+2.3")]
    [InlineData(-0.0234, "-2.3")]
    [InlineData(0.0, "0.0")]
    public void A_difference_has_its_sign(double difference, string expected) => Assert.Equal(expected, Table.Points(difference));

    [Fact]
    public void A_row_of_another_length_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new Table(["a", "b"], [["1"]]).ToString());
}
