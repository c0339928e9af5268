using Wsss.Data;
using Wsss.Annotations;

namespace Wsss.Tests.Annotations;

public sealed class CocoPolygonTests
{
    // Run lengths by rleFrPoly of COCO's toolbox (maskApi.c).
    [Theory]
    [InlineData(10, 8, "9260g1", 1.0, 1.0, 3.0, 1.0, 3.0, 3.0, 1.0, 3.0)]
    [InlineData(12, 9, "c0363N0OO100O2N1O`0", 1.5, .5, 10.2, 3.3, 4.0, 8.7)]
    [InlineData(20, 16, "W11?1O0GO32J0641OO2M2103N1N01OLI06OMO316Oj0",
        10.0, 1.0, 12.4, 7.0, 19.0, 7.0, 13.8, 10.6, 16.0, 15.5, 10.0, 12.0, 4.0, 15.5, 6.2, 10.6, 1.0, 7.0, 7.6, 7.0)]
    [InlineData(16, 12, "0661O1O1O1O1OY20fM1O2ON", -3.0, 2.0, 8.0, -4.0, 20.0, 6.0, 9.0, 15.0)]
    [InlineData(60, 40,
        @"\63U19G:F9G2NM3N2N3L3N2N2N2M3N2N2N22N1O1O101N1O1O1O1O2N1O1O1O1O2O0O1O1O1O1ON2O1N2N2N2N2N3M2N2O1N2N2N2NR6",
        5.25, 3.75, 55.5, 8.1, 40.3, 36.6, 20.2, 12.2, 8.8, 38.4)]
    public void Polygons_are_filled_as_COCO_fills_them(int width, int height, string expected, params double[] polygon) =>
        Assert.Equal(CocoRle.Decode(expected, width, height).Values, CocoPolygon.Fill([polygon], width, height).Values);

    [Fact]
    public void Several_polygons_are_united() => Assert.Equal(
        Masks.Of(
            "111..",
            "11111",
            "..111").Values,
        CocoPolygon.Fill([[0, 0, 3, 0, 3, 2, 0, 2], [2, 1, 5, 1, 5, 3, 2, 3]], 5, 3).Values);

    [Fact]
    public void A_square_is_its_four_corners() =>
        Assert.Equal([[1, 1, 3, 1, 3, 3, 1, 3]], Contours.Polygons(Masks.Of("....", ".22.", ".22.", "...."), 2));

    [Fact]
    public void A_hole_hangs_on_a_vertical_cut() =>
        Assert.Equal([[0, 0, 1, 0, 1, 2, 2, 2, 2, 1, 1, 1, 1, 0, 3, 0, 3, 3, 0, 3]], Contours.Polygons(Masks.Of("111", "1.1", "111"), 1));

    [Fact]
    public void Regions_that_touch_at_a_corner_are_two() =>
        Assert.Equal([[0, 0, 1, 0, 1, 1, 0, 1], [1, 1, 2, 1, 2, 2, 1, 2]], Contours.Polygons(Masks.Of("1.", ".1"), 1));

    [Fact]
    public void Holes_below_each_other_and_a_region_in_a_hole_come_back()
    {
        var mask = Masks.Of(
            "1111111",
            "1.1...1",
            "111.1.1",
            "1.1...1",
            "1111111",
            "1..1.11",
            "1111111");
        var polygons = Contours.Polygons(mask, 1);
        Assert.Equal(2, polygons.Count);
        Assert.Equal([4, 2, 5, 2, 5, 3, 4, 3], polygons[1]);
        Assert.Equal(mask.Values, Filled(polygons, 7, 7));
    }

    [Fact]
    public void Filling_the_outlines_of_any_mask_gives_the_mask()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var mask = Masks.Random(1 + seed % 13, 1 + seed % 9, 1 + seed % 2, seed);
            Assert.Equal(Masks.Only(mask, 1), Filled(Contours.Polygons(mask, 1), mask.Width, mask.Height));
        }
    }

    [Fact]
    public void Impossible_polygons_are_refused()
    {
        Assert.Contains(
            "found 4 numbers",
            Assert
                .Throws<AnnotationException>(() =>
                    CocoPolygon.Fill(
                        [
                            [0, 0, 1, 1],
                        ],
                        4,
                        4
                    )
                )
                .Message
        );
        Assert.Contains(
            "found 7 numbers",
            Assert
                .Throws<AnnotationException>(() =>
                    CocoPolygon.Fill(
                        [
                            [0, 0, 1, 1, 2, 2, 3],
                        ],
                        4,
                        4
                    )
                )
                .Message
        );
        Assert.Contains(
            "y = 1E+30",
            Assert
                .Throws<AnnotationException>(() =>
                    CocoPolygon.Fill(
                        [
                            [0, 0, 1, 1e30, 2, 2],
                        ],
                        4,
                        4
                    )
                )
                .Message
        );
        Assert.Contains(
            "x = NaN",
            Assert
                .Throws<AnnotationException>(() =>
                    CocoPolygon.Fill(
                        [
                            [double.NaN, 0, 1, 1, 2, 2],
                        ],
                        4,
                        4
                    )
                )
                .Message
        );
    }

    private static byte[] Filled(IEnumerable<int[]> polygons, int width, int height) =>
        CocoPolygon
            .Fill([.. polygons.Select(polygon => (IReadOnlyList<double>)[.. polygon.Select(number => (double)number)])], width, height)
            .Values;
}
