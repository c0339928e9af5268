using System.Text;
using Wsss.Results;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ResultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("utf-8", "\n")]
    [InlineData("utf-8", "\r\n")]
    [InlineData("utf-16", "\r\n")]
    public async Task A_document_keeps_its_line_ends_and_its_byte_order_mark(string encoding, string lineEnd)
    {
        new ResultFile
        {
            Title = "ways",
            Origin = new ResultOrigin { State = "1", Seeds = [1] },
            Rows = [new ResultRow("plain", new Dictionary<string, ResultValue> { ["mIoU"] = new(.5, null) })],
        }.Save(_folder.File("ways.json"));
        string[] lines = ["Größe", "<!-- results: ways", "rows: way", "columns: {mIoU %: mIoU}", "-->", "<!-- /results -->", ""],
            table = ["| way | mIoU % |", "|---|---:|", "| plain | 50.0 |"];
        string document = _folder.File("a.md");
        File.WriteAllText(document, string.Join(lineEnd, lines), Encoding.GetEncoding(encoding));
        string[] update = ["results", "update", document, "--folder", _folder.Path];
        Assert.Equal(1, (await WsssProcess.RunAsync([.. update, "--check"])).ExitCode);
        Assert.Contains("written", (await WsssProcess.RunAsync(update)).Success());
        byte[] expected = [.. Encoding.GetEncoding(encoding).GetPreamble(),
            .. Encoding.GetEncoding(encoding).GetBytes(string.Join(lineEnd, [.. lines[..5], .. table, .. lines[5..]]))];
        Assert.Equal(expected, File.ReadAllBytes(document));
        Assert.Empty((await WsssProcess.RunAsync([.. update, "--check"])).Success());
    }
}
