namespace Wsss.Notebooks.Reports;

/// <summary>What TeX's commands without arguments stand for.</summary>
internal static class TexSymbols
{
    /// <summary>Letters: set in italics as variables unless they are capital Greek.</summary>
    public static readonly IReadOnlyDictionary<string, string> Letters = Table("""
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ
        nu ν xi ξ pi π rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
        Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
        infty ∞ partial ∂ nabla ∇ ell ℓ emptyset ∅ varnothing ∅ hbar ℏ Re ℜ Im ℑ top ⊤ bot ⊥ ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱
        % % # # _ _ & & $ $
        """);

    /// <summary>Operators and relations.</summary>
    public static readonly IReadOnlyDictionary<string, string> Operators = Table("""
        cdot ⋅ times × div ÷ pm ± mp ∓ odot ⊙ oplus ⊕ otimes ⊗ circ ∘ ast ∗ star ⋆ bullet ∙ setminus ∖ cap ∩ cup ∪ wedge ∧ vee ∨
        land ∧ lor ∨ neg ¬ lnot ¬ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ le ≤ leq ≤ ge ≥ geq ≥ ll ≪ gg ≫
        ne ≠ neq ≠ approx ≈ sim ∼ simeq ≃ equiv ≡ propto ∝ cong ≅ mid ∣ parallel ∥ perp ⟂ to → rightarrow → leftarrow ←
        gets ← mapsto ↦ Rightarrow ⇒ Leftarrow ⇐ leftrightarrow ↔ Leftrightarrow ⇔ iff ⟺ implies ⟹ uparrow ↑ downarrow ↓
        longrightarrow ⟶ forall ∀ exists ∃ colon : int ∫ oint ∮
        """);

    /// <summary>Operators whose scripts stand below and above in a display.</summary>
    public static readonly IReadOnlyDictionary<string, string> Limits = Table("""
        sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ bigwedge ⋀ bigvee ⋁
        max max min min sup sup inf inf lim lim
        """, ("argmax", "arg\u2009max"), ("argmin", "arg\u2009min"), ("limsup", "lim\u2009sup"), ("liminf", "lim\u2009inf"));

    /// <summary>Functions with upright names.</summary>
    public static readonly IReadOnlySet<string> Functions = new HashSet<string>(
        "log ln exp sin cos tan sinh cosh tanh arg det dim ker deg gcd Pr sgn softmax".Split(' '));

    /// <summary>Delimiters, as they may follow <c>\left</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Delimiters = Table(
        """
        { { } } langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ | ‖ lbrace { rbrace } lbrack [ rbrack ]
        """
    );

    /// <summary>Marks above a letter, and whether they grow with what is below.</summary>
    public static readonly IReadOnlyDictionary<string, (string Mark, bool Grows)> Accents = new Dictionary<string, (string, bool)>
    {
        ["hat"] = ("^", false),
        ["widehat"] = ("^", true),
        ["bar"] = ("¯", false),
        ["overline"] = ("¯", true),
        ["tilde"] = ("~", false),
        ["widetilde"] = ("~", true),
        ["vec"] = ("→", false),
        ["dot"] = ("˙", false),
        ["ddot"] = ("¨", false),
        ["check"] = ("ˇ", false),
    };

    /// <summary>Spaces in em.</summary>
    public static readonly IReadOnlyDictionary<string, string> Spaces = new Dictionary<string, string>
    {
        [","] = "0.167em",
        [":"] = "0.222em",
        [">"] = "0.222em",
        [";"] = "0.278em",
        ["!"] = "-0.167em",
        [" "] = "0.25em",
        ["quad"] = "1em",
        ["qquad"] = "2em",
    };

    // The alphabets' places in Unicode, and the letters that were there before them.
    private const string ScriptLetters = "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ";
    private const string DoubleStruckLetters = "CℂHℍNℕPℙQℚRℝZℤ";

    /// <summary>A letter or digit in another alphabet: <c>mathbf</c>, <c>mathcal</c> or <c>mathbb</c>.</summary>
    public static string InAlphabet(string alphabet, char c)
    {
        (int upper, int lower, int digit, string before) = alphabet switch
        {
            "mathcal" => (0x1D49C, 0x1D4B6, 0, ScriptLetters),
            "mathbb" => (0x1D538, 0x1D552, 0x1D7D8, DoubleStruckLetters),
            _ => (0x1D400, 0x1D41A, 0x1D7CE, ""),
        };
        int known = before.IndexOf(c, StringComparison.Ordinal);
        if (known >= 0) return before[known + 1].ToString();
        return c switch
        {
            >= 'A' and <= 'Z' => char.ConvertFromUtf32(upper + c - 'A'),
            >= 'a' and <= 'z' => char.ConvertFromUtf32(lower + c - 'a'),
            >= '0' and <= '9' when digit > 0 => char.ConvertFromUtf32(digit + c - '0'),
            _ => c.ToString(),
        };
    }

    private static Dictionary<string, string> Table(string pairs, params IEnumerable<(string Name, string Symbol)> more)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] words = pairs.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + 1 < words.Length; i += 2) table[words[i]] = words[i + 1];
        foreach ((string name, string symbol) in more) table[name] = symbol;
        return table;
    }
}
