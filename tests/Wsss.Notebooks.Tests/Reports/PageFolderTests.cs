using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Tests.Reports;

public sealed class PageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _page;

    public PageFolderTests() => _page = _folder.File("page");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("index.html")]
    [InlineData("play.js")]
    [InlineData("thumbnails/0.jpg")]
    public void A_file_of_somebody_else_is_not_written_over(string name)
    {
        string own = Path.Combine(_page, name);
        Directory.CreateDirectory(Path.GetDirectoryName(own)!);
        File.WriteAllText(own, "<!DOCTYPE html>\n<title>mine</title>");
        string found = Assert.Throws<WsssException>(() => Folder()).Message;
        Assert.Contains($"found '{Path.Combine(_page, name.Split('/')[0])}', which would be lost", found);
        File.Move(own, Path.Combine(_page, "other.html"));
        if (Directory.Exists(Path.Combine(_page, "thumbnails"))) Directory.Delete(Path.Combine(_page, "thumbnails"));
        // What would stay is no reason.
        _ = Folder();
    }

    [Fact]
    public void A_folder_is_known_again_by_its_kind_of_page_from_its_first_file_on()
    {
        var folder = Folder();
        Assert.False(Directory.Exists(_page));
        folder.Begin();
        File.WriteAllText(folder.PathOf("play.js"), "");
        Assert.Contains("Not all of this page is written", File.ReadAllText(folder.PathOf("index.html")));
        // The interrupted one.
        folder = Folder();
        string html = PageHtml.Frame(new string('t', 4000), PageKind.Play, "whole");
        Assert.Equal(Path.Combine(_page, "index.html"), folder.End(html));
        Assert.Equal(html, File.ReadAllText(folder.PathOf("index.html")));
        _ = Folder();
        Assert.Throws<WsssException>(() => new PageFolder(_page, PageKind.Report, []));
    }

    private PageFolder Folder() => new(_page, PageKind.Play, ["play.js", "thumbnails"]);
}
