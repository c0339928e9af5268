using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wsss.Notebooks.Reports;

/// <summary>Colours C# by what the parser says about each token. Broken code is coloured too and never changed.</summary>
internal static class CodeHighlighter
{
    /// <summary>The code as HTML with a <c>span</c> per coloured token.</summary>
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        var parsing = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script).WithLanguageVersion(LanguageVersion.Latest);
        foreach (SyntaxToken token in CSharpSyntaxTree.ParseText(code, parsing).GetRoot().DescendantTokens())
        {
            AppendTrivia(html, token.LeadingTrivia);
            Append(html, token.Text, ClassOf(token));
            AppendTrivia(html, token.TrailingTrivia);
        }
        return html.ToString();
    }

    private static void AppendTrivia(StringBuilder html, SyntaxTriviaList list)
    {
        foreach (SyntaxTrivia trivia in list)
        {
            string text = trivia.ToFullString();
            Append(html, text, trivia.IsDirective ? "directive" : text.StartsWith('/') ? "comment" : "");
        }
    }

    private static void Append(StringBuilder html, string text, string kind)
    {
        if (text.Length == 0) return;
        string encoded = WebUtility.HtmlEncode(text);
        html.Append(kind.Length == 0 ? encoded : $"<span class=\"{kind}\">{encoded}</span>");
    }

    private static string ClassOf(SyntaxToken token)
    {
        SyntaxKind kind = token.Kind();
        if (kind == SyntaxKind.IdentifierToken) return ClassOfName(token);
        if (SyntaxFacts.IsKeywordKind(kind)) return "keyword";
        return kind switch
        {
            SyntaxKind.NumericLiteralToken => "number",
            SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken
                or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
                or SyntaxKind.InterpolatedSingleLineRawStringStartToken or SyntaxKind.InterpolatedMultiLineRawStringStartToken
                or SyntaxKind.InterpolatedRawStringEndToken => "string",
            _ => "",
        };
    }

    private static string ClassOfName(SyntaxToken token) =>
        token.Parent switch
        {
            MethodDeclarationSyntax or LocalFunctionStatementSyntax => "method",
            BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or TypeParameterSyntax => "type",
            IdentifierNameSyntax { IsVar: true } or IdentifierNameSyntax { IsUnmanaged: true } => "keyword",
            SimpleNameSyntax name when IsCalled(name) => "method",
            SimpleNameSyntax name when SyntaxFacts.IsInTypeOnlyContext(name) => SyntaxFacts.IsInNamespaceOrTypeContext(name)
            && IsInUsing(name)
                ? ""
                : "type",
            // By convention a capital before a dot is a type, or an enum or property that reads like one.
            IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax access } name
                when access.Expression == name && char.IsUpper(token.Text[0]) => "type",
            _ => "",
        };

    private static bool IsCalled(SimpleNameSyntax name) => name.Parent switch
    {
        InvocationExpressionSyntax call => call.Expression == name,
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access => access.Name == name && call.Expression == access,
        MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax } => true,
        _ => false,
    };

    private static bool IsInUsing(SyntaxNode node) => node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null;
}
