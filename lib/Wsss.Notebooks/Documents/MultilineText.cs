using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>nbformat stores text either as one string or as its lines, each with its line feed.</summary>
internal static class MultilineText
{
    public static string Read(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(line => line?.GetValue<string>())),
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => "",
    };

    public static JsonArray Write(string text)
    {
        var lines = new JsonArray();
        int start = 0;
        while (start < text.Length)
        {
            int feed = text.IndexOf('\n', start);
            int end = feed < 0 ? text.Length : feed + 1;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
        return lines;
    }
}
