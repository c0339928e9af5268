using System.Runtime.CompilerServices;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;

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

    // Others once by hand: WSSS_HOST_NOTEBOOKS="02-grad-cam 03-attention" names them.
    [Fact]
    public async Task Notebook_01_runs_at_smoke_scale_with_its_figures_as_pictures()
    {
        string[] names = (Environment.GetEnvironmentVariable("WSSS_HOST_NOTEBOOKS") ?? "01-cam").Split(
            ' ',
            StringSplitOptions.RemoveEmptyEntries
        );
        foreach (string name in names)
        {
            string folder = Path.Combine(Root(), "notebooks");
            Notebook notebook = Notebook.Load(Path.Combine(folder, name + ".ipynb"));
            NotebookParameters.Inject(
                notebook,
                new Dictionary<string, string>
                {
                    ["scale"] = "smoke",
                    ["device"] = "cpu",
                    ["store"] = _folder.Path,
                }
            );
            using var host = new InteractiveHost();
            var shown = await host.RunAsync(notebook, folder);
            Assert.Contains(shown, output => output.Mime == MimeBundle.Png && output.Content.Length > 1000);
            Assert.Contains(
                shown,
                output => output.Mime == Chart.MediaType && output.Content.Contains("\"data\":[{", StringComparison.Ordinal)
            );
            Assert.Contains(
                shown,
                output => output.Mime == MimeBundle.Markdown && output.Content.Contains("mIoU", StringComparison.Ordinal)
            );
        }
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
