using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using Wsss.Registry;

namespace Wsss;

/// <summary>Files that people write by hand: YAML, and so JSON too, as every JSON text is YAML.</summary>
internal static class WsssYaml
{
    /// <summary>Reads a value from YAML or JSON, by the names and rules of <see cref="WsssJson"/>.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Where it came from, for the error message.</param>
    /// <param name="kind">The data at hand, for suggested options; null for published ones.</param>
    /// <exception cref="WsssException">The text is no YAML, or not that value.</exception>
    public static T Read<T>(string yaml, string source, DataKind? kind = null)
    {
        var json = ToJson(yaml, source);
        try
        {
            return json.Deserialize<T>(WsssJson.OptionsFor(kind))
                ?? throw new WsssException($"{source}: expected a {typeof(T).Name} as YAML or JSON, found null.");
        }
        catch (JsonException error)
        {
            throw new WsssException($"{source}: expected a {typeof(T).Name}; {WsssJson.Said(error)}", error);
        }
    }

    /// <summary>One YAML document as JSON.</summary>
    /// <exception cref="WsssException">The text is no YAML, or not one document, or it asks for more than is read.</exception>
    internal static JsonNode? ToJson(string yaml, string source)
    {
        try
        {
            var value = YamlTree.Read(yaml, out int documents);
            return documents == 1 ? value : throw new WsssException($"{source}: expected one YAML or JSON document, found {documents}.");
        }
        catch (YamlException error)
        {
            throw new WsssException(
                $"{source}: expected YAML or JSON; line {error.Start.Line}, column {error.Start.Column}: {error.Message}",
                error
            );
        }
    }
}
