using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Wsss.Notebooks.Reports;
using Wsss.Notebooks.Tests.Reviews;
using Wsss.Storage;

namespace Wsss.Notebooks.Tests.Reports;

/// <summary>
/// A report of a notebook that others wrote is nothing but its text and pictures; in a browser, where there is one, nothing runs.
/// </summary>
public sealed class HostileReportTests : IDisposable
{
    private const string Secret = "the cat lives behind the boat";

    private static readonly string[] OwnScripts = ["plotly.min.js", "report.js"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _report, _index;

    public HostileReportTests()
    {
        _report = _folder.File("a/b/report");
        _folder.File("secret.txt", Secret);
        string path = _folder.File(HostileNotebook.FileName);
        HostileNotebook.Create().Save(path);
        _index = Report.Write([path], _report, "</title><script>window.hacked = 1</script>");
    }

    public void Dispose() => _folder.Dispose();

    private string Page => Path.Combine(_report, Path.ChangeExtension(HostileNotebook.FileName, ".html"));

    [Fact]
    public void Pages_hold_no_script_but_their_own_no_handler_and_no_address_that_loads_or_runs()
    {
        foreach (string file in (string[])[_index, Page])
        {
            using var page = new HtmlParser().ParseDocument(File.ReadAllText(file));
            foreach (var script in page.QuerySelectorAll<IHtmlScriptElement>("script").Where(script => script.Type != "application/json"))
            {
                Assert.Contains(script.GetAttribute("src"), OwnScripts);
                Assert.Equal("", script.TextContent);
            }
            Assert.Empty(
                page.QuerySelectorAll(
                    "iframe, object, embed, base, form, style, svg, input, link:not([href='report.css']), meta[http-equiv='refresh']"
                )
            );
            foreach (var attribute in page.All.SelectMany(element => element.Attributes))
            {
                Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), $"{attribute.Name} in {file}");
                if (attribute.Name == "style")
                    Assert.DoesNotContain("url", attribute.Value, StringComparison.OrdinalIgnoreCase);
                if (attribute.Name is "href" or "src")
                    Assert.DoesNotMatch(
                        "^(?:(?!https?://(www\\.)?arxiv)[a-z+]+:|//)",
                        attribute.Value.Trim().Replace("data:image/svg+xml;base64,", "", StringComparison.Ordinal)
                    );
            }
            string policy = page.QuerySelector("meta[http-equiv='Content-Security-Policy']")!.GetAttribute("content")!;
            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("eval", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_written_is_still_there_as_text()
    {
        using var page = new HtmlParser().ParseDocument(File.ReadAllText(Page));
        Assert.Contains("<script>window.hacked", page.QuerySelector("pre.stdout")!.TextContent);
        Assert.Contains("<script>window.hacked", page.QuerySelector("footer.provenance")!.TextContent);
        Assert.Contains("Title", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("=cmd|' /C calc'!A0", page.QuerySelector("td")!.TextContent);
        using var index = new HtmlParser().ParseDocument(File.ReadAllText(_index));
        Assert.Equal("</title><script>window.hacked = 1</script>", index.Title);
        string address = index.QuerySelector("h2 a")!.GetAttribute("href")!;
        Assert.Equal(Page, Path.Combine(_report, Uri.UnescapeDataString(address)));
    }

    [Fact]
    public void Nothing_is_written_outside_of_the_report_and_nothing_but_pictures_is_copied_into_it()
    {
        string[] outside =
        [
            .. Directory
                .GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
                .Where(file => !file.StartsWith(_report, StringComparison.Ordinal)),
        ];
        Assert.Equal(["secret.txt", HostileNotebook.FileName], outside.Select(Path.GetFileName).OrderDescending(StringComparer.Ordinal));
        string[] extensions =
        [
            .. Directory
                .GetFiles(_report, "*", SearchOption.AllDirectories)
                .Where(path => Path.GetFileName(path) != OwnFiles.ListFile)
                .Select(Path.GetExtension)
                .Distinct()
                .Order(StringComparer.Ordinal)!,
        ];
        Assert.Equal([".css", ".csv", ".html", ".js"], extensions);
        foreach (string file in Directory.GetFiles(_report, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Secret, File.ReadAllText(file));
    }

    [Fact]
    public async Task In_a_browser_nothing_runs_and_no_request_leaves()
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        foreach (string file in (string[])[_index, Page])
        {
            await browser.OpenAsync(file);
            await browser.EvaluateAsync<bool>("new Promise(done => setTimeout(() => done(true), 500))");
            Assert.False(await browser.EvaluateAsync<bool>("'hacked' in window"));
            Assert.True(await browser.EvaluateAsync<bool>("location.protocol === 'file:' && document.querySelector('h1') !== null"));
        }
        await browser.EvaluateAsync<bool>("(document.querySelector('.wsss-chart').scrollIntoView(), true)");
        await browser.WaitAsync("document.querySelector('.plot svg') !== null");
        // The chart draws text of the notebook, by plotly.js; what it would load the policy refuses.
        await browser.EvaluateAsync<bool>("new Promise(done => setTimeout(() => done(true), 500))");
        Assert.False(await browser.EvaluateAsync<bool>("'hacked' in window"));
        Assert.False(
            await browser.EvaluateAsync<bool>(
                "Array.from(document.querySelectorAll('a')).some(a => /^(javascript|data|vbscript):/.test(a.href) || "
                    + "/^(javascript|data):/.test(a.getAttribute('xlink:href') || ''))"
            )
        );
        Assert.DoesNotContain(browser.Complaints, complaint => complaint.Contains("ERR_CONNECTION", StringComparison.Ordinal));
        Assert.All(
            browser.Requests.Where(url =>
                !url.StartsWith("file://", StringComparison.Ordinal) && !url.StartsWith("data:image/", StringComparison.Ordinal)
            ),
            url => Assert.Equal($"{HostileNotebook.Elsewhere}plotly.png", url)
        );
    }
}
