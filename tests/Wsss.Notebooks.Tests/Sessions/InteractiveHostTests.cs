using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Tests.Course;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class InteractiveHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_library_s_values_come_in_their_richest_form()
    {
        using var host = new InteractiveHost();
        await host.SubmitAsync("using Wsss.Data; using Wsss.Evaluation; using Wsss.Notebooks.Charting;");
        var image = await host.SubmitAsync("new RgbImage(2, 1, new byte[6])");
        Assert.Equal("image/png", image[0].Mime);
        Assert.Equal<byte>([0x89, (byte)'P', (byte)'N', (byte)'G'], Convert.FromBase64String(image[0].Content)[..4]);
        Assert.Equal([(MimeBundle.Text, "[1, 2]")], await host.SubmitAsync("TorchSharp.torch.tensor(new float[] { 1, 2 })"));
        var table = await host.SubmitAsync("new Table([\"a\"], [[\"1\"]])");
        Assert.Equal(MimeBundle.Markdown, table[0].Mime);
        var chart = await host.SubmitAsync("new Chart(\"t\", \"{\\\"data\\\":[]}\", 100)");
        Assert.Equal((Chart.MediaType, "{\"data\":[]}"), chart[0]);
    }

    // Others by hand: WSSS_HOST_NOTEBOOKS="02-grad-cam 03-attention" names them, "*" all.
    [Fact]
    public async Task Notebook_01_runs_at_smoke_scale_with_its_figures_as_pictures()
    {
        string[] names = (Environment.GetEnvironmentVariable("WSSS_HOST_NOTEBOOKS") ?? "01-cam")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (names is ["*"]) names = [.. CourseFiles.Notebooks.Select(file => Path.GetFileNameWithoutExtension(file))];
        var wrong = new List<string>();
        foreach (string name in names)
        {
            if (await RunAsync(name) is { } fault) wrong.Add($"{name}: {fault}");
        }
        Assert.Empty(wrong);
        Assert.Equal(["chart", "picture", "table with mIoU"], Kinds(Saved(CourseFiles.Load("01-cam.ipynb"))).Order());
    }

    /// <summary>What is wrong with a notebook in that host; null where nothing is.</summary>
    private async Task<string?> RunAsync(string name)
    {
        Notebook notebook = CourseFiles.Load(name + ".ipynb");
        var parameters = new Dictionary<string, string> { ["scale"] = "smoke", ["device"] = "cpu" };
        if (NotebookParameters.Find(notebook).ContainsKey("store")) parameters["store"] = _folder.Path;
        NotebookParameters.Inject(notebook, parameters);
        using var host = new InteractiveHost();
        IReadOnlyList<(string Mime, string Content)> shown;
        try
        {
            shown = await host.RunAsync(notebook, ProjectFolder.At("notebooks"));
        }
        catch (InvalidOperationException fault)
        {
            return fault.Message;
        }
        string[] missing = [.. Kinds(Saved(CourseFiles.Load(name + ".ipynb"))).Except(Kinds(shown))];
        return missing.Length == 0 ? null : $"no {string.Join(", no ", missing)}";
    }

    private static IEnumerable<(string Mime, string Content)> Saved(Notebook notebook) =>
        notebook.Cells.SelectMany(cell => cell.Outputs).Select(output => output["data"]).OfType<JsonObject>()
            .SelectMany(data => data.Select(entry => (entry.Key, entry.Value is JsonObject ? $"{entry.Value.ToJsonString()}"
                : MultilineText.Read(entry.Value))));

    private static HashSet<string> Kinds(IEnumerable<(string Mime, string Content)> outputs) =>
    [
        .. outputs.Select(output => output switch
        {
            (MimeBundle.Png, { Length: > 1000 }) => "picture",
            (Chart.MediaType, _) when output.Content.Contains("\"data\":[{", StringComparison.Ordinal) => "chart",
            (MimeBundle.Markdown, _) when output.Content.Contains("mIoU", StringComparison.Ordinal) => "table with mIoU",
            _ => null,
        }).OfType<string>(),
    ];
}
