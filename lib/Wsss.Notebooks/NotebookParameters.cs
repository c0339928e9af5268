using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>
/// papermill's convention: the cell tagged <c>parameters</c> declares variables with defaults; a cell right after it,
/// tagged <c>injected-parameters</c>, assigns the values of this run.
/// </summary>
internal static class NotebookParameters
{
    /// <summary>Tag of the cell that declares the parameters.</summary>
    public const string Tag = "parameters";

    /// <summary>Tag, and id, of the cell that assigns them.</summary>
    public const string InjectedTag = "injected-parameters";

    /// <summary>The parameters that a notebook declares, with their type (string, int, double or bool) and default as written.</summary>
    /// <exception cref="NotebookException">A declaration of another type.</exception>
    public static IReadOnlyDictionary<string, (string Type, string Default)> Find(Notebook notebook)
    {
        var found = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        if (notebook.Cells.FirstOrDefault(cell => cell.Tags.Contains(Tag)) is not { } cell)
            return found;
        var parsing = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script);
        CompilationUnitSyntax root = CSharpSyntaxTree.ParseText(cell.Source, parsing).GetCompilationUnitRoot();
        foreach (FieldDeclarationSyntax field in root.Members.OfType<FieldDeclarationSyntax>())
        {
            foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
            {
                string written = variable.Initializer?.Value.ToString() ?? "";
                string type =
                    field.Declaration.Type.ToString() is var declared && declared == "var" ? TypeOf(variable.Initializer?.Value) : declared;
                if (type is not ("string" or "int" or "double" or "bool") || field.Modifiers.Count > 0)
                {
                    throw new NotebookException(
                        $"Expected the cell tagged '{Tag}' to declare variables of type string, int, double or bool, found "
                            + $"'{field.ToString().Trim()}'. "
                            + "Move other declarations to another cell."
                    );
                }
                found[variable.Identifier.Text] = (type, written);
            }
        }
        return found;
    }

    /// <summary>
    /// Puts the cell with the values behind the parameters cell, in place of the one of an earlier run; without values
    /// only removes that one.
    /// </summary>
    /// <param name="notebook">Is changed.</param>
    /// <param name="values">Parameter name to value as text, in invariant notation.</param>
    /// <exception cref="NotebookException">An unknown name, or a text that is not of the declared type.</exception>
    public static void Inject(Notebook notebook, IReadOnlyDictionary<string, string> values)
    {
        foreach (NotebookCell old in notebook.Cells.Where(cell => cell.Tags.Contains(InjectedTag)).ToArray()) notebook.Cells.Remove(old);
        if (values.Count == 0) return;
        IReadOnlyDictionary<string, (string Type, string Default)> declared = Find(notebook);
        var code = new StringBuilder("// Values of this run; the cell above has the defaults.");
        foreach ((string name, string value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!declared.TryGetValue(name, out (string Type, string Default) parameter))
            {
                string known = declared.Count == 0 ? $"has no cell tagged '{Tag}'" : "has " + string.Join(", ", declared.Keys);
                throw new NotebookException($"The notebook has no parameter '{name}': it {known}.");
            }
            code.Append('\n').Append(name).Append(" = ").Append(Literal(name, parameter.Type, value)).Append(';');
        }
        int index = notebook.Cells.IndexOf(notebook.Cells.First(cell => cell.Tags.Contains(Tag)));
        notebook.Cells.Insert(index + 1, NotebookCell.Code(InjectedTag, code.ToString(), InjectedTag));
    }

    /// <summary>Takes values out of the cell that assigns them, and the cell too if it assigns no other.</summary>
    /// <param name="notebook">Is changed.</param>
    /// <param name="names">Of parameters.</param>
    public static void Forget(Notebook notebook, IReadOnlyCollection<string> names)
    {
        if (notebook.Cells.FirstOrDefault(cell => cell.Tags.Contains(InjectedTag)) is not { } cell)
            return;
        string[] lines = [.. cell.Source.Split('\n').Where(line => !names.Contains(line.Split(" = ")[0]))];
        if (lines.Length > 1)
            cell.Source = string.Join('\n', lines);
        else
            notebook.Cells.Remove(cell);
    }

    private static string TypeOf(ExpressionSyntax? value) => value switch
    {
        PrefixUnaryExpressionSyntax { Operand: var operand } => TypeOf(operand),
        LiteralExpressionSyntax { Token.Value: string } => "string",
        LiteralExpressionSyntax { Token.Value: int } => "int",
        LiteralExpressionSyntax { Token.Value: double } => "double",
        LiteralExpressionSyntax { Token.Value: bool } => "bool",
        _ => "var",
    };

    private static string Literal(string name, string type, string value)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string? literal = type switch
        {
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            "int" when int.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out int number) => number.ToString(invariant),
            "double" when double.TryParse(value, NumberStyles.Float, invariant, out double number) && double.IsFinite(number) =>
                number.ToString("R", invariant) + "d",
            "bool" when bool.TryParse(value, out bool flag) => flag ? "true" : "false",
            _ => null,
        };
        string hint = type switch
        {
            "bool" => " Write true or false.",
            "double" => " Write it with a decimal point.",
            _ => "",
        };
        return literal ?? throw new NotebookException($"Expected the parameter '{name}' to be of type {type}, found '{value}'.{hint}");
    }
}
