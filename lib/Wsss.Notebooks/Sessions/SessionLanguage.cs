using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wsss.Notebooks.Sessions.Magics;

namespace Wsss.Notebooks.Sessions;

/// <summary>Roslyn's editor services over the cells of a session. They read its last snapshot, so they answer while a cell runs.</summary>
/// <param name="state">The session's last snapshot.</param>
/// <param name="open">Loads the services; called with the first question.</param>
/// <param name="baseFolder">Whose files can be named.</param>
internal sealed class SessionLanguage(Func<SessionSnapshot> state, Func<LanguageWorkspace> open, string baseFolder)
    : ILanguageServices,
        IDisposable
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    // A question at a time: each one wants the processor that the cells want too.
    private readonly SemaphoreSlim _gate = new(1);
    private LanguageWorkspace? _workspace;

    public Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellationToken) =>
        MagicCompletion.Find(code, position, state(), baseFolder) is { } commands
            ? Task.FromResult(commands)
            : AskAsync(
                code, (document, _) => CellCompletion.FindAsync(document, Within(code, position), cancellationToken), cancellationToken);

    public Task<string?> InspectAsync(string code, int position, CancellationToken cancellationToken) => AskAsync(
        code, (document, snapshot) => CellInspection.DescribeAsync(document, Within(code, position), snapshot.Variables, cancellationToken),
        cancellationToken);

    public CodeState StateOf(string code)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(CellParts.CodeOf(code), Parsing);
        if (!SyntaxFactory.IsCompleteSubmission(tree)) return CodeState.Incomplete;
        bool isInvalid = tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return isInvalid ? CodeState.Invalid : CodeState.Complete;
    }

    public void Dispose()
    {
        _workspace?.Dispose();
        _gate.Dispose();
    }

    private Task<T> AskAsync<T>(
        string code, Func<Document, SessionSnapshot, Task<T>> question, CancellationToken cancellationToken) => Task.Run(
            async () =>
            {
                await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    _workspace ??= open();
                    SessionSnapshot snapshot = state();
                    Document document = await _workspace.OpenAsync(snapshot.Declarations, CellParts.CodeOf(code), cancellationToken)
                        .ConfigureAwait(false);
                    return await question(document, snapshot).ConfigureAwait(false);
                }
                finally
                {
                    _gate.Release();
                }
            },
            cancellationToken);

    private static int Within(string code, int position) => Math.Clamp(position, 0, code.Length);
}
