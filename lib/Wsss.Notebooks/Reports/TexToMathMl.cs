using System.Net;
using System.Text;

namespace Wsss.Notebooks.Reports;

/// <summary>
/// Turns the part of TeX's mathematics that our formulas use into MathML, which browsers draw without any script or
/// font of ours. Never fails: what it does not know is shown as written, in the class <c>math-unknown</c>.
/// </summary>
internal sealed class TexToMathMl
{
    private const string WordStart = "<mo movablelimits=\"true\" lspace";
    private readonly TexReader _in;

    private TexToMathMl(string tex) => _in = new TexReader(tex);

    /// <summary>The formula as a <c>math</c> element.</summary>
    /// <param name="tex">Without the dollar signs.</param>
    /// <param name="display">A formula on a line of its own.</param>
    public static string Convert(string tex, bool display)
    {
        string body = new TexToMathMl(tex).Row(() => false);
        return display ? $"<math display=\"block\">{body}</math>" : $"<math>{body}</math>";
    }

    /// <summary>Atoms up to the end or to where <paramref name="ends"/> holds.</summary>
    private string Row(Func<bool> ends)
    {
        var row = new StringBuilder();
        while (true)
        {
            _in.SkipSpaces();
            if (_in.IsAtEnd || ends()) break;
            // A brace too many would otherwise end the formula.
            if (!_in.TakeIf('}')) row.Append(ScriptedAtom());
        }
        return $"<mrow>{row}</mrow>";
    }

    private string ScriptedAtom()
    {
        bool isFunction = TexSymbols.Functions.Contains(_in.CurrentCommand);
        (string atom, bool limits) = _in.Current is '_' or '^' ? ("<mrow></mrow>", false) : Atom();
        string? below = null, above = null;
        while (true)
        {
            _in.SkipSpaces();
            if (_in.TakeIf('_')) below = Argument();
            else if (_in.TakeIf('^')) above = Argument();
            else if (_in.Current == '\'') above = Primes();
            else if (!_in.TakeIf("\\limits")) break;
        }
        string scripted = (below, above) switch
        {
            (null, null) => atom,
            (_, null) => limits ? $"<munder>{atom}{below}</munder>" : $"<msub>{atom}{below}</msub>",
            (null, _) => limits ? $"<mover>{atom}{above}</mover>" : $"<msup>{atom}{above}</msup>",
            _ => limits ? $"<munderover>{atom}{below}{above}</munderover>" : $"<msubsup>{atom}{below}{above}</msubsup>",
        };
        bool isWord = isFunction || atom.StartsWith(WordStart, StringComparison.Ordinal);
        bool isBeforeSpaceOfItsOwn = _in.IsAtEnd || "([{}),".Contains(_in.Current, StringComparison.Ordinal) || _in.Looking("\\left");
        return isWord && !isBeforeSpaceOfItsOwn ? scripted + Space("0.167em") : scripted;
    }

    private (string MathMl, bool Limits) Atom()
    {
        char c = _in.Current;
        if (c == '\\') return Command();
        if (char.IsAsciiDigit(c)) return ($"<mn>{_in.TakeNumber()}</mn>", false);
        _in.Take();
        return (c switch
        {
            '{' => Group('}'),
            '~' => Space("0.25em"),
            '-' => Operator("−"),
            '*' => Operator("∗"),
            '(' or ')' or '[' or ']' or '|' => Delimiter(c.ToString(), stretchy: false),
            _ when char.IsLetter(c) => Identifier(c.ToString()),
            _ => Operator(c.ToString()),
        }, false);
    }

    private (string MathMl, bool Limits) Command()
    {
        string name = _in.TakeCommand();
        if (TexSymbols.Limits.TryGetValue(name, out string? big))
            return (char.IsLetter(big[0]) ? WordWithLimits(big) : $"<mo movablelimits=\"true\">{big}</mo>", true);
        if (name == "operatorname" && _in.TakeIf('*')) return (WordWithLimits(_in.TakeVerbatim()), true);
        if (name is "underbrace") return ($"<munder>{Argument()}<mo stretchy=\"true\">⏟</mo></munder>", true);
        if (name is "overbrace") return ($"<mover>{Argument()}<mo stretchy=\"true\">⏞</mo></mover>", true);
        return (Symbol(name) ?? Construction(name), false);
    }

    private string? Symbol(string name)
    {
        if (TexSymbols.Letters.TryGetValue(name, out string? letter)) return Identifier(letter);
        if (TexSymbols.Operators.TryGetValue(name, out string? symbol)) return Operator(symbol);
        if (TexSymbols.Delimiters.TryGetValue(name, out string? delimiter)) return Delimiter(delimiter, stretchy: false);
        if (TexSymbols.Spaces.TryGetValue(name, out string? width)) return Space(width);
        return TexSymbols.Functions.Contains(name) ? $"<mi>{name}</mi>" : null;
    }

    private string Construction(string name)
    {
        if (TexSymbols.Accents.TryGetValue(name, out (string Mark, bool Grows) accent))
            return $"<mover accent=\"true\">{Argument()}<mo stretchy=\"{(accent.Grows ? "true" : "false")}\">{accent.Mark}</mo></mover>";
        switch (name)
        {
            case "frac" or "dfrac" or "tfrac":
                return $"<mfrac>{Argument()}{Argument()}</mfrac>";
            case "binom":
                return $"<mrow>{Delimiter("(", true)}<mfrac linethickness=\"0\">{Argument()}{Argument()}</mfrac>"
                    + $"{Delimiter(")", true)}</mrow>";
            case "sqrt":
                if (!_in.TakeIf('['))
                    return $"<msqrt>{Argument()}</msqrt>";
                string index = Group(']');
                return $"<mroot>{Argument()}{index}</mroot>";
            case "overset" or "stackrel":
                string over = Argument();
                return $"<mover>{Argument()}{over}</mover>";
            case "underset":
                string under = Argument();
                return $"<munder>{Argument()}{under}</munder>";
            case "text" or "textrm" or "mbox":
                // MathML drops spaces at the ends of a text, where "if " needs one.
                return $"<mtext>{Encode(_in.TakeVerbatim().Replace(' ', '\u00a0'))}</mtext>";
            case "mathrm" or "operatorname" or "textbf" or "mathsf" or "mathtt" or "textit" or "mathit":
                return $"<mi mathvariant=\"normal\">{Encode(_in.TakeVerbatim())}</mi>";
            case "mathbf" or "boldsymbol" or "bm" or "mathcal" or "mathbb":
                return InAlphabet(name);
            case "left":
                return Fenced();
            case "begin":
                return Table();
            case "displaystyle" or "textstyle" or "nonumber":
                return "";
            case "big" or "Big" or "bigl" or "bigr" or "Bigl" or "Bigr" or "bigg" or "Bigg":
                string size = name.StartsWith('B') ? "1.8em" : "1.2em";
                return $"<mo stretchy=\"true\" minsize=\"{size}\">{Encode(TakeDelimiter())}</mo>";
            default:
                return $"<mtext class=\"math-unknown\">\\{Encode(name)}</mtext>";
        }
    }

    /// <summary>Latin letters and digits have alphabets in Unicode; what else stands in the braces is set as it is.</summary>
    private string InAlphabet(string alphabet)
    {
        _in.SkipSpaces();
        bool isGroup = _in.TakeIf('{');
        var letters = new StringBuilder();
        while (char.IsAsciiLetterOrDigit(_in.Current) && (isGroup || letters.Length == 0))
            letters.Append(TexSymbols.InAlphabet(alphabet, _in.Take()));
        string identifier = letters.Length > 0 ? $"<mi>{letters}</mi>" : "";
        if (isGroup)
            return $"<mrow>{identifier}{Group('}')}</mrow>";
        return letters.Length > 0 ? identifier : Argument();
    }

    private string Fenced()
    {
        string open = TakeDelimiter();
        string body = Row(() => _in.CurrentCommand == "right");
        string close = _in.TakeIf("\\right") ? TakeDelimiter() : "";
        return $"<mrow>{Delimiter(open, stretchy: true)}{body}{Delimiter(close, stretchy: true)}</mrow>";
    }

    /// <summary>What follows <c>\begin</c>: cases, aligned, matrices.</summary>
    private string Table()
    {
        string name = _in.TakeVerbatim();
        string end = $"\\end{{{name}}}";
        var cells = new StringBuilder("<mtr><mtd>");
        while (!_in.IsAtEnd && !_in.TakeIf(end))
        {
            cells.Append(Row(() => _in.Current == '&' || _in.Looking("\\\\") || _in.Looking(end)));
            if (_in.TakeIf('&')) cells.Append("</mtd><mtd>");
            else if (_in.TakeIf("\\\\")) cells.Append("</mtd></mtr><mtr><mtd>");
        }
        string columns = name switch { "cases" => "left", "aligned" or "align" or "align*" => "aligned", _ => "center" };
        string rows = $"<mtable class=\"math-{columns}\">{cells}</mtd></mtr></mtable>";
        (string open, string close) = name switch { "cases" => ("{", ""), "pmatrix" => ("(", ")"), "bmatrix" => ("[", "]"), _ => ("", "") };
        return $"<mrow>{Delimiter(open, stretchy: true)}{rows}{Delimiter(close, stretchy: true)}</mrow>";
    }

    /// <summary>One atom: as in TeX, <c>x^12</c> is x¹2.</summary>
    private string Argument()
    {
        _in.SkipSpaces();
        if (char.IsAsciiDigit(_in.Current)) return $"<mn>{_in.Take()}</mn>";
        string atom = _in.IsAtEnd ? "" : Atom().MathMl;
        return atom.Length > 0 ? atom : "<mrow></mrow>";
    }

    private string Group(char close)
    {
        string row = Row(() => _in.Current == close);
        _in.TakeIf(close);
        return row;
    }

    private string Primes()
    {
        int count = 0;
        while (_in.TakeIf('\'')) count++;
        return $"<mo>{new string('′', count)}</mo>";
    }

    private string TakeDelimiter()
    {
        _in.SkipSpaces();
        if (_in.IsAtEnd) return "";
        if (_in.Current != '\\') return _in.Take() switch { '.' => "", '<' => "⟨", '>' => "⟩", var c => c.ToString() };
        string name = _in.TakeCommand();
        return TexSymbols.Delimiters.GetValueOrDefault(name, name);
    }

    /// <summary>One letter is italic by MathML's own rule; TeX sets capital Greek upright.</summary>
    private static string Identifier(string letter) =>
        letter[0] is >= 'Α' and <= 'Ω' || !char.IsLetter(letter[0])
            ? $"<mi mathvariant=\"normal\">{Encode(letter)}</mi>"
            : $"<mi>{letter}</mi>";

    /// <summary>max, arg min: no space of an operator's own, but that of a function.</summary>
    private static string WordWithLimits(string word) => $"{WordStart}=\"0\" rspace=\"0\">{Encode(word)}</mo>";

    private static string Operator(string symbol) => $"<mo>{Encode(symbol)}</mo>";

    private static string Delimiter(string symbol, bool stretchy) =>
        symbol.Length == 0 ? "" : $"<mo stretchy=\"{(stretchy ? "true" : "false")}\">{Encode(symbol)}</mo>";

    private static string Space(string width) => $"<mspace width=\"{width}\"/>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
