using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Notebooks.Reports;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Reports;

public sealed class ComparisonPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_has_a_row_and_its_details_per_contender_and_loads_nothing_from_elsewhere()
    {
        string picture = Path.Combine(_folder.Path, "picture.png");
        File.WriteAllBytes(picture, [1, 2, 3]);
        var comparison = new Comparison([
            Trial("plain", .5, picture),
            Trial("a <b>", .6, picture, new Mixup()),
            Trial("pair", .7, null, new Mixup(), new RandomErasing()),
        ]);
        string folder = Path.Combine(_folder.Path, "page");
        string page = ComparisonPage.Write(comparison, new ComparisonGrid { Trainings = [new("plain")] }, folder, "Three ways");

        string html = File.ReadAllText(page);
        Assert.Equal(3, html.Split("<tr class=\"trial\">").Length - 1);
        Assert.Equal(3, html.Split("<tr class=\"detail\" hidden>").Length - 1);
        Assert.Contains("a &lt;b&gt;", html);
        Assert.Contains("data-value=\"10.0\">+10.0<", html); // the gain sorts as a number
        Assert.Contains("data-value=\"\"><", html); // the baseline has none
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", ""));
        Assert.DoesNotContain("https://", html);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(folder, "maps-2.png")));
        Assert.False(File.Exists(Path.Combine(folder, "maps-3.png")));
        foreach (string script in new[] { "report.css", "report.js", "compare.js", "plotly.min.js" })
            Assert.True(File.Exists(Path.Combine(folder, script)), script);
        Assert.Equal(comparison.ToCsv(), File.ReadAllText(Path.Combine(folder, "results.csv")));
        Assert.DoesNotContain("trainingSeconds", File.ReadAllText(Path.Combine(folder, "results.json")));
        Assert.Equal("plain", ComparisonGrid.Load(Path.Combine(folder, "grid.json")).Trainings[0].Name);
    }

    [Theory]
    [InlineData("index.html")]
    [InlineData("results.csv")]
    [InlineData("measured.json")]
    [InlineData("maps-1.png")]
    public void Files_of_somebody_else_are_not_written_over(string name)
    {
        var comparison = new Comparison([Trial("plain", .5, null)]);
        string folder = _folder.File("page"), own = Path.Combine(folder, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(own, "mine");
        Assert.Contains($"'{own}'", Assert.Throws<WsssException>(Write).Message);
        Assert.Equal([own], Directory.GetFiles(folder));
        Assert.Equal("mine", File.ReadAllText(own));
        File.Delete(own);
        Assert.Equal(Write(), Write());

        string Write() => ComparisonPage.Write(comparison, new ComparisonGrid { Trainings = [new("plain")] }, folder, "One way");
    }

    private static Trial Trial(string name, double meanIoU, string? picture, params Technique[] techniques)
    {
        var losses = new Dictionary<string, double> { ["classification"] = 0.2 };
        Trial trial = Trials.Of(
            name, new Score(2, ["background"], [new("mIoU", meanIoU) { Classes = new("IoU", [meanIoU]) }]), techniques,
            [new EpochRecord(1, losses, new Dictionary<string, double> { ["F1"] = 0.8 }, 60)]);
        return trial with { Details = trial.Details with { PicturePath = picture } };
    }
}
