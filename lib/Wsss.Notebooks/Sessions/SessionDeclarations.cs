using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// What the cells that ran declare, as one script: editor services that follow each cell by itself become slower and larger with
/// every cell.
/// </summary>
/// <param name="Heads">Directives and usings, first to last.</param>
/// <param name="Members">Variables with their types but without their values, methods and types, first to last; none hides another.</param>
internal sealed record SessionDeclarations(ImmutableList<string> Heads, ImmutableList<(string Key, string Text)> Members)
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Before the first cell.</summary>
    public static SessionDeclarations Empty { get; } = new([], []);

    /// <summary>The script's text.</summary>
    public string Text => string.Join("\n", Heads.Concat(Members.Select(member => member.Text)));

    /// <summary>With those of one more cell, which hide earlier ones of the same name.</summary>
    public SessionDeclarations With(Compilation cell)
    {
        ImmutableList<string> heads = Heads;
        foreach (SyntaxTree tree in cell.SyntaxTrees)
        {
            CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
            IEnumerable<string> found = root.GetReferenceDirectives().Select(directive => directive.ToString().Trim())
                .Concat(root.Usings.Select(directive => directive.ToString()));
            foreach (string head in found.Except(heads)) heads = heads.Add(head);
        }
        // Directives go before everything else.
        heads = [.. heads.Where(head => head[0] == '#'), .. heads.Where(head => head[0] != '#')];

        (string Key, string Text)[] added =
        [
            .. cell.ScriptClass!.GetMembers()
                .Where(member => member.CanBeReferencedByName && !member.IsImplicitlyDeclared)
                .Where(member => member is not IMethodSymbol { MethodKind: not MethodKind.Ordinary })
                .Select(member => (KeyOf(member), TextOf(member))),
        ];
        var keys = added.Select(member => member.Key).ToHashSet(StringComparer.Ordinal);
        return new SessionDeclarations(heads, Members.RemoveAll(member => keys.Contains(member.Key)).AddRange(added));
    }

    /// <summary>Methods hide each other by their parameters too.</summary>
    private static string KeyOf(ISymbol member) => member is IMethodSymbol method
        ? $"{method.Name}({string.Join(",", method.Parameters.Select(parameter => parameter.Type.ToDisplayString(Format)))})"
        : member.Name;

    private static string TextOf(ISymbol member)
    {
        SyntaxNode source = member.DeclaringSyntaxReferences[0].GetSyntax();
        if (member is IFieldSymbol { IsConst: false } field && IsNameable(field.Type))
            return $"{field.Type.ToDisplayString(Format)} {source.GetFirstToken()};";
        SyntaxNode whole = source.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? source;
        // Directives in front of it have their place at the script's head.
        return whole.WithLeadingTrivia(whole.GetLeadingTrivia().Where(trivia => !trivia.IsDirective)).ToFullString();
    }

    /// <summary>Anonymous types have no name to write.</summary>
    private static bool IsNameable(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsNameable(array.ElementType),
        INamedTypeSymbol named => !named.IsAnonymousType && named.TypeArguments.All(IsNameable),
        _ => true,
    };
}
