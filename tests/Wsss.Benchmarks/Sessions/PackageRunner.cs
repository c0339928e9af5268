using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Documents.Jupyter;
using Microsoft.DotNet.Interactive.Events;

namespace Wsss.Benchmarks.Sessions;

/// <summary>Microsoft.DotNet.Interactive.CSharp as it comes.</summary>
internal sealed class PackageRunner : ICellRunner
{
    private readonly CompositeKernel _kernel;

    public PackageRunner()
    {
        var csharp = new CSharpKernel();
        csharp.AddAssemblyReferences([typeof(TorchSharp.torch).Assembly.Location, typeof(WsssException).Assembly.Location]);
        _kernel = [csharp];
    }

    public async Task<string> RunAsync(string code, CancellationToken cancellationToken)
    {
        KernelCommandResult result = await _kernel.SendAsync(new SubmitCode(code), cancellationToken);
        if (result.Events.OfType<CommandFailed>().FirstOrDefault() is { } failed)
            return $"error {failed.Message}";
        return string.Concat(
            result.Events.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues.Take(1)).Select(value => value.Value)
        );
    }

    public async Task WarmUpAsync()
    {
        await RunAsync("foreach (var i in new[] { 1 }) { }", CancellationToken.None);
        await HoverAsync("string.Join(\"\", 1)", 8);
        await CompleteAsync("Console.", 8);
    }

    public async Task<int> CompleteAsync(string code, int position)
    {
        KernelCommandResult result = await _kernel.SendAsync(new RequestCompletions(code, new LinePosition(0, position)));
        return result.Events.OfType<CompletionsProduced>().Sum(produced => produced.Completions.Count());
    }

    public async Task<string> HoverAsync(string code, int position)
    {
        KernelCommandResult result = await _kernel.SendAsync(new RequestHoverText(code, new LinePosition(0, position)));
        return string.Concat(
            result.Events.OfType<HoverTextProduced>().SelectMany(produced => produced.Content).Take(1).Select(value => value.Value)
        );
    }

    public string Rewrite(string notebook)
    {
        try
        {
            return Notebook.ToJupyterJson(Notebook.Parse(notebook));
        }
        catch (ArgumentException)
        {
            // It refuses outputs whose data is JSON, such as a chart's.
            return "";
        }
    }

    public void Dispose() => _kernel.Dispose();
}
