using System.Buffers;
using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>nbformat stores text either as one string or as its lines, each with its line end.</summary>
internal static class MultilineText
{
    /// <summary>Where Python's splitlines, and so nbformat, ends a line.</summary>
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    public static string Read(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(Word)),
        _ => Word(node) ?? "",
    };

    /// <summary>A text; null where there is none, or something else.</summary>
    public static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static JsonArray Write(string text)
    {
        var lines = new JsonArray();
        int start = 0;
        while (start < text.Length)
        {
            int found = text.AsSpan(start).IndexOfAny(LineEnds);
            int end = found < 0 ? text.Length : start + found + 1;
            if (end < text.Length && text[end - 1] == '\r' && text[end] == '\n') end++;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
        return lines;
    }
}
