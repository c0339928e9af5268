using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>Whether the outputs that a notebook was saved with are what its code would give today.</summary>
/// <param name="HasRun">Whether a run of this library left them.</param>
/// <param name="CodeChanged">Whether code cells are others now; null where the run did not say what they were.</param>
/// <param name="Library">The version and commit that made them, where this library is another now; null where it is the same, or not
/// known.</param>
internal sealed record SavedOutputs(bool HasRun, bool? CodeChanged, string? Library)
{
    private const int ShownCommit = 7;

    /// <summary>Whether they are known to be of other code or of another library.</summary>
    public bool IsStale => CodeChanged == true || Library is not null;

    /// <summary>What is known to differ, in words; empty if nothing is.</summary>
    public string Differences =>
        string.Join(
            "; ",
            [
                .. CodeChanged == true ? ["code cells have changed since"] : Array.Empty<string>(),
                .. Library is null
                    ? Array.Empty<string>()
                    : [$"made with the library {Short(Library)}, this is {Short(Provenance.LibraryVersion)}"],
            ]
        );

    /// <summary>Looks at what a notebook's last run left in its metadata.</summary>
    public static SavedOutputs Of(Notebook notebook) => Of(notebook, Provenance.LibraryVersion);

    internal static SavedOutputs Of(Notebook notebook, string library)
    {
        if (RunRecord.Read(notebook) is not { } run) return new(false, null, null);
        bool? codeChanged = run.Code is null ? null : run.Code != RunRecord.HashCode(notebook);
        // A build without a commit says nothing.
        return run.Provenance.TryGetValue("library", out string? then) && HasCommit(then) && HasCommit(library) && then != library
            ? new(true, codeChanged, then)
            : new(true, codeChanged, null);
    }

    private static bool HasCommit(string version) => version.Contains('+', StringComparison.Ordinal);

    /// <summary>A version with the first digits of its commit.</summary>
    internal static string Short(string version) =>
        version.Split('+') is [var number, { Length: > ShownCommit } commit] ? $"{number}+{commit[..ShownCommit]}" : version;
}
