using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Registry;

namespace Wsss.Tests.Evaluation;

public class MeasureTests
{
    private static readonly string[] Library =
        ["mIoU", "precision", "recall", "boundary F", "head recall", "body recall", "map leak", "mask leak"];

    // What this file defines has values for this image alone, as all loaded measures see all images of all tests.
    private const string OwnImage = "share of ones";

    private static Score ScoreOf(string id)
    {
        var mask = new LabelMap(2, 1, [0, 1]);
        var evaluator = new SegmentationEvaluator(["cat"]);
        evaluator.Add(id, mask, null, mask);
        return evaluator.ToScore();
    }

    [Fact]
    public void The_librarys_measures_come_first_in_their_order() =>
        Assert.Equal(Library, ScoreOf("any").Measures.Select(value => value.Name).Take(Library.Length));

    [Fact]
    public void A_measure_joins_by_being_defined()
    {
        Score score = ScoreOf(OwnImage);
        Assert.Equal(0.5, score["ones"]);
        Assert.Equal("ones %", score.Measures[^1].Header);
        Assert.Contains("| ones ", score.ToTable(), StringComparison.Ordinal);
        Assert.Contains("ones: share of the pixels that have label 1", Family.Of<Measure>().Members.Select(member => member.Summary));
    }

    [Fact]
    public void A_measure_without_values_adds_nothing() => Assert.DoesNotContain(ScoreOf("any").Measures, value => value.Name == "ones");

    [Fact]
    public void Two_values_of_one_name_are_an_error_that_names_their_measures()
    {
        string message = Assert.Throws<EvaluationException>(() => ScoreOf("twice")).Message;
        Assert.Contains("'mIoU'", message, StringComparison.Ordinal);
        Assert.Contains($"{nameof(MaskOverlap)} and {nameof(ShareOfOnes)}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_experiments_use_is_refused()
    {
        string message = Assert.Throws<EvaluationException>(() => ScoreOf("reserved")).Message;
        Assert.Contains($"found 'F1' in {nameof(ShareOfOnes)}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_is_thread_safe()
    {
        var mask = new LabelMap(2, 1, [0, 1]);
        var evaluator = new SegmentationEvaluator(["cat"]);
        Parallel.For(0, 200, _ => evaluator.Add("any", mask, null, mask));
        Assert.Equal(200, evaluator.ToScore().Images);
        Assert.Equal(1, evaluator.ToScore().MeanIoU);
    }

    [Registered("ones: share of the pixels that have label 1", Order = 1000)]
    private sealed class ShareOfOnes : Measure
    {
        private readonly List<MeasureValue> _values = [];

        public override void Add(ScoredImage image)
        {
            if (image.Id == OwnImage) _values.Add(new MeasureValue("ones", image.Truth.Values.Average(value => (double)value)));
            if (image.Id == "reserved") _values.Add(new MeasureValue("F1", 1));
            if (image.Id == "twice") _values.Add(new MeasureValue("mIoU", 1));
        }

        public override IReadOnlyList<MeasureValue> Values() => _values;
    }
}
