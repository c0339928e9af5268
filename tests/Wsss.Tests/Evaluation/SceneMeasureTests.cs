using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Tests.Evaluation;

public class SceneMeasureTests
{
    private static LabelMap Row(params byte[] values) => new(values.Length, 1, values);

    private static ScoredImage Scene(
        LabelMap truth, LabelMap prediction, LabelMap? parts = null, LabelMap? context = null, LocalizationMaps? maps = null)
    {
        var none = new LabelMap(truth.Width, truth.Height, new byte[truth.Values.Length]);
        return new ScoredImage("a", truth, prediction, new SceneTruth(parts ?? none, none, context ?? none), maps);
    }

    private static double? Value(Measure measure, string name) => measure.Values().Single(value => value.Name == name).Value;

    [Fact]
    public void Part_recall_of_a_hand_computed_case()
    {
        var recall = new PartRecall();
        Assert.Null(Value(recall, PartRecall.Head));
        Assert.Null(Value(recall, PartRecall.Body));
        // Two heads (one found, one given another class), three bodies (one found) and an ignored one.
        recall.Add(Scene(Row(1, 1, 1, 1, 1, 255, 0), Row(1, 2, 1, 0, 255, 1, 1), parts: Row(1, 1, 2, 2, 2, 2, 0)));
        Assert.Equal(1.0 / 2, Value(recall, PartRecall.Head));
        Assert.Equal(1.0 / 3, Value(recall, PartRecall.Body));
    }

    [Fact]
    public void Context_leak_of_a_hand_computed_case()
    {
        var leak = new ContextLeak();
        Assert.Null(Value(leak, ContextLeak.Maps));
        leak.Add(Scene(
            Row(0, 0, 0, 0), Row(1, 1, 255, 2), context: Row(0, 1, 1, 0),
            maps: new LocalizationMaps("a", 4, 1, [0, 3], [0.5f, 0.25f, 0, 0.25f, 0, 1, 0, 0])));
        Assert.Equal(1.25 / 2, Value(leak, ContextLeak.Maps)!.Value, 12);
        Assert.Equal(1.0 / 3, Value(leak, ContextLeak.Masks)!.Value, 12);
    }

    [Fact]
    public void Scenes_without_context_do_not_dilute_the_leak()
    {
        var leak = new ContextLeak();
        leak.Add(Scene(Row(0, 0), Row(1, 1), maps: new LocalizationMaps("a", 2, 1, [0], [1, 1])));
        Assert.Null(Value(leak, ContextLeak.Maps));
        Assert.Null(Value(leak, ContextLeak.Masks));
    }

    [Fact]
    public void Refuse_other_sizes()
    {
        Assert.Throws<EvaluationException>(() => Scene(Row(0, 1), Row(0, 1), parts: Row(0)));
        Assert.Throws<EvaluationException>(() => Scene(Row(0, 1), Row(0)));
        Assert.Throws<EvaluationException>(() => Scene(Row(0, 1), Row(0, 1), context: Row(0)));
        Assert.Throws<EvaluationException>(() => Scene(Row(0, 1), Row(0, 1), maps: new LocalizationMaps("a", 1, 1, [0], [1])));
    }
}
