using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel;

/// <summary>What can be said of code without a session: whether it is complete.</summary>
internal sealed class SyntaxOnly : ILanguageServices
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    public Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellationToken) =>
        Task.FromResult(new CompletionList([], position, position));

    public Task<string?> InspectAsync(string code, int position, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public CodeState StateOf(string code)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code, Parsing);
        return !SyntaxFactory.IsCompleteSubmission(tree) ? CodeState.Incomplete
            : tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ? CodeState.Invalid
            : CodeState.Complete;
    }
}
