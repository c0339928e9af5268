using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Registry;

/// <summary>The short form of a family's member: <c>name</c>, <c>name:preset</c>, <c>name:key=value,key=value</c>.</summary>
internal static class ShortForm
{
    /// <summary>Takes the text apart; values are YAML: <c>rates=[1,2,3]</c>, <c>crf={iterations: 5}</c>.</summary>
    /// <exception cref="JsonException">A part is neither a preset nor key=value, or a value is no YAML.</exception>
    public static (string Name, IReadOnlyList<string> Presets, JsonObject Options) Read(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return (text.Trim(), [], []);
        var (presets, options) = ReadOptions(text[(colon + 1)..]);
        return (text[..colon].Trim(), presets, options);
    }

    /// <summary>Takes what stands behind the name apart.</summary>
    /// <exception cref="JsonException">A value is no YAML.</exception>
    public static (IReadOnlyList<string> Presets, JsonObject Options) ReadOptions(string text)
    {
        var (presets, options) = (new List<string>(), new JsonObject());
        foreach (string part in Split(text))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) presets.Add(part.Trim());
            else if (!options.TryAdd(part[..equals].Trim(), Value(part[(equals + 1)..], part)))
                throw new JsonException($"Expected each option once, found '{part[..equals].Trim()}' twice.");
        }
        return (presets, options);
    }

    private static JsonNode? Value(string yaml, string part)
    {
        try
        {
            return WsssYaml.ToJson(yaml, part);
        }
        catch (WsssException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    /// <summary>Commas inside brackets belong to a value.</summary>
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or '{') depth++;
            else if (text[i] is ']' or '}') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }
}
