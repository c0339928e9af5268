using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace Wsss.Kernel;

/// <summary>The cells that were run since the kernel started, with their results.</summary>
internal sealed class History
{
    // Jupyter numbers sessions; this kernel remembers its own only.
    private const int Session = 1;

    private readonly List<Entry> _entries = [];

    /// <summary>Remembers a cell that begins.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="input">Its code.</param>
    public void Add(int line, string input) => _entries.Add(new Entry(line, input, null));

    /// <summary>Remembers the result of the cell that began last, as text.</summary>
    public void SetOutput(string? output) => _entries[^1] = _entries[^1] with { Output = output };

    /// <summary>The last cells, oldest first.</summary>
    public IEnumerable<Entry> Tail(int count) => _entries.TakeLast(count);

    /// <summary>The cells with numbers from <paramref name="start"/> to before <paramref name="stop"/>.</summary>
    public IEnumerable<Entry> Range(int start, int stop) => _entries.Where(entry => entry.Line >= start && entry.Line < stop);

    /// <summary>The last cells that fit a pattern with <c>*</c> and <c>?</c>, oldest first.</summary>
    /// <param name="pattern">The whole code must fit it.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="unique">Of cells with the same code only the last.</param>
    public IEnumerable<Entry> Search(string pattern, int count, bool unique)
    {
        // A backslash has a meaning to the matcher, and none in Jupyter's patterns.
        string escaped = pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
        IEnumerable<Entry> found = _entries.Where(entry => FileSystemName.MatchesSimpleExpression(escaped, entry.Input, ignoreCase: false));
        if (unique) found = found.Reverse().DistinctBy(entry => entry.Input).Reverse();
        return found.TakeLast(count);
    }

    /// <param name="Line">The cell's number.</param>
    /// <param name="Input">Its code.</param>
    /// <param name="Output">Its result as text; null without one.</param>
    internal sealed record Entry(int Line, string Input, string? Output)
    {
        /// <summary>The entry of a <c>history_reply</c>.</summary>
        public JsonArray ToJson(bool withOutput) => withOutput ? [Session, Line, new JsonArray(Input, Output)] : [Session, Line, Input];
    }
}
