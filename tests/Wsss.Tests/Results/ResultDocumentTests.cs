using Wsss.Results;

namespace Wsss.Tests.Results;

public sealed class ResultDocumentTests : IDisposable
{
    private const string Text = "before\n\n<!-- results: ways\nrows: way\ncolumns: {mIoU %: mIoU}\n-->\nold\n<!-- /results -->\n\nafter\n";

    private readonly TempFolder _folder = new();

    public ResultDocumentTests() => new ResultFile
    {
        Title = "ways",
        Origin = new ResultOrigin { State = "1", Seeds = [1] },
        Rows = [new ResultRow("plain", new Dictionary<string, ResultValue> { ["mIoU"] = new(.5, null) })],
    }.Save(_folder.File("ways.json"));

    public void Dispose() => _folder.Dispose();

    /// <summary>The repository's documents with tables from results; a table that does not say what was measured fails here.</summary>
    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/results.md", 25)]
    [InlineData("docs/options.md", 3)]
    [InlineData("docs/methods.md", 20)]
    [InlineData("docs/performance.md", 3)]
    [InlineData("docs/guide/own-photographs.md", 3)]
    public void The_documents_say_what_was_measured(string document, int tables)
    {
        string root = ProjectFolder.Root, text = File.ReadAllText(Path.Combine(root, document)).ReplaceLineEndings("\n");
        Assert.Equal(tables, text.Split("<!-- results:").Length - 1);
        string updated = ResultDocument.Update(text, document, Path.Combine(root, "results"));
        Assert.True(text == updated, $"{document} is out of date: `wsss results update {document}`\n{FirstDifference(text, updated)}");
    }

    /// <summary>What no table can show of other programs is quoted from the file of results.</summary>
    [Fact]
    public void What_is_said_of_other_programs_is_what_was_measured()
    {
        string root = ProjectFolder.Root, text = File.ReadAllText(Path.Combine(root, "docs", "performance.md"));
        string note = ResultFile.Load(Path.Combine(root, "results", "peers.json")).Origin.Note!;
        Assert.Contains(OneLine(note), OneLine(text));

        static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Tables_are_made_anew_and_the_rest_stays()
    {
        string updated = ResultDocument.Update(Text, "a.md", _folder.Path);
        Assert.Equal(Text.Replace("old", "| way | mIoU % |\n|---|---:|\n| plain | 50.0 |"), updated);
        Assert.Equal(updated, ResultDocument.Update(updated, "a.md", _folder.Path));
        Assert.Equal("no table", ResultDocument.Update("no table", "a.md", _folder.Path));
    }

    [Fact]
    public void A_document_keeps_its_line_ends()
    {
        string windows = Text.ReplaceLineEndings("\r\n"), updated = ResultDocument.Update(windows, "a.md", _folder.Path);
        Assert.Equal(ResultDocument.Update(Text, "a.md", _folder.Path).ReplaceLineEndings("\r\n"), updated);
        Assert.NotEqual(windows, updated);
    }

    [Theory]
    [InlineData("<!-- /results -->", "", "found 1 and 0")]
    [InlineData("-->\nold", "--> old", "found 0 of 1 so")]
    [InlineData("results: ways", "results: .ways", "found 0 of 1 so")]
    [InlineData("columns", "column", "a.md, results: ways")]
    [InlineData("results: ways", "results: others", "others.json")]
    [InlineData("mIoU %: mIoU", "mIoU %: Dice", "found 'Dice'")]
    public void What_is_wrong_is_named(string right, string wrong, string named) =>
        Assert.Contains(
            named, Assert.Throws<WsssException>(() => ResultDocument.Update(Text.Replace(right, wrong), "a.md", _folder.Path)).Message);

    private static string FirstDifference(string old, string updated) =>
        old.Split('\n').Zip(updated.Split('\n')).Where(lines => lines.First != lines.Second).Select(lines => $"{lines}").FirstOrDefault()
        ?? "";
}
