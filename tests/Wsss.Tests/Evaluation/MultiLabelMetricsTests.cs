using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class MultiLabelMetricsTests
{
    [Fact]
    public void Average_precision_of_scikit_learns_example()
    {
        // average_precision_score([0, 0, 1, 1], [.1, .4, .35, .8]) is 0.8333… in its documentation.
        MultiLabelScore score = MultiLabelMetrics.Compute([0.1f, 0.4f, 0.35f, 0.8f], [[], [], [0], [0]], 1);
        Assert.Equal(5.0 / 6, score.AveragePrecision[0]!.Value, 12);
        Assert.Equal(5.0 / 6, score.MeanAveragePrecision, 12);
        Assert.Equal(1, score.Precision);
        Assert.Equal(0.5, score.Recall);
        Assert.Equal(2.0 / 3, score.F1, 12);
    }

    [Fact]
    public void Equal_scores_enter_together_whatever_their_order()
    {
        // At .9: 1 of 1 found and right; at .5 all four together: 2 of 4 right. AP = ½·1 + ½·½.
        IReadOnlyList<int>[][] orders = [[[0], [0], [], []], [[0], [], [0], []], [[0], [], [], [0]]];
        foreach (IReadOnlyList<int>[] labels in orders)
        {
            MultiLabelScore score = MultiLabelMetrics.Compute([0.9f, 0.5f, 0.5f, 0.5f], labels, 1);
            Assert.Equal(0.75, score.MeanAveragePrecision, 12);
        }
    }

    [Fact]
    public void Classes_without_positives_are_left_out_of_the_mean_but_not_of_F1()
    {
        // [N = 2, C = 2]; class 1 has no positives and one false alarm.
        MultiLabelScore score = MultiLabelMetrics.Compute([0.9f, 0.6f, 0.2f, 0.1f], [[0], []], 2);
        Assert.Null(score.AveragePrecision[1]);
        Assert.Equal(1, score.MeanAveragePrecision);
        Assert.Equal(0.5, score.Precision);
        Assert.Equal(1, score.Recall);
        Assert.Equal(2.0 / 3, score.F1, 12);
    }

    [Fact]
    public void Exactly_half_is_predicted() => Assert.Equal(1, MultiLabelMetrics.Compute([0.5f], [[0]], 1).F1);

    [Fact]
    public void Nothing_gives_zeros()
    {
        MultiLabelScore score = MultiLabelMetrics.Compute([], [], 3);
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (score.MeanAveragePrecision, score.F1, score.Precision, score.Recall));
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        Assert.Throws<EvaluationException>(() => MultiLabelMetrics.Compute([0.1f, 0.2f, 0.3f], [[0]], 2));
        Assert.Throws<EvaluationException>(() => MultiLabelMetrics.Compute([0.1f], [[1]], 1));
        Assert.Throws<EvaluationException>(() => MultiLabelMetrics.Compute([float.NaN], [[0]], 1));
    }
}
