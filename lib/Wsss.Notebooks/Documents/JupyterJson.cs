using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>Writes JSON exactly as Jupyter's nbformat does, so that a notebook saved by either gives the same bytes.</summary>
/// <remarks>
/// nbformat sorts keys, indents by one space and escapes only what JSON demands. System.Text.Json's own writer escapes
/// <c>+</c>, or (with the relaxed encoder) characters outside the basic plane, which would make every save a diff.
/// </remarks>
internal static class JupyterJson
{
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject item:
                var members = item.OrderBy(member => member.Key, StringComparer.Ordinal);
                WriteMany(text, '{', '}', members, depth, member =>
                {
                    WriteString(text, member.Key);
                    text.Append(": ");
                    Write(text, member.Value, depth + 1);
                });
                break;
            case JsonArray array:
                WriteMany(text, '[', ']', array, depth, item => Write(text, item, depth + 1));
                break;
            case JsonValue value when value.TryGetValue(out string? content):
                WriteString(text, content);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void WriteMany<T>(StringBuilder text, char open, char close, IEnumerable<T> items, int depth, Action<T> write)
    {
        text.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            if (any) text.Append(',');
            text.Append('\n').Append(' ', depth + 1);
            write(item);
            any = true;
        }
        if (any) text.Append('\n').Append(' ', depth);
        text.Append(close);
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (escape is null) text.Append(c);
            else text.Append(escape);
        }
        text.Append('"');
    }
}
