using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wsss.Data.Labels;

/// <summary>Names of classes in a file that people write by hand, where <c>[10, true]</c> without quotes are names as well.</summary>
internal sealed class ClassNamesConverter : JsonConverter<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a list of names.");
        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            names.Add(reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                // As it stands in the file: 1e5 is no 100000 here.
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                JsonTokenType.True => "true",
                JsonTokenType.False => "false",
                var other => throw new JsonException(
                    $"Expected a name for class {names.Count + 1}, found "
                        + $"{(other == JsonTokenType.Null ? "nothing" : "a list or named values")}."),
            });
        }
        return names;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string name in value) writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
