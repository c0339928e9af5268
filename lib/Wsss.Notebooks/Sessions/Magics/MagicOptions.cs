namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>The options of a command's line: <c>--name value</c>, quoted where the value has blanks.</summary>
internal sealed class MagicOptions
{
    private readonly Dictionary<string, string> _values = [];

    private MagicOptions() { }

    /// <summary>The value of an option; null if it was not given.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads a line.</summary>
    /// <param name="line">From the command's word on.</param>
    /// <param name="known">The options that the command has, with their dashes.</param>
    /// <exception cref="NotebookException">Something else stands there, or an option twice or without a value.</exception>
    public static MagicOptions Parse(string line, IReadOnlyList<string> known)
    {
        var options = new MagicOptions();
        string[] words = [.. Words(line)];
        for (int i = 1; i < words.Length; i += 2)
        {
            if (!known.Contains(words[i]) || i + 1 == words.Length || !options._values.TryAdd(words[i], words[i + 1]))
            {
                throw new NotebookException(
                    $"Expected '{words[0]}' with {string.Join(" and ", known)}, each once and with a value, found '{line}'. " +
                    "A value with blanks stands in quotes.");
            }
        }
        return options;
    }

    private static IEnumerable<string> Words(string line)
    {
        int start = 0;
        while ((start = Array.FindIndex(line.ToCharArray(), start, c => !char.IsWhiteSpace(c))) >= 0)
        {
            bool isQuoted = line[start] == '"';
            if (isQuoted) start++;
            int end = isQuoted ? line.IndexOf('"', start) : Array.FindIndex(line.ToCharArray(), start, char.IsWhiteSpace);
            if (end < 0) end = line.Length;
            yield return line[start..end];
            start = Math.Min(end + 1, line.Length);
            if (start == line.Length) yield break;
        }
    }
}
