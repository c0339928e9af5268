using Microsoft.CodeAnalysis.CSharp;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>
/// <c>#!set --name y --value @value:x</c>: declares a variable that holds what <see cref="ValueCommand"/> keeps, with <c>@csharp:x</c> what
/// another variable holds, otherwise the text itself.
/// </summary>
internal sealed class SetCommand : MagicCommand
{
    private const string FromValue = "@value:";
    private const string FromCode = "@csharp:";

    public override string Word => "#!set";

    public override string Help => "--name NAME --value @value:KEPT: declares a variable";

    public override IEnumerable<CompletionItem> Arguments(SessionSnapshot state, string baseFolder) =>
    [
        new("--name", "Keyword", "of the variable"),
        new("--value", "Keyword", $"{FromValue}NAME, {FromCode}NAME or text"),
        .. state.Values.Select(name => new CompletionItem(FromValue + name, "Field", "what #!value keeps")),
        .. state.Variables.Where(facts => !facts.IsHidden)
            .Select(facts => new CompletionItem(FromCode + facts.Name, "Field", facts.Describe())),
    ];

    public override CellError? Run(CellPart part, CellContext cell)
    {
        var options = MagicOptions.Parse(part.Head, ["--name", "--value"]);
        string? name = options["--name"];
        if (name is null || options["--value"] is not { } value) throw Expected($"'{Word} --name NAME --value VALUE'", part.Head);
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
            throw Expected($"a name of C# after '{Word} --name'", name);
        // Where the line stands, so that an error is there too.
        return cell.RunCode(new string('\n', part.Line - 1) + Declaration(name, value, cell));
    }

    private string Declaration(string name, string value, CellContext cell)
    {
        if (value.StartsWith(FromCode, StringComparison.Ordinal))
        {
            string source = value[FromCode.Length..];
            SessionVariables.Require(source, cell.State, $"{Word} {FromCode}");
            return $"var {name} = {source};";
        }
        string text = value.StartsWith(FromValue, StringComparison.Ordinal) ? Kept(value[FromValue.Length..], cell) : value;
        return $"string {name} = {SymbolDisplay.FormatLiteral(text, quote: true)};";
    }

    private string Kept(string name, CellContext cell)
    {
        if (cell.Values.TryGetValue(name, out string? kept)) return kept;
        string known = cell.Values.Count == 0 ? "Nothing is kept yet." : $"There is {string.Join(", ", cell.Values.Keys)}.";
        throw new NotebookException($"Expected '{Word} {FromValue}' to name what '#!value' keeps, found '{name}'. {known}");
    }
}
