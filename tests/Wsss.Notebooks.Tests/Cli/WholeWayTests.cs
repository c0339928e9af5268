using System.Text.Json.Nodes;
using Wsss.Notebooks.Tests.Course;
using Wsss.Results;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>What a newcomer runs first, at the smallest scale: the notebooks of this repository, and the whole pipeline.</summary>
[Collection<CourseStore.Users>]
public sealed class WholeWayTests(CourseStore store) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_notebook_runs_and_makes_a_report_that_needs_no_network()
    {
        string[] notebooks = [.. Directory.GetFiles(ProjectFolder.At("notebooks"), "*.ipynb").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(notebooks);
        string report = Path.Combine(_folder.Path, "report");
        var outcome = await WsssProcess.RunAsync([
            "notebook",
            "report",
            .. notebooks,
            "--run",
            "--scale",
            "smoke",
            "--device",
            "cpu",
            "--store",
            store.Path,
            "--out",
            report,
        ]);
        outcome.Success();

        foreach (string page in notebooks.Select(path => Path.ChangeExtension(Path.GetFileName(path), ".html")).Append("index.html"))
        {
            string html = File.ReadAllText(Path.Combine(report, page));
            // A reader may follow a link to a paper; nothing is fetched.
            Assert.DoesNotMatch("""src="https?:|<link[^>]+href="https?:""", html);
        }
        Assert.True(File.Exists(Path.Combine(report, "plotly.min.js")));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_numbers_to_the_last_digit()
    {
        Assert.Equal(await Run("first"), await Run("second"));

        async Task<string> Run(string store)
        {
            var outcome = await WsssProcess.RunAsync(
                "run", "--scale", "smoke", "--device", "cpu", "--threads", "1", "--no-report", "--json",
                "--store", Path.Combine(_folder.Path, store), "--report", Path.Combine(_folder.Path, "report of " + store));
            var json = JsonNode.Parse(outcome.Success())!.AsObject();
            Assert.NotNull(json["ceiling"]);
            json.Remove("provenance"); // holds the wall time
            var measured = ResultFile.Load(Path.Combine(_folder.Path, "report of " + store, ResultFile.FileName));
            Assert.Equal(["cam", "pseudo masks", "segmentation", "ceiling (full masks)"], measured.Rows.Select(row => row.Name));
            Assert.StartsWith("wsss run --scale smoke", measured.Origin.Command);
            Assert.EndsWith($"'{Path.Combine(_folder.Path, "report of " + store)}'", measured.Origin.Command);
            return json.ToJsonString();
        }
    }
}
