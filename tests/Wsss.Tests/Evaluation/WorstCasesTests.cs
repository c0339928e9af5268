using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Tests.Data;

namespace Wsss.Tests.Evaluation;

public sealed class WorstCasesTests
{
    private readonly HandMadeSource _source = HandMadeSource.OfHalves(4, width: 6, height: 2);

    [Fact]
    public void The_sample_that_lost_most_comes_first()
    {
        LabelMap Right(Sample sample) => _source.MaskOf(sample.Id)!;
        LabelMap Wrong(Sample sample, int pixels) =>
            new(6, 2, [.. Right(sample).Values.Select((value, i) => i < pixels ? (byte)(value == 0 ? 1 : 0) : value)]);
        var found = WorstCases.Find(_source, Right, sample => Wrong(sample, 3 * (int.Parse(sample.Id[^1..], null) % 3)), 2);
        Assert.Equal(["sample_002", "sample_001"], found.Select(sample => sample.Id));
    }

    [Fact]
    public void A_missing_mask_is_named() => Assert.Contains("sample_000",
        Assert.Throws<EvaluationException>(() => WorstCases.Find(_source, sample => _source.MaskOf(sample.Id), _ => null, 2)).Message);
}
