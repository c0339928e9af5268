using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Wsss.Kernel.Specs;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>The kernel as Jupyter itself starts it.</summary>
public sealed class JupyterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nbconvert_runs_a_notebook_and_keeps_one_line_of_a_progress_bar()
    {
        string[] cells =
        [
            "var bar = display(\"0 %\"); for (int i = 1; i <= 4; i++) bar.Update($\"{25 * i} %\");",
            "int Twice(int n) => 2 * n;\nConsole.WriteLine(\"from the console\");",
            "Twice(21)",
        ];
        JsonNode[] outputs = await Converted(cells);
        Assert.Equal("""[{"data":{"text/plain":"100 %"},"metadata":{},"output_type":"display_data"}]""", Joined(outputs[0]));
        Assert.Equal("""[{"name":"stdout","output_type":"stream","text":"from the console\n"}]""", Joined(outputs[1]));
        Assert.Equal(
            """[{"data":{"text/plain":"42"},"execution_count":3,"metadata":{},"output_type":"execute_result"}]""",
            Joined(outputs[2])
        );
    }

    [Fact]
    public async Task A_saved_notebook_keeps_its_charts_and_figures_in_a_page_without_plotly()
    {
        string[] cells =
        [
            "using Wsss.Notebooks.Charting;\nCharts.Scatter(\"Cost against gain\", \"cost\", \"gain\", "
                + "new ChartSeries(\"a\", [1, 2], [3, 4]))",
            "new Wsss.Data.RgbImage(2, 1, [255, 0, 0, 0, 0, 255])",
        ];
        JsonNode[] outputs = await Converted(cells);
        JsonNode chart = outputs[0][0]!["data"]!, figure = outputs[1][0]!["data"]!;
        Assert.Equal("Cost against gain", chart[Chart.MediaType]!["layout"]!["title"]!["text"]!.GetValue<string>());
        (int exitCode, string told) = await Jupyter("nbconvert", "--to", "html", "out.ipynb");
        Assert.True(exitCode == 0, told);
        string page = File.ReadAllText(_folder.File("out.html"));
        foreach (JsonNode shown in new[] { chart, figure })
        {
            string picture = shown[MimeBundle.Png]!.GetValue<string>().Trim();
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Convert.FromBase64String(picture)[..4]);
            Assert.Contains($"src=\"data:image/png;base64,{picture}", page);
        }
    }

    private async Task<JsonNode[]> Converted(string[] code)
    {
        var program = new KernelProgram(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll"), "kernel", "run"],
            new Dictionary<string, string> { ["OMP_WAIT_POLICY"] = "passive" },
            "test"
        );
        KernelSpec.Install(_folder.File("data"), program);
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([
                .. code.Select(
                    (text, i) =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["cell_type"] = "code",
                                ["execution_count"] = null,
                                ["id"] = $"c{i}",
                                ["metadata"] = new JsonObject(),
                                ["outputs"] = new JsonArray(),
                                ["source"] = text,
                            }
                ),
            ]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject
                {
                    ["display_name"] = ".NET (C#)",
                    ["language"] = "C#",
                    ["name"] = KernelSpec.Name,
                },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        string path = _folder.File("in.ipynb", notebook.ToJsonString());
        (int exitCode, string told) = await Jupyter("nbconvert", "--to", "notebook", "--execute", path, "--output", "out.ipynb");
        Assert.True(exitCode == 0, told);
        JsonNode result = JsonNode.Parse(File.ReadAllText(_folder.File("out.ipynb")))!;
        return [.. result["cells"]!.AsArray().Select(cell => cell!["outputs"]!)];
    }

    private async Task<(int ExitCode, string Told)> Jupyter(params string[] arguments)
    {
        var start = new ProcessStartInfo("jupyter", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["JUPYTER_DATA_DIR"] = _folder.File("data");
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            // What jupyter says of a part that is not installed.
            Assert.SkipWhen(
                errors.Contains("not found", StringComparison.Ordinal) && process.ExitCode != 0,
                "jupyter is there without nbconvert."
            );
            return (process.ExitCode, errors + await output);
        }
        catch (Win32Exception)
        {
            Assert.Skip("jupyter is not there.");
            throw;
        }
    }

    /// <summary>nbformat writes text as a list of lines.</summary>
    private static string Joined(JsonNode outputs)
    {
        foreach (JsonObject output in outputs.AsArray().OfType<JsonObject>())
        {
            // When each message came; not part of what is shown.
            output["metadata"]?.AsObject().Clear();
            foreach (JsonObject holder in new[] { output, output["data"] }.OfType<JsonObject>())
            {
                foreach (string key in holder.Where(pair => pair.Value is JsonArray).Select(pair => pair.Key).ToArray())
                    holder[key] = string.Concat(holder[key]!.AsArray().Select(line => line!.GetValue<string>()));
            }
        }
        return outputs.ToJsonString();
    }
}
