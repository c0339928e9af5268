using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

/// <summary>
/// .NET Interactive's own C# kernel, with this program's assemblies as references and the library's formatters; nothing else of ours.
/// </summary>
internal sealed partial class InteractiveHost : IDisposable
{
    private readonly CompositeKernel _kernel;

    public InteractiveHost()
    {
        WsssFormatters.Register();
        // The helpers are what gives cells display().
        CSharpKernel csharp = new CSharpKernel().UseKernelHelpers();
        csharp.AddAssemblyReferences(Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(IsOurs));
        _kernel = [csharp];
    }

    /// <summary>Runs all cells of a notebook in its folder, until one fails.</summary>
    /// <returns>What it showed, MIME type and content, in order; console output as text.</returns>
    /// <exception cref="InvalidOperationException">A cell failed.</exception>
    public async Task<IReadOnlyList<(string Mime, string Content)>> RunAsync(Notebook notebook, string folder)
    {
        string before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder);
        try
        {
            await SubmitAsync(string.Concat(SessionOptions.BaseUsings.Select(name => $"using {name};\n")));
            var shown = new List<(string, string)>();
            foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode)) shown.AddRange(await SubmitAsync(cell.Source));
            return shown;
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    /// <summary>Runs one cell.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<IReadOnlyList<(string Mime, string Content)>> SubmitAsync(string code)
    {
        // A second copy of an assembly that this program has would make two kinds of every type.
        KernelCommandResult result = await _kernel.SendAsync(new SubmitCode(OwnAssembly().Replace(code, "")));
        if (result.Events.OfType<CommandFailed>().FirstOrDefault() is { } failed)
            throw new InvalidOperationException($"{failed.Message}\nin the cell\n{code}");
        return
        [
            .. result
                .Events.OfType<DisplayEvent>()
                .SelectMany(shown => shown.FormattedValues)
                .Select(value => (value.MimeType, value.Value)),
        ];
    }

    public void Dispose() => _kernel.Dispose();

    private static bool IsOurs(string file) => Path.GetFileName(file) is var name
        && (name.StartsWith("Wsss", StringComparison.Ordinal) || name.StartsWith("TorchSharp", StringComparison.Ordinal)
            || name.StartsWith("Plotly", StringComparison.Ordinal) || name.StartsWith("SkiaSharp", StringComparison.Ordinal));

    [GeneratedRegex(@"^#r ""[^""]*/Wsss[^""/]*\.dll""", RegexOptions.Multiline)]
    private static partial Regex OwnAssembly();
}
