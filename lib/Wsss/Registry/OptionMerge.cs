using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Registry;

/// <summary>Puts the options that somebody gave over those that an object has.</summary>
internal static class OptionMerge
{
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
        foreach (var (key, value) in given)
        {
            string? own = all.Select(option => option.Key).FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (own is null)
            {
                string[] names = [.. all.Select(option => option.Key)];
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
}
