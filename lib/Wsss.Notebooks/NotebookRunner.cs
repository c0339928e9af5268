using System.Diagnostics;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks;

/// <summary>How notebooks are run.</summary>
internal sealed record RunOptions
{
    /// <summary>Namespaces in scope in every cell beside <see cref="SessionOptions.BaseUsings"/>.</summary>
    public IReadOnlyList<string> Usings { get; init; } = [];

    /// <summary>How values become outputs.</summary>
    public DisplayFormats Formats { get; init; } = new();

    /// <summary>Where the notebook with its outputs goes; null is back in place.</summary>
    public string? OutputPath { get; init; }

    /// <summary>What the run rests on (commit, seed, device, …): saved with the notebook and shown at the report page's foot.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameters whose values are of this machine alone, such as where it keeps results: not saved with the outputs.</summary>
    public IReadOnlyCollection<string> NotSaved { get; init; } = [];
}

/// <summary>Where a run is: reported before each code cell and after the last.</summary>
/// <param name="Notebook">The notebook's path.</param>
/// <param name="Done">How many code cells have ended.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Heading">The last Markdown heading before the cell that runs now.</param>
internal sealed record CellProgress(string Notebook, int Done, int Count, string Heading);

/// <summary>How a run ended.</summary>
/// <param name="OutputPath">The notebook with its outputs.</param>
/// <param name="Error">Why it stopped; null if every cell succeeded.</param>
/// <param name="FailedCellId">The id of the cell that failed; null if none did.</param>
/// <param name="Elapsed">Wall time of the whole notebook.</param>
/// <param name="CellTimes">Wall time of each code cell that ran, in order.</param>
internal sealed record RunResult(
    string OutputPath, CellError? Error, string? FailedCellId, TimeSpan Elapsed, IReadOnlyList<TimeSpan> CellTimes)
{
    /// <summary>True if every cell succeeded.</summary>
    public bool Succeeded => Error is null;
}

/// <summary>Runs notebooks from top to bottom without a user, and saves their outputs with them.</summary>
internal sealed class NotebookRunner(RunOptions options)
{
    /// <summary>Runs one notebook in a session of its own and writes it when it is over; the first error ends it.</summary>
    /// <param name="path">The .ipynb file.</param>
    /// <param name="parameters">Values for variables of the cell tagged <c>parameters</c>.</param>
    /// <param name="progress">Told before each cell; may be null.</param>
    /// <param name="cancellationToken">Stops the run, also inside a cell; then nothing is written.</param>
    /// <returns>The result; a failing cell is a result too, not an exception.</returns>
    /// <exception cref="NotebookException">The file is no C# notebook, or a parameter does not fit.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public RunResult Run(
        string path, IReadOnlyDictionary<string, string> parameters, IProgress<CellProgress>? progress, CancellationToken cancellationToken)
    {
        Notebook notebook = Notebook.Load(path);
        if (!notebook.IsCSharp)
        {
            throw new NotebookException(
                $"Expected '{path}' to be a C# notebook, found the language '{notebook.Language}'. Choose the kernel .NET (C#) in it.");
        }
        NotebookParameters.Inject(notebook, parameters);

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string output = Path.GetFullPath(options.OutputPath ?? path);
        string previousFolder = Directory.GetCurrentDirectory();
        try
        {
            // As in Jupyter, a notebook's relative paths start at its own folder. This is the process's one current folder.
            Directory.SetCurrentDirectory(folder);
            RunResult result = RunCells(notebook, path, folder, progress, cancellationToken) with { OutputPath = output };
            NotebookParameters.Forget(notebook, options.NotSaved);
            Describe(notebook, result);
            notebook.Save(output);
            return result;
        }
        finally
        {
            Directory.SetCurrentDirectory(previousFolder);
        }
    }

    private RunResult RunCells(
        Notebook notebook, string path, string folder, IProgress<CellProgress>? progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var times = new List<TimeSpan>();
        var outputs = new RunOutputs();
        var cells = notebook.WithHeadings().Where(each => each.Cell.IsCode && !string.IsNullOrWhiteSpace(each.Cell.Source)).ToArray();
        // A cell that is not reached must not keep the picture of an earlier run.
        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode)) cell.SetOutputs(null, []);

        using var session = new NotebookSession(new SessionOptions
        {
            Usings = [.. SessionOptions.BaseUsings, .. options.Usings],
            BaseFolder = folder,
            Formats = options.Formats,
        });
        foreach (var (cell, heading) in cells)
        {
            progress?.Report(new CellProgress(path, times.Count, cells.Length, heading));
            outputs.Begin(cell);
            // Whoever scrolls through the notebook meets it first.
            if (times.Count == 0 && ScaleNotice.Of(options.Provenance) is { } notice)
                outputs.Add(new DisplayOutput(MimeBundle.Of((MimeBundle.Markdown, $"> **{notice}**"), (MimeBundle.Text, notice))));
            CellResult result = session.ExecuteAsync(cell.Source, outputs.Add, cancellationToken).GetAwaiter().GetResult();
            times.Add(result.Elapsed);
            outputs.End(result.ExecutionCount);
            if (result.Error is not null) return new RunResult("", result.Error, cell.Id, watch.Elapsed, times);
        }
        progress?.Report(new CellProgress(path, times.Count, cells.Length, ""));
        return new RunResult("", null, null, watch.Elapsed, times);
    }

    private void Describe(Notebook notebook, RunResult result)
    {
        notebook.Metadata[RunRecord.Key] = new RunRecord(
            result.Succeeded, Math.Round(result.Elapsed.TotalSeconds, 1), result.Error?.ToString(), options.Provenance)
        {
            Code = RunRecord.HashCode(notebook),
        }.ToJson();
    }
}
