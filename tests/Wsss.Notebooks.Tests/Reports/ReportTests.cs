using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Reports;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Reports;

public sealed partial class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _report;

    public ReportTests() => _report = _folder.File("report");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_has_an_index_and_a_page_for_each_notebook_and_loads_nothing_from_elsewhere()
    {
        var figure = Figure.Of(new RgbImage(4, 4, new byte[48]), "A black square");
        var chart = new Chart("Loss", """{"data":[{"y":[1,2],"name":"</script>"}],"layout":{"height":300}}""", 300);
        string[] paths =
        [
            Save(
                "00-a.ipynb",
                NotebookCell.Markdown(
                    "m",
                    "# First & *best*\n\nSee [paper](https://arxiv.org/abs/1512.04150) and $x^2$.\n\n## Part\n\n### Sub"
                )
            ),
            Save(
                "01-b.ipynb",
                NotebookCell.Markdown("m", "# Second\n\nText."),
                WithOutputs(Shown(figure), Shown(chart), Shown(new[] { chart }))
            ),
        ];
        string index = File.ReadAllText(Report.Write(paths, _report, "All of it"));
        Assert.Contains("First &amp; <em>best</em>", index, StringComparison.Ordinal);
        Assert.Contains("images/01-b-1.png", index, StringComparison.Ordinal);
        Assert.Equal(figure.Png, File.ReadAllBytes(Path.Combine(_report, "images/01-b-1.png")));
        string second = Page("01-b.html");
        Assert.Equal(1, Regex.Count(second, "<script src=\"plotly.min.js\""));
        Assert.Contains("alt=\"A black square", second, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(_report, "plotly.min.js")).Length > 1_000_000);
        foreach (
            string page in Directory
                .GetFiles(_report, "*.html")
                .Append(Path.Combine(_report, "report.css"))
                .Append(Path.Combine(_report, "report.js"))
        )
            Assert.DoesNotMatch(RemoteResource(), File.ReadAllText(page));
    }

    [Fact]
    public void Text_in_data_cannot_end_a_script()
    {
        var chart = new Chart("x", """{"data":[],"layout":{"title":"</script><b>"}}""", 100);
        Report.Write([Save("a.ipynb", WithOutputs(Shown(chart)))], _report, "t");
        Assert.DoesNotContain("</script><b>", Page("a.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_without_charts_do_not_load_plotly()
    {
        Report.Write([Save("a.ipynb", NotebookCell.Markdown("m", "# A"))], _report, "t");
        Assert.DoesNotContain("plotly", Page("a.html"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_report, "plotly.min.js")));
    }

    [Fact]
    public void Links_lead_to_pages_anchors_and_files()
    {
        _folder.File("picture.png", "PNG");
        string a = Save(
            "a.ipynb",
            NotebookCell.Markdown(
                "m",
                "# A\n\n[b](b.ipynb#the-part) [here](#a) [other](../x/read me.md) [gone](<c d.ipynb>) ![](picture.png)"
            )
        );
        string b = Save("b.ipynb", NotebookCell.Markdown("m", "# B\n\n## The part\n\n## The part"));
        Report.Write([a, b], _report, "t");
        string page = Page("a.html");
        Assert.Contains("href=\"b.html#the-part\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"#a\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"../c%20d.ipynb\"", page, StringComparison.Ordinal);
        Assert.Contains("src=\"images/a-1.png\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"the-part\"", Page("b.html"), StringComparison.Ordinal);
        Assert.Contains("id=\"the-part-1\"", Page("b.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_run_is_shown_on_the_page_and_in_the_index()
    {
        string path = Save(
            "a.ipynb",
            NotebookCell.Markdown("m", "# A"),
            NotebookCell.Code("c", "\nthrow new Exception(\"out of <cheese>\");")
        );
        var options = new RunOptions { Provenance = new Dictionary<string, string> { ["commit"] = "abc123" } };
        new NotebookRunner(options).Run(path, new Dictionary<string, string>(), null, TestContext.Current.CancellationToken);
        string index = File.ReadAllText(Report.Write([path], _report, "t"));
        Assert.Contains("1 failed", index, StringComparison.Ordinal);
        Assert.Contains("abc123", index, StringComparison.Ordinal);
        string page = Page("a.html");
        Assert.Contains("out of &lt;cheese&gt;", page, StringComparison.Ordinal);
        Assert.Contains("at In[1], line 2", page, StringComparison.Ordinal);
        Assert.Contains("abc123", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stale_and_what_means_nothing_is_said_before_anything_else()
    {
        string path = Save("a.ipynb", NotebookCell.Markdown("m", "# A"), NotebookCell.Code("c", "1"));
        var options = new RunOptions { Provenance = new Dictionary<string, string> { ["scale"] = "smoke" } };
        new NotebookRunner(options).Run(path, new Dictionary<string, string>(), null, TestContext.Current.CancellationToken);
        string fresh = File.ReadAllText(Report.Write([path], _report, "t"));
        Assert.DoesNotContain("code has changed", fresh);
        Assert.Contains("class=\"notice strong\"", fresh);
        Assert.Contains("mean nothing", Page("a.html"));
        Notebook notebook = Notebook.Load(path);
        notebook.Cells[1].Source = "2";
        notebook.Save(path);
        var told = new List<string>();
        string stale = File.ReadAllText(Report.Write([path], _report, "t", [], told.Add, TestContext.Current.CancellationToken));
        Assert.Equal("stale, code cells have changed since: a", Assert.Single(told));
        Assert.Contains("1 of 1 whose code has changed since.", stale);
        Assert.Contains("saved earlier: code cells have changed since.", Page("a.html"));
    }

    [Fact]
    public void Other_pages_come_first_in_the_index()
    {
        Directory.CreateDirectory(_folder.File("other page"));
        string other = _folder.File(
            "other page/index.html",
            "<title>A &lt;b&gt; run</title><main><p>Two ways.</p><img src=\"a%20b.png\"></main>"
        );
        _folder.File("other page/a b.png", "");
        string index = File.ReadAllText(Report.Write([Save("a.ipynb", NotebookCell.Markdown("m", "# First"))], _report, "t", other));
        Assert.Contains("<a href=\"../other%20page/index.html\">A &lt;b&gt; run</a>", index);
        Assert.Contains("src=\"../other%20page/a%20b.png\"", index);
        Assert.True(index.IndexOf("Two ways.", StringComparison.Ordinal) < index.IndexOf("First", StringComparison.Ordinal));
        var error = Assert.Throws<NotebookException>(() => Report.Write([], _report, "t", _folder.File("none.html")));
        Assert.Contains("none.html", error.Message);
    }

    [Fact]
    public void Tables_of_outputs_have_their_files_and_charts_their_pictures()
    {
        var chart = new Chart("Loss", """{"data":[{"x":[1,2],"y":[1,2]}],"layout":{"height":300}}""", 300);
        Report.Write(
            [
                Save(
                    "a.ipynb",
                    WithOutputs(
                        Shown(
                            new Wsss.Evaluation.Table(
                                ["maps", "mIoU"],
                                [
                                    ["CAM", "50.4"],
                                ]
                            )
                        ),
                        Shown(chart)
                    )
                ),
            ],
            _report,
            "t"
        );
        Assert.Equal("maps,mIoU\nCAM,50.4\n", File.ReadAllText(Path.Combine(_report, "tables/a-1.csv")));
        string page = Page("a.html");
        Assert.Contains("href=\"tables/a-1.csv\"", page);
        Assert.Contains("<div class=\"plot\" style=\"min-height:300px\"><img src=\"images/a-1.png\" alt=\"Chart: Loss\"", page);
        Assert.True(File.Exists(Path.Combine(_report, "images/a-1.png")));
    }

    [Fact]
    public void Of_a_progress_bar_the_last_state_is_left()
    {
        Report.Write([Save("a.ipynb", WithOutputs(new StreamOutput("stdout", "10 %\r50 %\r100 %\ndone\r\n").ToJson()))], _report, "t");
        Assert.Contains("<pre class=\"stdout\">100 %\ndone</pre>", Page("a.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Then $$a\n= b$$ follows", 1)]
    [InlineData("$$a\n= b$$", 1)]
    [InlineData("so $a\n= b$ and $c$ follow", 2)]
    [InlineData("it costs 3 $\nor $x$ or `$y$`", 1)]
    [InlineData("$$a\n= b\n= c$$\n\n$$d$$", 2)]
    [InlineData("$$\na = b\n$$", 1)]
    [InlineData("```\n$$a\n```\n\n$b$", 1)]
    [InlineData("| a | b |\n|---|---|\n| $x$ | $|y|$ |", 2)]
    public void Formulas_are_found_where_Jupyter_finds_them(string markdown, int count)
    {
        Report.Write([Save("a.ipynb", NotebookCell.Markdown("m", markdown))], _report, "t");
        Assert.Equal(count, Regex.Count(Page("a.html"), "<math"));
    }

    [Fact]
    public void Two_notebooks_of_one_name_are_refused()
    {
        string a = Save("a.ipynb");
        Assert.Throws<NotebookException>(() => Report.Write([a, a], _report, "t"));
    }

    [Fact]
    public void A_picture_that_is_damaged_is_refused_with_the_notebooks_name()
    {
        foreach (string mime in (string[])[MimeBundle.Png, PictureType.Jpeg])
            RefusesPicture(WithOutputs(new DisplayOutput(MimeBundle.Of((mime, "iVBOR*"))).ToJson()));
        RefusesPicture(WithOutputs(new DisplayOutput(MimeBundle.Of((Chart.MediaType, "{}"), (MimeBundle.Png, "iVBOR*"))).ToJson()));
        var attached = NotebookCell.Markdown("m", "![a](attachment:a.png)");
        attached.Json["attachments"] = new JsonObject { ["a.png"] = new JsonObject { [MimeBundle.Png] = "iVBOR*" } };
        RefusesPicture(attached);

        void RefusesPicture(NotebookCell cell)
        {
            string path = Save("a.ipynb", cell);
            var error = Assert.Throws<NotebookException>(() => Report.Write([path], _report, "t"));
            Assert.StartsWith($"'{path}': Expected a picture in base64, found 6 characters that are not", error.Message);
        }
    }

    [Fact]
    public void A_link_that_no_file_can_have_stays_as_it_is()
    {
        Report.Write([Save("a.ipynb", NotebookCell.Markdown("m", "[a](b%00c.md) ![a](b%00c.png)"))], _report, "t");
        Assert.Contains("b%00c.md", Page("a.html"));
    }

    [Theory]
    [InlineData("index.html")]
    [InlineData("a.html")]
    [InlineData("report.css")]
    [InlineData("images/a-2.svg")]
    public void Files_of_somebody_else_are_not_written_over(string name)
    {
        string path = Save("a.ipynb", NotebookCell.Markdown("m", "# A")), own = Path.Combine(_report, name);
        Directory.CreateDirectory(Path.GetDirectoryName(own)!);
        File.WriteAllText(own, "mine");
        Assert.Contains($"'{own}'", Assert.Throws<WsssException>(() => Report.Write([path], _report, "t")).Message);
        Assert.Equal("mine", File.ReadAllText(own));
        Assert.Single(Directory.GetFileSystemEntries(_report));
        File.Delete(own);
        Report.Write([path], _report, "t");
        Report.Write([path], _report, "t");
    }

    [Fact]
    public void A_report_that_is_cancelled_writes_no_index()
    {
        string path = Save("a.ipynb", NotebookCell.Markdown("m", "# A"));
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => Report.Write([path], _report, "t", [], _ => { }, cancelled));
        Assert.False(Directory.Exists(_report));
    }

    private static JsonObject Shown(object value) => new DisplayOutput(new DisplayFormats().Format(value)).ToJson();

    private static NotebookCell WithOutputs(params JsonObject[] outputs)
    {
        NotebookCell cell = NotebookCell.Code("c", "1");
        cell.SetOutputs(1, outputs);
        return cell;
    }

    private string Save(string name, params NotebookCell[] cells)
    {
        string path = _folder.File(name);
        Notebook.Create(cells).Save(path);
        return path;
    }

    private string Page(string name) => File.ReadAllText(Path.Combine(_report, name));

    [GeneratedRegex(
        """(src|srcset)\s*=\s*["']?(https?:)?//|<link[^>]*https?:|@import|url\(\s*["']?https?:|fetch\(""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex RemoteResource();
}
