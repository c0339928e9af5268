using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Wsss.Registry;

namespace Wsss;

/// <summary>Files that people write by hand: YAML, and so JSON too, as every JSON text is YAML.</summary>
public static class WsssYaml
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
            // Its line is one of the JSON made here, not of the file; its path holds for both.
            throw new WsssException($"{source}: expected a {typeof(T).Name}; {error.Message.Split(" | LineNumber")[0]}", error);
        }
    }

    /// <summary>One YAML document as JSON.</summary>
    /// <exception cref="WsssException">The text is no YAML, or not one document.</exception>
    internal static JsonNode? ToJson(string yaml, string source)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1 ? ToJson(stream.Documents[0].RootNode)
                : throw new WsssException($"{source}: expected one YAML or JSON document, found {stream.Documents.Count}.");
        }
        catch (YamlException error)
        {
            throw new WsssException($"{source}: expected YAML or JSON; line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(NameOf(pair.Key), ToJson(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ToJson(scalar.Value!),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new YamlException(node.Start, node.End, "Expected a value, a list or named values."),
    };

    private static string NameOf(YamlNode key) =>
        (key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "Expected a name before the colon.");

    // The core schema of YAML 1.2, section 10.3: what is neither null nor a truth value nor a number is text.
    private static JsonNode? ToJson(string plain) => plain switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => JsonValue.Create(whole),
        _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(plain),
    };
}
