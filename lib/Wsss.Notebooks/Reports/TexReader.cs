namespace Wsss.Notebooks.Reports;

/// <summary>Reads TeX from left to right: characters, commands, texts in braces.</summary>
internal sealed class TexReader(string tex)
{
    private int _at;

    public bool IsAtEnd => _at >= tex.Length;

    /// <summary>The character that comes next; NUL at the end.</summary>
    public char Current => IsAtEnd ? '\0' : tex[_at];

    /// <summary>The name of the command that comes next; empty if none does.</summary>
    public string CurrentCommand
    {
        get
        {
            if (Current != '\\') return "";
            int end = _at + 1;
            while (end < tex.Length && char.IsAsciiLetter(tex[end])) end++;
            // A backslash before anything but a letter takes that one character.
            return tex[(_at + 1)..Math.Min(tex.Length, Math.Max(end, _at + 2))];
        }
    }

    public char Take() => tex[_at++];

    public string TakeCommand()
    {
        string name = CurrentCommand;
        _at += 1 + name.Length;
        return name;
    }

    public bool TakeIf(char c)
    {
        bool found = Current == c && !IsAtEnd;
        if (found) _at++;
        return found;
    }

    public bool TakeIf(string text)
    {
        bool found = Looking(text);
        if (found) _at += text.Length;
        return found;
    }

    public bool Looking(string text) => string.CompareOrdinal(tex, _at, text, 0, text.Length) == 0;

    public void SkipSpaces()
    {
        while (!IsAtEnd && char.IsWhiteSpace(Current)) _at++;
    }

    public string TakeNumber()
    {
        int start = _at;
        while (char.IsAsciiDigit(Current) || (Current == '.' && _at + 1 < tex.Length && char.IsAsciiDigit(tex[_at + 1]))) _at++;
        return tex[start.._at];
    }

    /// <summary>The text between braces as it stands, or the next character.</summary>
    public string TakeVerbatim()
    {
        SkipSpaces();
        if (IsAtEnd) return "";
        if (!TakeIf('{')) return Take().ToString();
        int start = _at;
        for (int depth = 1; !IsAtEnd; _at++)
        {
            depth += Current switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0) break;
        }
        string text = tex[start.._at];
        TakeIf('}');
        return text
            .Replace("\\,", "\u2009", StringComparison.Ordinal)
            .Replace("\\ ", " ", StringComparison.Ordinal)
            .Replace("\\_", "_", StringComparison.Ordinal);
    }
}
