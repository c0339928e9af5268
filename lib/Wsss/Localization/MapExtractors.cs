using System.Reflection;
using System.Text.Json.Serialization;

namespace Wsss.Localization;

/// <summary>The extractors by name, as <see cref="MapExtractor"/> lists them.</summary>
public static class MapExtractors
{
    private static readonly Dictionary<string, Type> Types = typeof(MapExtractor).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToDictionary(attribute => (string)attribute.TypeDiscriminator!, attribute => attribute.DerivedType);

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Types.Keys];

    /// <summary>Creates an extractor with its published options.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="layer">The layer to look at; null for the last. Whether the network has it is seen when maps are made.</param>
    /// <exception cref="RecipeException">An unknown name, or a layer for a method that always looks at the last one.</exception>
    public static MapExtractor Create(string name, string? layer = null)
    {
        if (!Types.TryGetValue(name, out Type? type))
            throw new RecipeException($"Expected the method to be one of {string.Join(", ", Names)}; found '{name}'.");
        var extractor = (MapExtractor)Activator.CreateInstance(type)!;
        if (layer is null) return extractor;
        if (extractor is LayerExtractor any) return any with { Layer = layer };
        throw new RecipeException(
            $"Expected no layer for the method {name}, which reads the maps of the network's head; found '{layer}'. " +
            $"Leave the layer out, or take a method that looks at any layer, such as gradcam.");
    }
}
