using CsCheck;
using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class ThresholdCurveTests
{
    private const int Labels = 4;

    // Scores on and between the thresholds, and a few outside of them.
    private static readonly Gen<float> Score = Gen.Frequency(
        (6, Gen.Float[0, 1]), (4, Gen.Int[0, 100].Select(i => (float)(i / 100.0))), (1, Gen.Const(float.NaN)),
        (1, Gen.Const(float.PositiveInfinity)), (1, Gen.Const(-0.5f)));

    private static readonly Gen<(LocalizationMaps Maps, LabelMap Truth)> Image =
        from width in Gen.Int[1, 6]
        from height in Gen.Int[1, 6]
        from present in Gen.Bool.Array[Labels - 1]
        let classes = Enumerable.Range(0, Labels - 1).Where(c => present[c]).ToArray()
        from values in Score.Array[classes.Length * width * height]
        from truth in Gen.OneOf<byte>(0, 1, 2, 3, 255).Array[width * height]
        select (new LocalizationMaps("drawn", width, height, classes, values), new LabelMap(width, height, truth));

    [Fact]
    public void Equals_brute_force_at_every_threshold() => Image.Array[1, 4].Sample(images =>
    {
        var curve = new ThresholdCurve(Labels);
        foreach ((LocalizationMaps maps, LabelMap truth) in images) curve.Add(maps, truth);
        IReadOnlyList<ConfusionMatrix> matrices = curve.Matrices();
        Assert.Equal(99, matrices.Count);
        for (int i = 0; i < matrices.Count; i++)
        {
            var expected = new ConfusionMatrix(Labels);
            foreach ((LocalizationMaps maps, LabelMap truth) in images)
                expected.Add(truth, ThresholdRule.Apply(maps, ThresholdRule.Grid[i]));
            for (int t = 0; t < Labels; t++)
                for (int p = 0; p < Labels; p++) Assert.Equal(expected[t, p], matrices[i][t, p]);
        }
    }, iter: 150);

    [Fact]
    public void The_rule_takes_the_score_of_the_threshold_and_the_lower_class_among_equals()
    {
        var maps = new LocalizationMaps("tie", 3, 1, [1, 4], [0.3f, 0.7f, 0.29f, 0.3f, 0.1f, 0.1f]);
        Assert.Equal([2, 2, 0], ThresholdRule.Apply(maps, 0.3f).Values);
        Assert.Equal([0, 2, 0], ThresholdRule.Apply(maps, 0.7f).Values);
    }

    [Fact]
    public void No_maps_are_background_everywhere()
    {
        var maps = new LocalizationMaps("none", 2, 1, [], []);
        Assert.Equal([0, 0], ThresholdRule.Apply(maps, 0.01f).Values);
        var curve = new ThresholdCurve(2);
        curve.Add(maps, new LabelMap(2, 1, [0, 1]));
        Assert.All(curve.Matrices(), matrix => Assert.Equal((1L, 1L), (matrix[0, 0], matrix[1, 0])));
    }

    [Fact]
    public void The_best_threshold_is_the_lowest_among_equals()
    {
        var curve = new ThresholdCurve(2);
        curve.Add(new LocalizationMaps("a", 4, 1, [0], [0.2f, 0.2f, 0.6f, 0.9f]), new LabelMap(4, 1, [0, 0, 1, 1]));
        ThresholdSummary summary = curve.Summarize();
        Assert.Equal(0.21f, summary.Best.Threshold); // 0.21 … 0.60 are all perfect
        Assert.Equal(1, summary.Best.MeanIoU);
        Assert.Equal(0.01f, summary.Points[0].Threshold);
        Assert.Equal((0.5, 1.0), (summary.Points[0].Precision, summary.Points[0].Recall));
        Assert.Equal((1.0, 0.0), (summary.Points[98].Precision, summary.Points[98].Recall));
        Assert.Equal(1, summary.AveragePrecision, 12);
    }

    [Fact]
    public void Average_precision_of_a_hand_computed_case()
    {
        var curve = new ThresholdCurve(3);
        // Right, wrong (background), right, wrong class: P and R are 1, ½ → ½, ½ → ⅔, 1 → and the last adds no recall.
        curve.Add(
            new LocalizationMaps("a", 4, 1, [0, 1], [0.9f, 0.8f, 0.7f, 0, 0, 0, 0, 0.6f]), new LabelMap(4, 1, [1, 0, 1, 1]));
        Assert.Equal(1.0 / 3 + 1.0 / 3 * 2 / 3, curve.Summarize().AveragePrecision, 12);
    }

    [Fact]
    public void Refuses_other_sizes_and_other_classes()
    {
        var curve = new ThresholdCurve(2);
        var truth = new LabelMap(2, 1, [0, 1]);
        Assert.Throws<EvaluationException>(() => curve.Add(new LocalizationMaps("a", 1, 1, [0], [1]), truth));
        Assert.Throws<EvaluationException>(() => curve.Add(new LocalizationMaps("a", 2, 1, [1], [1, 1]), truth));
        Assert.Throws<EvaluationException>(() => curve.Add(new LocalizationMaps("a", 2, 1, [0], [1, 1]), new LabelMap(2, 1, [0, 2])));
    }
}
