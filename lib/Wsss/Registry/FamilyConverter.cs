using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Wsss.Registry;

/// <summary>Reads and writes any family's members in the forms of <see cref="Family"/>.</summary>
/// <param name="kind">The data at hand, for suggested options; null for published ones.</param>
internal sealed class FamilyConverter(DataKind? kind) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.GetCustomAttribute<FamilyAttribute>(inherit: false) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert), kind)!;

    private sealed class Of<T>(DataKind? kind) : JsonConverter<T> where T : class
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            (T)Family.Of<T>().Read(JsonSerializer.Deserialize<JsonNode>(ref reader, options), kind, options);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            Family.Of<T>().Write(value, options).WriteTo(writer);
    }
}
