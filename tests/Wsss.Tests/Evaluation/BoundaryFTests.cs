using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class BoundaryFTests
{
    private static LabelMap Square(int side, int left, int top, int size, byte label = 1)
    {
        var values = new byte[side * side];
        for (int y = top; y < top + size; y++)
            for (int x = left; x < left + size; x++) values[y * side + x] = label;
        return new LabelMap(side, side, values);
    }

    private static double? F(LabelMap truth, LabelMap prediction)
    {
        var f = new BoundaryF();
        f.Add(new ScoredImage("a", truth, prediction));
        return f.Values().Single().Value;
    }

    [Fact]
    public void The_perfect_mask_scores_one() => Assert.Equal(1, F(Square(64, 10, 12, 20), Square(64, 10, 12, 20)));

    [Theory]
    [InlineData(1, 1.0)]         // within the tolerance of one pixel
    [InlineData(3, 38.0 / 76.0)] // the two sides along the shift stay but for their ends, the two others are missed
    public void A_shifted_mask(int shift, double expected) =>
        Assert.Equal(expected, F(Square(64, 10, 12, 20), Square(64, 10 + shift, 12, 20))!.Value, 12);

    [Fact]
    public void The_tolerance_grows_with_the_image()
    {
        // Diagonal 566 px: the tolerance is 4.2 px.
        Assert.Equal(1, F(Square(400, 100, 100, 200), Square(400, 104, 100, 200)));
        Assert.True(F(Square(400, 100, 100, 200), Square(400, 105, 100, 200)) < 1);
    }

    [Fact]
    public void A_missed_object_scores_zero()
    {
        Assert.Equal(0, F(Square(32, 4, 4, 8), Square(32, 0, 0, 1, label: 0)));
        Assert.Equal(0, F(Square(32, 4, 4, 8), Square(32, 4, 4, 8, label: 2)));
    }

    [Fact]
    public void Without_a_true_boundary_there_is_nothing_to_measure()
    {
        Assert.Null(F(Square(8, 0, 0, 8), Square(8, 0, 0, 4)));
        Assert.Null(F(Square(8, 0, 0, 1, label: 0), Square(8, 0, 0, 4)));
    }

    [Fact]
    public void The_mask_may_end_anywhere_in_the_void_border()
    {
        LabelMap truth = Square(64, 10, 10, 20);
        for (int y = 5; y < 35; y++)
            for (int x = 5; x < 35; x++)
                if (truth.Values[y * 64 + x] == 0) truth.Values[y * 64 + x] = LabelMap.Ignore;
        Assert.Equal(1, F(truth, Square(64, 7, 7, 26)));
        Assert.True(F(truth, Square(64, 2, 2, 36)) < 0.6);
    }

    [Fact]
    public void Classes_weigh_the_same_however_many_images_they_have()
    {
        var f = new BoundaryF();
        for (int i = 0; i < 3; i++) f.Add(new ScoredImage("a", Square(32, 4, 4, 8), Square(32, 4, 4, 8)));
        f.Add(new ScoredImage("b", Square(32, 4, 4, 8, label: 2), Square(32, 4, 4, 8)));
        Assert.Equal(0.5, f.Values().Single().Value);
        Assert.Throws<EvaluationException>(() => new ScoredImage("a", Square(8, 0, 0, 2), Square(9, 0, 0, 2)));
    }
}
