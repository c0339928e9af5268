using Wsss.Pipeline;
using Wsss.Tests.Data;

namespace Wsss.Tests.Pipeline;

public sealed class ReviewDecisionsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandMadeSource _source = HandMadeSource.OfHalves(4);

    public void Dispose() => _folder.Dispose();

    private string Save(string json)
    {
        string path = _folder.File("decisions.json");
        File.WriteAllText(path, json.Replace("DATA", _source.Fingerprint));
        return path;
    }

    [Fact]
    public void What_the_page_saves_is_read()
    {
        string path = Save(
            """{"threshold": 0.37, "leaveOut": ["sample_002"], "good": ["sample_001", "sample_003"], "bad": ["sample_000"], "data": "DATA"}"""
        );
        var decisions = ReviewDecisions.Load(path, _source);
        Assert.Equal(0.37f, decisions.Threshold);
        Assert.Equal(["sample_002"], decisions.LeaveOut);
        Assert.Equal(["sample_001", "sample_003"], decisions.Good);
        Assert.Equal(["sample_000"], decisions.Bad);
    }

    [Fact]
    public void What_is_left_out_is_no_part_of_the_split()
    {
        var decisions = ReviewDecisions.Load(Save("""{"leaveOut": ["sample_002", "sample_000"], "data": "DATA"}"""), _source);
        Assert.Null(decisions.Threshold);
        var kept = decisions.Keep(_source);
        Assert.Equal(["sample_001", "sample_003"], Enumerable.Range(0, kept.Count).Select(kept.Id));
        Assert.Equal(_source.Mask(3).Values, kept.Mask(1).Values);
        Assert.NotEqual(_source.Fingerprint, kept.Fingerprint);
        Assert.Equal(["sample_003", "sample_001"], decisions.Keep(["sample_003", "sample_002", "sample_001", "sample_000"]));
    }

    [Fact]
    public void A_split_of_which_nothing_is_left_out_stays_itself() =>
        Assert.Same(_source, ReviewDecisions.Load(Save("""{"bad": ["sample_001"], "data": "DATA"}"""), _source).Keep(_source));

    [Theory]
    [InlineData("""{"threshold": 0.3, "data": "0123456789abcdef"}""", "'0123456789abcdef'")]
    [InlineData("""{"threshold": 1.5, "data": "DATA"}""", "found 1.5")]
    [InlineData("""{"threshold": -0.01, "data": "DATA"}""", "found -0.01")]
    [InlineData("""{"threshold": "NaN", "data": "DATA"}""", "found NaN")]
    [InlineData("""{"leaveOut": ["sample_001", "nobody"], "data": "DATA"}""", "'nobody'")]
    [InlineData("""{"good": ["nobody"], "data": "DATA"}""", "'nobody'")]
    [InlineData("""{"good": ["sample_001"], "leaveOut": ["sample_001"], "data": "DATA"}""", "'sample_001' twice")]
    [InlineData("""{"leaveOut": ["sample_000", "sample_001", "sample_002", "sample_003"], "data": "DATA"}""", "all 4 left out")]
    public void Decisions_that_do_not_fit_are_an_error_that_names_the_file_and_what_was_found(string json, string found)
    {
        string path = Save(json), message = Assert.Throws<DataSetException>(() => ReviewDecisions.Load(path, _source)).Message;
        Assert.Contains(path, message);
        Assert.Contains(found, message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"threshold": 0.3}""")]
    [InlineData("""{"leaveOut": null, "data": "DATA"}""")]
    [InlineData("""{"leftOut": [], "data": "DATA"}""")]
    public void A_file_that_holds_no_decisions_is_an_error_that_names_it(string json)
    {
        string path = Save(json);
        Assert.Contains(path, Assert.ThrowsAny<WsssException>(() => ReviewDecisions.Load(path, _source)).Message);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        string path = _folder.File("none.json");
        Assert.Contains(path, Assert.Throws<DataSetException>(() => ReviewDecisions.Load(path, _source)).Message);
    }
}
