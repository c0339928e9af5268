using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Wsss.Training;

/// <summary>
/// Writes a technique as its options plus <c>"technique": "TypeName"</c> and finds the type again by that name in any
/// loaded assembly, so that Training need not know the techniques and a notebook can define its own.
/// </summary>
public sealed class TechniqueConverter : JsonConverter<Technique>
{
    private const string TypeProperty = "technique";

    /// <inheritdoc/>
    public override Technique Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var node = JsonNode.Parse(ref reader) as JsonObject
            ?? throw new JsonException("Expected a technique as a JSON object.");
        if (node[TypeProperty] is not JsonValue value || !value.TryGetValue(out string? name))
            throw new JsonException($"Expected \"{TypeProperty}\": \"Name\" in a technique.");
        Type type = Find(name);
        node.Remove(TypeProperty);
        return (Technique)node.Deserialize(type, options)!;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Technique value, JsonSerializerOptions options)
    {
        var node = new JsonObject { [TypeProperty] = value.Name };
        foreach (var (key, option) in JsonSerializer.SerializeToNode(value, value.GetType(), options)!.AsObject())
            node[key] = option?.DeepClone();
        node.WriteTo(writer, options);
    }

    /// <summary>The technique type of that name.</summary>
    /// <exception cref="JsonException">No such technique; the message lists those there are.</exception>
    public static Type Find(string name)
    {
        var known = AppDomain.CurrentDomain.GetAssemblies()
            .SelectMany(TypesOf)
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Technique)))
            .ToList();
        // A cell that is run again defines the type anew: the newest definition counts.
        return known.LastOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new JsonException($"Unknown technique '{name}'. Known: {string.Join(", ", known.Select(type => type.Name).Distinct().Order())}.");
    }

    private static IEnumerable<Type> TypesOf(System.Reflection.Assembly assembly)
    {
        try { return assembly.GetTypes(); }
        catch (System.Reflection.ReflectionTypeLoadException error) { return error.Types.OfType<Type>(); }
    }
}
