using Wsss.Notebooks;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Reports;

namespace Wsss.Cli;

/// <summary>Runs notebooks one after another and turns them into a report; what several commands share.</summary>
internal static class NotebookRuns
{
    private static readonly string[] NotSaved = ["store"];

    /// <summary>Runs notebooks with parameters; each is saved even if a cell fails.</summary>
    /// <param name="paths">The .ipynb files in reading order.</param>
    /// <param name="shared">Values of their <c>parameters</c> cells; those that a notebook does not declare are left out.</param>
    /// <param name="own">Values that every one of the notebooks must declare; they go before shared ones.</param>
    /// <param name="outputFolder">Where the notebooks with outputs go; null writes back in place.</param>
    /// <param name="progress">Progress callback, called for each cell.</param>
    /// <param name="cancellation">Stops a run, also inside a cell.</param>
    /// <returns>The paths of the notebooks with outputs.</returns>
    /// <exception cref="NotebookException">
    /// A cell failed, and the message says which and why; or two of the notebooks would be one file of the folder, then none is run.
    /// </exception>
    public static IReadOnlyList<string> Run(
        IReadOnlyList<string> paths,
        IReadOnlyDictionary<string, string> shared,
        IReadOnlyDictionary<string, string> own,
        string? outputFolder,
        IProgress<WorkProgress> progress,
        CancellationToken cancellation
    )
    {
        if (outputFolder is not null)
        {
            Report.RequireNames(paths);
            Directory.CreateDirectory(outputFolder);
        }
        var outputs = new List<string>();
        foreach (string path in paths)
        {
            string name = Path.GetFileName(path);
            var declared = NotebookParameters.Find(Notebook.Load(path));
            var parameters = shared
                .Where(parameter => declared.ContainsKey(parameter.Key) && !own.ContainsKey(parameter.Key))
                .Concat(own)
                .ToDictionary(parameter => parameter.Key, parameter => parameter.Value);
            var runner = new NotebookRunner(
                new RunOptions
                {
                    OutputPath = outputFolder is null ? null : Path.Combine(outputFolder, name),
                    Provenance = new Dictionary<string, string>(parameters.Where(parameter => !NotSaved.Contains(parameter.Key)))
                    {
                        ["library"] = Provenance.LibraryVersion,
                    },
                    NotSaved = NotSaved,
                }
            );
            var result = runner.Run(path, parameters, new Cells(name, progress), cancellation);
            if (result.Error is { } error)
                throw new NotebookException($"{name}, cell {result.FailedCellId}: {error}");
            outputs.Add(result.OutputPath);
        }
        return outputs;
    }

    /// <summary>
    /// The project's notebooks by number: of the project that the current folder lies in, else of the one that the program was built in;
    /// none if there is neither.
    /// </summary>
    public static IReadOnlyList<string> Ours()
    {
        foreach (string start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string notebooks = Path.Combine(folder.FullName, "notebooks");
                if (File.Exists(Path.Combine(folder.FullName, "Notebooks.sln")) && Directory.Exists(notebooks))
                    return [.. Directory.GetFiles(notebooks, "*.ipynb").Order(StringComparer.Ordinal)];
            }
        }
        return [];
    }

    /// <summary><inheritdoc cref="Ours"/></summary>
    /// <exception cref="NotebookException">There are none.</exception>
    public static IReadOnlyList<string> All() =>
        Ours() is { Count: > 0 } paths
            ? paths
            : throw new NotebookException(
                "Expected the project's notebooks above the current folder or the program, found none. Give their paths."
            );

    private sealed class Cells(string name, IProgress<WorkProgress> progress) : IProgress<CellProgress>
    {
        public void Report(CellProgress value) =>
            progress.Report(
                new WorkProgress($"notebook {name}", value.Done, value.Count, value.Heading.Length == 0 ? null : value.Heading)
            );
    }
}
