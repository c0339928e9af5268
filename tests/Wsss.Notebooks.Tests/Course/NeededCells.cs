using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>Which of the cells before one it leans on, by the names that they declare or assign.</summary>
internal static class NeededCells
{
    private static readonly CSharpParseOptions Script = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script);

    /// <summary>The needed ones of some cells, in order: those of parameters and directives, and those that give names.</summary>
    /// <param name="wanted">Code of the cell.</param>
    /// <param name="before">Code cells before it, in order.</param>
    public static IReadOnlyList<NotebookCell> Of(string wanted, IReadOnlyList<NotebookCell> before)
    {
        var used = Used(Parse(wanted));
        var needed = new List<NotebookCell>();
        foreach (var cell in before.Reverse())
        {
            var root = Parse(cell.Source);
            bool isSettings = root.Usings.Count > 0
                || cell.Tags.Any(tag => tag is NotebookParameters.Tag or NotebookParameters.InjectedTag);
            if (!isSettings && !Given(root).Any(used.Contains)) continue;
            needed.Insert(0, cell);
            used.UnionWith(Used(root));
        }
        return needed;
    }

    private static CompilationUnitSyntax Parse(string code) => CSharpSyntaxTree.ParseText(code, Script).GetCompilationUnitRoot();

    private static HashSet<string> Used(SyntaxNode root) =>
        [.. root.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.Text)];

    private static IEnumerable<string> Given(CompilationUnitSyntax root) =>
    [
        .. root.Members.OfType<FieldDeclarationSyntax>().SelectMany(field => field.Declaration.Variables)
            .Select(variable => variable.Identifier.Text),
        .. root.Members.OfType<MethodDeclarationSyntax>().Select(method => method.Identifier.Text),
        .. root.Members.OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text),
        .. root.Members.OfType<GlobalStatementSyntax>().SelectMany(Given),
    ];

    private static IEnumerable<string> Given(GlobalStatementSyntax statement) =>
    [
        .. statement.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Select(name => name.Identifier.Text),
        .. statement.DescendantNodes().OfType<AssignmentExpressionSyntax>().Select(assignment => assignment.Left)
            .OfType<IdentifierNameSyntax>().Select(name => name.Identifier.Text),
    ];
}
