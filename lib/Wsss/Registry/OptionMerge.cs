using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Wsss.Registry;

/// <summary>Puts the options that somebody gave over those that an object has.</summary>
internal static class OptionMerge
{
    /// <summary>A record with the options that a text gives in the place of its own.</summary>
    /// <param name="start">The record.</param>
    /// <param name="text">Options as <c>key=value,key=value</c> or as a YAML object.</param>
    /// <param name="source">Where the text comes from, for the error message.</param>
    /// <param name="given">The names of the options that the text gives; they need no case.</param>
    /// <exception cref="WsssException">It is neither, or the type has no such option or value.</exception>
    public static T Over<T>(T start, string text, string source, out IReadOnlySet<string> given)
        where T : class
    {
        try
        {
            var all = JsonSerializer.SerializeToNode(start, WsssJson.Options)!.AsObject();
            JsonObject options = Read(text, source);
            Into(all, options, typeof(T), source);
            given = options.Select(option => option.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return WsssJson.Read<T>(all.ToJsonString(), source);
        }
        catch (JsonException error)
        {
            throw new RecipeException($"{source}: {error.Message}");
        }
    }

    private static JsonObject Read(string text, string source) => text.TrimStart().StartsWith('{')
        ? WsssYaml.ToJson(text, source) as JsonObject ?? []
        : ShortForm.ReadOptions(text) is ([], var options) ? options
        : throw new JsonException($"Expected options as key=value,key=value, found '{text}'.");

    /// <summary>
    /// Options of options are merged too, so that one number can be given; a list or a family's member is replaced as a whole.
    /// </summary>
    /// <param name="all">All options of the type, as they are written; changed.</param>
    /// <param name="given">Those that were given; names need no case.</param>
    /// <param name="type">The type that has them.</param>
    /// <param name="what">Its name, for the message.</param>
    /// <exception cref="JsonException">The type has no such option; the message names the nearest and all.</exception>
    public static void Into(JsonObject all, JsonObject given, Type type, string what)
    {
        var same = given.GroupBy(option => option.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1);
        if (same is not null) throw new JsonException($"{what}: expected each option once, found '{same.Key}' twice.");
        foreach (var (key, value) in given)
        {
            string[] names = [.. all.Select(option => option.Key).Union(Unwritten(type))];
            string? own = names.FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (own is null)
            {
                throw new JsonException(
                    $"{what} has no option '{key}'. {NearNames.Question(names, key)}It has: {string.Join(", ", names)}."
                );
            }
            Type? inner = type.GetProperties()
                .FirstOrDefault(property => property.Name.Equals(own, StringComparison.OrdinalIgnoreCase))
                ?.PropertyType;
            if (
                value is JsonObject some
                && all[own] is JsonObject deeper
                && inner is not null
                && inner.GetCustomAttribute<FamilyAttribute>() is null
            )
                Into(deeper, some, inner, $"{what}, {own},");
            else
                all[own] = value?.DeepClone();
        }
    }

    /// <summary>Options that are not written as long as they have their default.</summary>
    private static IEnumerable<string> Unwritten(Type type) => type.GetProperties()
        .Where(property => property.SetMethod is not null
            && property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: not JsonIgnoreCondition.Always })
        .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
}
