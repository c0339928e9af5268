using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class DiceTests
{
    private static LabelMap Row(params byte[] values) => new(values.Length, 1, values);

    private static MeasureValue Of(LabelMap truth, LabelMap prediction)
    {
        var dice = new Dice(4);
        dice.Add(new ScoredImage("a", truth, prediction));
        return dice.Values().Single();
    }

    [Fact]
    public void A_hand_computed_case()
    {
        // Background: TP 1, FP 1, FN 1. Class 1: TP 2, FP 1, FN 1. Class 3 is nowhere.
        MeasureValue dice = Of(Row(0, 0, 1, 1, 1), Row(0, 1, 1, 1, 0));
        Assert.Equal(2.0 / 4, dice.Classes!.ByLabel[0]!.Value, 12);
        Assert.Equal(4.0 / 6, dice.Classes.ByLabel[1]!.Value, 12);
        Assert.Equal((0.5 + 4.0 / 6) / 2, dice.Value!.Value, 12);
        Assert.Null(dice.Classes.ByLabel[3]);
    }

    [Fact]
    public void The_perfect_mask_has_one_and_a_missed_class_zero()
    {
        Assert.Equal(1, Of(Row(0, 1, 2), Row(0, 1, 2)).Value);
        Assert.Equal(0, Of(Row(1, 1), Row(0, 2)).Classes!.ByLabel[1]);
    }

    [Fact]
    public void It_is_a_column_of_every_score()
    {
        var evaluator = new SegmentationEvaluator(["cat"]);
        evaluator.Add("a", Row(0, 1), null, Row(0, 1));
        Score score = evaluator.ToScore();
        Assert.Equal(1, score["Dice"]);
        Assert.Contains("Dice %", score.ToTable(), StringComparison.Ordinal);
        Assert.Contains("Dice %", Score.Compare([], [([], score)]).Headers);
    }
}
