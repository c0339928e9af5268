using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Wsss.Registry;

namespace Wsss;

/// <summary>How every record of this library is written as JSON: camel case, names for enumerations, readable.</summary>
internal static partial class WsssJson
{
    private static readonly ConcurrentDictionary<DataKind, JsonSerializerOptions> ByKind = new();

    /// <summary>The shared options; read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create(null);

    /// <summary>The options of what decides a key: without paths whose content counts (<see cref="CountedByContentAttribute"/>).</summary>
    public static JsonSerializerOptions KeyOptions { get; } = Create(null, LeaveOutPaths);

    /// <summary>The options with which a family's member that is only named gets what is suggested for data of a kind.</summary>
    public static JsonSerializerOptions OptionsFor(DataKind? kind) =>
        kind is { } known ? ByKind.GetOrAdd(known, each => Create(each)) : Options;

    /// <summary>Serialises a value; equal values give equal text.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Reads a value back.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it came from, for the error message.</param>
    /// <param name="kind">The data at hand, for suggested options; null for published ones.</param>
    /// <exception cref="WsssException">The text is not that value.</exception>
    public static T Read<T>(string json, string source, DataKind? kind = null)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, OptionsFor(kind))
                ?? throw new WsssException($"{source}: expected a {typeof(T).Name} as JSON, found null.");
        }
        catch (JsonException error)
        {
            throw new WsssException($"{source}: expected a {typeof(T).Name} as JSON; {Said(error)}", error);
        }
    }

    /// <summary>
    /// The error without .NET's words for types, and without its line, which is one of JSON that nobody has typed; its path holds.
    /// </summary>
    internal static string Said(JsonException error)
    {
        string message = error.Message.Split(" | LineNumber")[0];
        if (Mistyped().Match(message) is not { Success: true } match) return message;
        string kind = match.Groups["type"].Value switch
        {
            "System.Int32" or "System.Int64" => "a whole number",
            "System.Double" or "System.Single" => "a number, with a point",
            "System.Boolean" => "true or false",
            "System.String" => "a text",
            _ => "its options in braces, or a list where there are several",
        };
        return $"expected {kind} for '{match.Groups["path"].Value}', found something else.";
    }

    [GeneratedRegex(@"^The JSON value could not be converted to (?:System\.Nullable`1\[)?(?<type>[\w.]+)\S*\. Path: \$\.?(?<path>.*)$")]
    private static partial Regex Mistyped();

    // The serializer's nullable annotations end at a property's own type: lists and dictionaries in it may still hold null.
    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var nullability = new NullabilityInfoContext();
        JsonPropertyInfo[] whole =
        [
            .. type.Properties.Where(property => property is { Get: not null, AttributeProvider: PropertyInfo declared }
                && ElementOf(nullability.Create(declared)) is { Type.IsValueType: false, ReadState: NullabilityState.NotNull }),
        ];
        if (whole.Length == 0) return;
        var inner = type.OnDeserialized;
        type.OnDeserialized = value =>
        {
            inner?.Invoke(value);
            foreach (var property in whole)
            {
                var elements = property.Get!(value) is IDictionary named ? named.Values : property.Get(value) as IEnumerable;
                if (elements is not null && elements.Cast<object?>().Contains(null))
                    throw new JsonException($"Expected values in '{property.Name}', found null among them.");
            }
        };

        static NullabilityInfo? ElementOf(NullabilityInfo info) =>
            info.Type == typeof(string) || !info.Type.IsAssignableTo(typeof(IEnumerable)) ? null
            : info.ElementType ?? info.GenericTypeArguments.LastOrDefault();
    }

    private static void LeaveOutPaths(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.ToArray())
            if (property.AttributeProvider?.IsDefined(typeof(CountedByContentAttribute), inherit: true) == true)
                type.Properties.Remove(property);
    }

    private static JsonSerializerOptions Create(DataKind? kind, params Action<JsonTypeInfo>[] modifiers)
    {
        var resolver = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNullElements } };
        foreach (var modifier in modifiers) resolver.Modifiers.Add(modifier);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            TypeInfoResolver = resolver,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new FamilyConverter(kind));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
