namespace Wsss.Benchmarks.Sessions;

/// <summary>A C# session as both candidates have it.</summary>
internal interface ICellRunner : IDisposable
{
    /// <summary>Runs a cell.</summary>
    /// <returns>What it wrote and its value; or its error, whose first word is then <c>error</c>.</returns>
    Task<string> RunAsync(string code, CancellationToken cancellationToken = default);

    /// <summary>What the session can do while its user still reads.</summary>
    Task WarmUpAsync();

    /// <summary>Number of completions.</summary>
    Task<int> CompleteAsync(string code, int position);

    /// <summary>Help at a position.</summary>
    Task<string> HoverAsync(string code, int position);

    /// <summary>Reads an .ipynb file's text and writes it again.</summary>
    string Rewrite(string notebook);
}
