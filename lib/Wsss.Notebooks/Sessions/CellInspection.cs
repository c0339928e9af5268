using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.QuickInfo;

namespace Wsss.Notebooks.Sessions;

/// <summary>What is known of the name at a position, or of the call in whose arguments the position is.</summary>
internal static class CellInspection
{
    private const int MostOverloads = 12;

    public static async Task<string?> DescribeAsync(
        Document document, int position, ImmutableArray<VariableFacts> variables, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxToken name = NameAt(root, position);
        SyntaxNode? call = name.RawKind == 0 ? CallAround(root, position) : null;
        if (call is not null) name = NameOf(call);
        if (name.RawKind == 0) return null;

        QuickInfoItem? info = await QuickInfoService.GetService(document)!
            .GetQuickInfoAsync(document, name.SpanStart, cancellationToken).ConfigureAwait(false);
        if (info is null) return null;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        string?[] lines =
        [
            SectionOf(info, QuickInfoSectionKinds.Description),
            ValueOf(name, model, variables, cancellationToken),
            SectionOf(info, QuickInfoSectionKinds.DocumentationComments),
            call is null ? null : Overloads(call, model, cancellationToken),
        ];
        return string.Join("\n", lines.Where(line => !string.IsNullOrEmpty(line)));
    }

    /// <summary>The name that the position is in or right behind.</summary>
    private static SyntaxToken NameAt(SyntaxNode root, int position)
    {
        SyntaxToken token = root.FindToken(position);
        if (!IsName(token, position) && position > 0) token = root.FindToken(position - 1);
        return IsName(token, position) ? token : default;
    }

    private static bool IsName(SyntaxToken token, int position) =>
        (token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsPredefinedType(token.Kind()))
        && token.Span.Length > 0 && token.SpanStart <= position && position <= token.Span.End;

    private static SyntaxNode? CallAround(SyntaxNode root, int position)
    {
        if (position == 0) return null;
        SyntaxToken before = root.FindToken(position - 1);
        return before.Parent?.AncestorsAndSelf().OfType<ArgumentListSyntax>()
            .FirstOrDefault(list => list.OpenParenToken.Span.End <= position
                && (list.CloseParenToken.IsMissing || position <= list.CloseParenToken.SpanStart))?.Parent;
    }

    private static SyntaxToken NameOf(SyntaxNode call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.Identifier,
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => name.Identifier,
        ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax type } => type.Right.Identifier,
        ObjectCreationExpressionSyntax { Type: SimpleNameSyntax type } => type.Identifier,
        ImplicitObjectCreationExpressionSyntax creation => creation.NewKeyword,
        _ => default,
    };

    private static string? SectionOf(QuickInfoItem info, string kind) =>
        info.Sections.FirstOrDefault(section => section.Kind == kind)?.Text;

    private static string? ValueOf(
        SyntaxToken name, SemanticModel model, ImmutableArray<VariableFacts> variables, CancellationToken cancellationToken)
    {
        ISymbol? symbol = name.Parent is VariableDeclaratorSyntax or SingleVariableDesignationSyntax
            ? model.GetDeclaredSymbol(name.Parent, cancellationToken)
            : model.GetSymbolInfo(name.Parent!, cancellationToken).Symbol;
        if (symbol is not IFieldSymbol { ContainingType.IsScriptClass: true }) return null;
        string? value = variables.FirstOrDefault(facts => !facts.IsHidden && facts.Name == symbol.Name)?.Describe();
        return string.IsNullOrEmpty(value) ? null : "= " + value;
    }

    private static string? Overloads(SyntaxNode call, SemanticModel model, CancellationToken cancellationToken)
    {
        ISymbol[] all = call switch
        {
            InvocationExpressionSyntax invocation => [.. model.GetMemberGroup(invocation.Expression, cancellationToken)],
            BaseObjectCreationExpressionSyntax creation when model.GetTypeInfo(creation, cancellationToken).Type is INamedTypeSymbol type =>
                [.. type.InstanceConstructors.Where(constructor => model.IsAccessible(call.SpanStart, constructor))],
            _ => [],
        };
        if (all.Length < 2) return null;
        IEnumerable<string> shown = all.Take(MostOverloads).Select(symbol => "  " + symbol.ToMinimalDisplayString(model, call.SpanStart));
        string more = all.Length > MostOverloads ? $"\n  and {all.Length - MostOverloads} more" : "";
        return $"Overloads:\n{string.Join("\n", shown)}{more}";
    }
}
