using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Wsss;

/// <summary>Files that people write by hand: YAML, and so JSON too, as every JSON text is YAML.</summary>
public static class WsssYaml
{
    /// <summary>Reads a value from YAML or JSON, by the names and rules of <see cref="WsssJson"/>.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Where it came from, for the error message.</param>
    /// <exception cref="WsssException">The text is no YAML, or not that value.</exception>
    public static T Read<T>(string yaml, string source)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count != 1) throw new WsssException($"{source}: expected one YAML or JSON document, found {stream.Documents.Count}.");
            return ToJson(stream.Documents[0].RootNode).Deserialize<T>(WsssJson.Options)
                ?? throw new WsssException($"{source}: expected a {typeof(T).Name} as YAML or JSON, found null.");
        }
        catch (YamlException error)
        {
            throw new WsssException($"{source}: expected YAML or JSON; line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }
        catch (JsonException error)
        {
            // Its line is one of the JSON made here, not of the file; its path holds for both.
            throw new WsssException($"{source}: expected a {typeof(T).Name}; {error.Message.Split(" | LineNumber")[0]}", error);
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
