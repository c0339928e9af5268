using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Recommendations;
using Microsoft.CodeAnalysis.Tags;
using RoslynItem = Microsoft.CodeAnalysis.Completion.CompletionItem;
using RoslynList = Microsoft.CodeAnalysis.Completion.CompletionList;

namespace Wsss.Notebooks.Sessions;

/// <summary>What Roslyn would complete, sorted by how well it fits what is typed.</summary>
internal static class CellCompletion
{
    /// <summary>Signatures cost time, and nobody reads further.</summary>
    private const int MostSignatures = 200;

    public static async Task<CompletionList> FindAsync(Document document, int position, CancellationToken cancellationToken)
    {
        CompletionService service = CompletionService.GetService(document)!;
        RoslynList found = await service.GetCompletionsAsync(document, position, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        if (found.ItemsList.Count == 0) return new CompletionList([], position, position);

        string code = (await document.GetTextAsync(cancellationToken).ConfigureAwait(false)).ToString();
        string typed = code[found.Span.Start..position];
        RoslynItem[] fitting =
        [
            // What edits more than the word at the cursor cannot be told to a front end that replaces text.
            .. found.ItemsList.Where(item => !item.IsComplexTextEdit && Misfit(item, typed) < int.MaxValue)
                .OrderBy(item => Misfit(item, typed)).ThenByDescending(item => item.Rules.MatchPriority).ThenBy(Distance)
                .ThenBy(item => item.SortText, StringComparer.OrdinalIgnoreCase).DistinctBy(TextOf),
        ];
        ILookup<string, ISymbol> symbols = (await Recommender.GetRecommendedSymbolsAtPositionAsync(
            document, position, cancellationToken: cancellationToken).ConfigureAwait(false)).ToLookup(symbol => symbol.Name);
        return new CompletionList(
            [.. fitting.Select((item, index) => new CompletionItem(
                TextOf(item), item.Tags.FirstOrDefault() ?? "",
                index < MostSignatures ? Signature([.. symbols[item.DisplayText]]) : ""))],
            found.Span.Start, Math.Max(found.Span.End, position));
    }

    /// <summary>0 if the name begins as typed, 1 apart from the case, 2 if its capitals or a part of it are what is typed.</summary>
    private static int Misfit(RoslynItem item, string typed)
    {
        string name = item.FilterText;
        if (name.StartsWith(typed, StringComparison.Ordinal)) return 0;
        if (name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)) return 1;
        bool isPart = name.Contains(typed, StringComparison.OrdinalIgnoreCase)
            || string.Concat(name.Where(char.IsUpper)).StartsWith(typed, StringComparison.OrdinalIgnoreCase);
        return isPart ? 2 : int.MaxValue;
    }

    /// <summary>What the cells declare comes before what all programs have.</summary>
    private static int Distance(RoslynItem item) => item.Tags.FirstOrDefault() switch
    {
        WellKnownTags.Local or WellKnownTags.Parameter or WellKnownTags.RangeVariable => 0,
        WellKnownTags.Field or WellKnownTags.Property or WellKnownTags.Method or WellKnownTags.EnumMember => 1,
        WellKnownTags.ExtensionMethod => 2,
        WellKnownTags.Keyword => 4,
        _ => 3,
    };

    private static string TextOf(RoslynItem item) => item.Properties.GetValueOrDefault("InsertionText") ?? item.DisplayText;

    private static string Signature(ISymbol[] overloads) => overloads switch
    {
        [] => "",
        [var only] => only.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
        [var first, ..] => $"{first.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} (+ {overloads.Length - 1})",
    };
}
