namespace Wsss.Notebooks.Sessions;

/// <summary>One thing that can be written at the cursor.</summary>
/// <param name="Text">What is inserted.</param>
/// <param name="Kind">
/// Roslyn's word for it, such as <c>Method</c>, <c>Property</c>, <c>Class</c>, <c>Local</c>; shown by front ends as the type.
/// </param>
/// <param name="Signature">Empty if there is none.</param>
internal sealed record CompletionItem(string Text, string Kind, string Signature);

/// <summary>What can be written at the cursor, and which characters of the cell it replaces.</summary>
/// <param name="Items">Most fitting first.</param>
/// <param name="Start">First character that is replaced, in UTF-16 units from the cell's start.</param>
/// <param name="End">One past the last.</param>
internal sealed record CompletionList(IReadOnlyList<CompletionItem> Items, int Start, int End);

/// <summary>Whether a cell can be run as it stands.</summary>
internal enum CodeState
{
    /// <summary>It can be run.</summary>
    Complete,

    /// <summary>Something is still open: a bracket, a comment, a statement.</summary>
    Incomplete,

    /// <summary>No further line mends it.</summary>
    Invalid,
}

/// <summary>
/// What an editor asks of a session: completion, help at the cursor, whether a cell is complete. Positions count UTF-16 units.
/// </summary>
internal interface ILanguageServices
{
    /// <summary>Completions at a position of a cell that is not run yet, in the session as its run cells left it.</summary>
    Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellationToken);

    /// <summary>
    /// Signature and documentation of what stands at a position; for a variable also its value (a tensor: shape, dtype, device,
    /// bytes). Null if nothing is known.
    /// </summary>
    Task<string?> InspectAsync(string code, int position, CancellationToken cancellationToken);

    /// <summary>Whether an editor should run the code, or open another line.</summary>
    CodeState StateOf(string code);
}
