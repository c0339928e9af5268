using Wsss.Evaluation;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Reports;
using Wsss.Notebooks.Sessions;
using Wsss.Notebooks.Tests.Reviews;

namespace Wsss.Notebooks.Tests.Reports;

/// <summary>A report's page in a browser; skipped where there is none.</summary>
public sealed class ReportBrowserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Charts_fit_the_page_and_their_buttons_do_not_cover_their_headings(int width)
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        await browser.ResizeAsync(width, 800);
        var series = new ChartSeries("a series with a long name", [1, 2, 3], [1, 2, 3]);
        await browser.OpenAsync(
            Write(
                Charts.Lines(
                    "A heading that is too long for the width of a telephone",
                    "epoch",
                    new ChartPanel("loss", [series]),
                    new ChartPanel("mAP", [series])
                )
            )
        );
        await browser.WaitAsync("document.querySelector('.modebar-container') !== null && document.querySelector('.plot > img') === null");
        Assert.True(await browser.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.True(await browser.EvaluateAsync<bool>("document.querySelector('.main-svg').getBoundingClientRect().right <= innerWidth"));
        Assert.True(
            await browser.EvaluateAsync<bool>(
                "document.querySelector('.modebar').getBoundingClientRect().top >= "
                    + "document.querySelector('figcaption').getBoundingClientRect().bottom - 1"
            )
        );
        // Panels stand side by side, or above each other.
        double[] lefts = await browser.EvaluateAsync<double[]>(
            "['.xtitle', '.x2title'].map(title => document.querySelector(title).getBoundingClientRect().left)"
        );
        Assert.Equal(width > 560, lefts[1] - lefts[0] > 100);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Tables_are_sorted_by_numbers_and_say_so()
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        await browser.OpenAsync(
            Write(
                new Table(
                    ["maps", "mIoU", "gain"],
                    [
                        ["b", "50.4 ± 1.1", ""],
                        ["a", "9.5", "−2.0"],
                        ["c", "70.0", "+1.5"],
                    ]
                )
            )
        );
        Assert.Null(await browser.EvaluateAsync<string?>("document.querySelector('th:nth-child(2)').getAttribute('aria-sort')"));
        await Sort(2, "descending", "c b a", "Sorted by mIoU, falling.");
        await Sort(2, "ascending", "a b c", "Sorted by mIoU, rising.");
        await Sort(3, "descending", "c a b", "Sorted by gain, falling."); // no gain stays last
        await Sort(1, "ascending", "a b c", "Sorted by maps, rising.");
        Assert.Equal(1, await browser.EvaluateAsync<int>("document.querySelectorAll('[aria-sort]').length"));

        async Task Sort(int column, string direction, string names, string said)
        {
            await browser.EvaluateAsync<bool>($"(document.querySelector('th:nth-child({column}) button').click(), true)");
            Assert.Equal(
                direction,
                await browser.EvaluateAsync<string>($"document.querySelector('th:nth-child({column})').getAttribute('aria-sort')")
            );
            Assert.Equal(
                names,
                await browser.EvaluateAsync<string>(
                    "Array.from(document.querySelectorAll('tbody td:first-child'), cell => cell.textContent).join(' ')"
                )
            );
            Assert.Equal(said, await browser.EvaluateAsync<string>("document.querySelector('[role=status]').textContent"));
        }
    }

    /// <summary>The page of a notebook that shows a value.</summary>
    private string Write(object value)
    {
        var cell = NotebookCell.Code("c", "1");
        cell.SetOutputs(1, [new DisplayOutput(new DisplayFormats().Format(value)).ToJson()]);
        string path = _folder.File("a.ipynb");
        Notebook.Create(cell).Save(path);
        Report.Write([path], _folder.File("report"), "t");
        return _folder.File("report/a.html");
    }
}
