using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class ScoreTests
{
    private static readonly string[] Names = ["cat", "boat", "train"];

    private static readonly RgbImage Image = new(3, 2, new byte[18]);

    private static readonly LabelMap Mask = new(3, 2, [0, 1, 1, 0, 2, 2]);

    private static readonly LabelMap Prediction = new(3, 2, [0, 1, 0, 2, 2, 2]);

    private static Score Scene()
    {
        var evaluator = new SegmentationEvaluator(Names);
        var truth = new SceneTruth(new LabelMap(3, 2, [0, 1, 2, 0, 1, 2]), Mask, new LabelMap(3, 2, [0, 0, 0, 1, 0, 0]));
        evaluator.Add(
            "scene", Mask, truth, Prediction,
            new LocalizationMaps("scene", 3, 2, [1], [0, 0, 0, 1, 1, 2]));
        return evaluator.ToScore();
    }

    [Fact]
    public void A_scenes_score_has_every_measure()
    {
        Score score = Scene();
        Assert.Equal(1, score.Images);
        Assert.Equal((1.0 / 3 + 1.0 / 2 + 2.0 / 3) / 3, score.MeanIoU, 12);
        Assert.Equal(["background", "cat", "boat", "train"], score.Labels);
        Assert.Null(score.ByLabel("IoU")[3]);
        Assert.Equal(1, score.HeadRecall);
        Assert.Equal(0.5, score.BodyRecall);
        Assert.Equal(0.25, score.MapLeak);
        Assert.Equal(0.25, score.MaskLeak);
        Assert.NotNull(score["boundary F"]);
    }

    private static Score Photograph()
    {
        var evaluator = new SegmentationEvaluator(Names);
        evaluator.Add("photo", Mask, null, Prediction);
        return evaluator.ToScore();
    }

    [Fact]
    public void A_photographs_score_has_no_scene_measures()
    {
        Score score = Photograph();
        Assert.Null(score.HeadRecall);
        Assert.Null(score.BodyRecall);
        Assert.Null(score.MapLeak);
        Assert.Null(score.MaskLeak);
        Assert.DoesNotContain("leak", score.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_is_aligned_and_invariant()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            string[] lines = Scene().ToTable().Split('\n');
            // Other measures may have columns after these.
            Assert.StartsWith("| class      | IoU % | precision % | recall % |", lines[0]);
            Assert.StartsWith("| ---------- | ----: | ----------: | -------: |", lines[1]);
            Assert.StartsWith("| background |  33.3 |        50.0 |     50.0 |", lines[2]);
            Assert.StartsWith("| train      |     - |           - |        - |", lines[5]);
            Assert.StartsWith("| mean       |  50.0 |        72.2 |     66.7 |", lines[6]);
            Assert.Contains("| body recall |  50.0 |", lines);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void JSON_round_trip_keeps_everything()
    {
        Score score = Scene();
        string json = score.ToJson();
        Score back = Score.FromJson(json);
        Assert.Equal(json, back.ToJson());
        Assert.Equal(score.Labels, back.Labels);
        foreach (string measure in new[] { "IoU", "precision", "recall" }) Assert.Equal(score.ByLabel(measure), back.ByLabel(measure));
        Assert.Equal(Values(score), Values(back));
        Assert.Equal(score.MeanIoU, back.MeanIoU);
        Assert.Equal(score.MapLeak, back.MapLeak);

        static IEnumerable<MeasureValue> Values(Score score) => score.Measures.Select(value => value with { Classes = null });
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Other_JSON_is_refused(string json) => Assert.Throws<EvaluationException>(() => Score.FromJson(json));

    [Fact]
    public void A_score_without_an_mIoU_says_so()
    {
        var error = Assert.Throws<EvaluationException>(() => new Score(1, Names, []).MeanIoU);
        Assert.Contains("a score with an mIoU, found none", error.Message);
    }

    [Fact]
    public void Compared_scores_have_a_column_per_measure_that_one_of_them_has()
    {
        Table table = Score.Compare(["stage", "split"], [(["maps", "test"], Scene()), (["network", "test"], Photograph())]);
        Assert.Equal(
            ["stage", "split", "mIoU %", "precision %", "recall %", "boundary F %", "head %", "body %", "map leak %", "mask leak %"],
            table.Headers.Take(10));
        Assert.All(table.Rows, row => Assert.Equal(table.Headers.Count, row.Count));
        Assert.Equal(["maps", "test", "50.0"], table.Rows[0].Take(3));
        Assert.Equal("-", table.Rows[1][6]);
        Assert.DoesNotContain("head %", Score.Compare([], [([], Photograph())]).Headers);
    }

    [Fact]
    public void Refuses_other_sizes()
    {
        var evaluator = new SegmentationEvaluator(Names);
        var error = Assert.Throws<EvaluationException>(() => evaluator.Add("photo", Mask, null, new LabelMap(2, 2, new byte[4])));
        Assert.Contains("photo", error.Message, StringComparison.Ordinal);
        Assert.Throws<EvaluationException>(() =>
            evaluator.Add("photo", Mask, null, Prediction, new LocalizationMaps("m", 2, 2, [0], new float[4]))
        );
        Assert.Equal(0, evaluator.ToScore().Images);
    }
}
