using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;

namespace Wsss.Tests.Evaluation;

public class SceneMeasureTests
{
    private static LabelMap Row(params byte[] values) => new(values.Length, 1, values);

    [Fact]
    public void PartRecallOfAHandComputedCase()
    {
        var recall = new PartRecall();
        Assert.Null(recall.Head);
        Assert.Null(recall.Body);
        // Two heads (one found, one given another class), three bodies (one found) and an ignored one.
        recall.Add(Row(1, 1, 1, 1, 1, 255, 0), Row(1, 1, 2, 2, 2, 2, 0), Row(1, 2, 1, 0, 255, 1, 1));
        Assert.Equal(1.0 / 2, recall.Head);
        Assert.Equal(1.0 / 3, recall.Body);
    }

    [Fact]
    public void ContextLeakOfAHandComputedCase()
    {
        var leak = new ContextLeak();
        Assert.Null(leak.Maps);
        LabelMap context = Row(0, 1, 1, 0);
        leak.Add(context, new LocalizationMaps("a", 4, 1, [0, 3], [0.5f, 0.25f, 0, 0.25f, 0, 1, 0, 0]));
        leak.Add(context, Row(1, 1, 255, 2));
        Assert.Equal(1.25 / 2, leak.Maps!.Value, 12);
        Assert.Equal(1.0 / 3, leak.Masks!.Value, 12);
    }

    [Fact]
    public void ScenesWithoutContextDoNotDiluteTheLeak()
    {
        var leak = new ContextLeak();
        leak.Add(Row(0, 0), new LocalizationMaps("a", 2, 1, [0], [1, 1]));
        leak.Add(Row(0, 0), Row(1, 1));
        Assert.Null(leak.Maps);
        Assert.Null(leak.Masks);
    }

    [Fact]
    public void RefuseOtherSizes()
    {
        Assert.Throws<EvaluationException>(() => new PartRecall().Add(Row(0, 1), Row(0), Row(0, 1)));
        Assert.Throws<EvaluationException>(() => new PartRecall().Add(Row(0, 1), Row(0, 1), Row(0)));
        Assert.Throws<EvaluationException>(() => new ContextLeak().Add(Row(0, 1), Row(0)));
        Assert.Throws<EvaluationException>(() => new ContextLeak().Add(Row(0, 1), new LocalizationMaps("a", 1, 1, [0], [1])));
    }
}
