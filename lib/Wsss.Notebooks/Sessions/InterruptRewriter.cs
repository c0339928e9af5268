using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Makes a script interruptible: a call of <see cref="Interrupt.Check"/> in each loop's body, before each <c>goto</c> and at
/// the entry of each method, accessor, local function and lambda; waits that a token wakes (<see cref="InterruptibleWaits"/>).
/// All insertions stay on their line, so that lines in stack traces are the author's.
/// </summary>
/// <remarks>
/// Left as they are: what cleans up (<c>finally</c>, <c>Dispose</c>, finalizers) and static constructors, where a throw would
/// do damage; lambdas that become expression trees, and the clauses of query expressions, which may.
/// </remarks>
internal sealed class InterruptRewriter : CSharpSyntaxWalker
{
    private const string Check = "global::Wsss.Notebooks.Sessions.Interrupt.Check();";

    private readonly SemanticModel _model;
    private readonly InterruptibleWaits _waits;
    private readonly InterruptPlaces _places;
    private readonly List<TextChange> _changes = [];

    private InterruptRewriter(SemanticModel model, InterruptPlaces places) =>
        (_model, _waits, _places) = (model, new InterruptibleWaits(model), places);

    /// <summary>The interruptible text of one tree.</summary>
    /// <param name="tree">A tree without errors.</param>
    /// <param name="compilation">What the tree belongs to.</param>
    /// <param name="places">Where.</param>
    public static string Rewrite(SyntaxTree tree, Compilation compilation, InterruptPlaces places)
    {
        var rewriter = new InterruptRewriter(compilation.GetSemanticModel(tree), places);
        rewriter.Visit(tree.GetRoot());
        return Apply(tree.ToString(), rewriter._changes);
    }

    public override void Visit(SyntaxNode? node)
    {
        if (node is null || CleansUp(node)) return;
        (string before, string after) = Around(node);
        Insert(node.SpanStart, before);
        if (!IsNameOf(node) && !BecomesExpressionTree(node)) VisitParts(node);
        Insert(node.Span.End, after);
    }

    private void VisitParts(SyntaxNode node)
    {
        switch (node)
        {
            case BlockSyntax block when IsEntered(block):
                Insert(block.OpenBraceToken.Span.End, " " + Check);
                base.Visit(block);
                break;
            case QueryExpressionSyntax query:
                Visit(query.FromClause.Expression);
                break;
            case ArrowExpressionClauseSyntax arrow when _places == InterruptPlaces.All:
                VisitArrow(arrow);
                break;
            case InvocationExpressionSyntax call when _places == InterruptPlaces.All:
                VisitCall(call);
                break;
            default:
                base.Visit(node);
                break;
        }
    }

    private (string Before, string After) Around(SyntaxNode node) => node switch
    {
        GotoStatementSyntax => ($"{{ {Check} ", " }"),
        // A declaration is no loop's body: wrapped, it would compile.
        StatementSyntax and not (BlockSyntax or LocalDeclarationStatementSyntax or LocalFunctionStatementSyntax or LabeledStatementSyntax)
            when IsLoop(node.Parent) => ($"{{ {Check} ", " }"),
        ExpressionSyntax when _places == InterruptPlaces.Loops => ("", ""),
        ExpressionSyntax body when node.Parent is LambdaExpressionSyntax lambda && lambda.ExpressionBody == body
            && _model.GetSymbolInfo(lambda).Symbol is IMethodSymbol function =>
            ($"{{ {Check} {Return(function, body)}", "; }"),
        ExpressionSyntax part => _waits.Around(part),
        _ => ("", ""),
    };

    /// <summary>An expression body becomes a block.</summary>
    private void VisitArrow(ArrowExpressionClauseSyntax arrow)
    {
        (SyntaxToken semicolon, IMethodSymbol? method, bool isProperty) = arrow.Parent switch
        {
            PropertyDeclarationSyntax property => (property.SemicolonToken, _model.GetDeclaredSymbol(property)?.GetMethod, true),
            IndexerDeclarationSyntax indexer => (indexer.SemicolonToken, _model.GetDeclaredSymbol(indexer)?.GetMethod, true),
            BaseMethodDeclarationSyntax declaration => (declaration.SemicolonToken, _model.GetDeclaredSymbol(declaration), false),
            AccessorDeclarationSyntax accessor => (accessor.SemicolonToken, _model.GetDeclaredSymbol(accessor), false),
            LocalFunctionStatementSyntax local => (local.SemicolonToken, (IMethodSymbol?)_model.GetDeclaredSymbol(local), false),
            _ => (default, null, false),
        };
        if (method is null)
        {
            Visit(arrow.Expression);
            return;
        }
        string opening = $"{(isProperty ? "{ get " : "")}{{ {Check} {Return(method, arrow.Expression)}";
        Replace(arrow.ArrowToken.Span, arrow.ArrowToken.HasTrailingTrivia ? opening.TrimEnd() : opening);
        Visit(arrow.Expression);
        Replace(semicolon.Span, isProperty ? "; } }" : "; }");
    }

    private void VisitCall(InvocationExpressionSyntax call)
    {
        if (_waits.Replacement(call) is { } other)
        {
            VisitReplaced(call, other.Method, other.Target);
            return;
        }
        Visit(call.Expression);
        (string before, string after) = _waits.AroundArguments(call);
        Insert(call.ArgumentList.OpenParenToken.Span.End, before);
        Visit(call.ArgumentList);
        Insert(call.ArgumentList.CloseParenToken.SpanStart, after);
    }

    private void VisitReplaced(InvocationExpressionSyntax call, string method, ExpressionSyntax? target)
    {
        bool isStatement = InterruptibleWaits.IsStatement(call);
        Insert(call.SpanStart, isStatement ? "" : "(");
        if (target is null) Replace(call.Expression.Span, method);
        else
        {
            Insert(target.SpanStart, method + "(");
            Visit(target);
            // What stands between them, such as line breaks, stays.
            var access = (MemberAccessExpressionSyntax)call.Expression;
            Replace(access.OperatorToken.Span, call.ArgumentList.Arguments.Count > 0 ? ", " : "");
            Replace(access.Name.Span, "");
            Replace(call.ArgumentList.OpenParenToken.Span, "");
        }
        Visit(call.ArgumentList);
        Insert(call.Span.End, isStatement ? "" : ")");
    }

    private static string Return(IMethodSymbol method, ExpressionSyntax body)
    {
        bool hasNoValue = method.ReturnsVoid || (method.IsAsync && method.ReturnType is INamedTypeSymbol { IsGenericType: false });
        return hasNoValue || body is ThrowExpressionSyntax ? "" : "return ";
    }

    private bool IsEntered(BlockSyntax block) =>
        IsLoop(block.Parent)
        || (_places == InterruptPlaces.All
            && block.Parent is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
                or AnonymousFunctionExpressionSyntax);

    private static bool IsLoop(SyntaxNode? node) =>
        node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    private static bool CleansUp(SyntaxNode node) => node switch
    {
        FinallyClauseSyntax or DestructorDeclarationSyntax => true,
        ConstructorDeclarationSyntax constructor => constructor.Modifiers.Any(SyntaxKind.StaticKeyword),
        MethodDeclarationSyntax method => method.Identifier.Text is "Dispose" or "DisposeAsync",
        _ => false,
    };

    private static bool IsNameOf(SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } };

    private bool BecomesExpressionTree(SyntaxNode node) =>
        node is LambdaExpressionSyntax lambda
        && _model.GetTypeInfo(lambda).ConvertedType?.ContainingNamespace?.ToDisplayString() == "System.Linq.Expressions";

    private void Insert(int position, string text)
    {
        if (text.Length > 0) _changes.Add(new TextChange(new TextSpan(position, 0), text));
    }

    private void Replace(TextSpan span, string text) => _changes.Add(new TextChange(span, text));

    /// <summary>The walk meets the changes in the order of the text, at one place those of outer nodes outside.</summary>
    private static string Apply(string text, List<TextChange> changes)
    {
        var rewritten = new StringBuilder(text.Length * 2);
        int position = 0;
        foreach (TextChange change in changes)
        {
            rewritten.Append(text, position, change.Span.Start - position).Append(change.NewText);
            position = change.Span.End;
        }
        return rewritten.Append(text, position, text.Length - position).ToString();
    }
}
