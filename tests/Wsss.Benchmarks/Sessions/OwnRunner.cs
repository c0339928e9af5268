using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Benchmarks.Sessions;

/// <summary>The library's session.</summary>
internal sealed class OwnRunner : ICellRunner
{
    private readonly NotebookSession _session = new(new SessionOptions());

    public async Task<string> RunAsync(string code, CancellationToken cancellationToken)
    {
        var shown = new List<string>();
        void Take(CellOutput output) => shown.Add(output switch
        {
            StreamOutput stream => stream.Text,
            ResultOutput result => result.Data[MimeBundle.Text] ?? "",
            DisplayOutput display => display.Data[MimeBundle.Text] ?? "",
            _ => "",
        });
        CellResult result = await _session.ExecuteAsync(code, Take, cancellationToken);
        return result.Error is { } error ? $"error {error.Cell}, line {error.Line}: {error.Name}: {error.Message}" : string.Concat(shown);
    }

    public Task WarmUpAsync() => _session.WarmUpAsync(CancellationToken.None);

    public async Task<int> CompleteAsync(string code, int position) =>
        (await _session.Language.CompleteAsync(code, position, CancellationToken.None)).Items.Count;

    public async Task<string> HoverAsync(string code, int position) =>
        await _session.Language.InspectAsync(code, position, CancellationToken.None) ?? "";

    public string Rewrite(string notebook) => Notebook.Parse(notebook, "a notebook").ToJson();

    public void Dispose() => _session.Dispose();
}
