using System.Text.Json.Nodes;
using Wsss.Registry;

namespace Wsss.Localization;

/// <summary>How maps were made, as their folder tells it.</summary>
internal sealed record MapOrigin
{
    /// <summary>Hash of all that decides the maps, but the images.</summary>
    public required string Key { get; init; }

    /// <summary>The techniques of the recipe, in words: <c>plain</c> or their names.</summary>
    public required string Recipe { get; init; }

    /// <summary>Folders of the classifiers, in the order of their training.</summary>
    public required IReadOnlyList<string> Classifiers { get; init; }

    /// <summary>How maps were read off a classifier.</summary>
    public required MapInference Inference { get; init; }

    /// <summary>What was done to them, one after the other: each as <c>{name: {option: value}}</c>.</summary>
    public IReadOnlyList<JsonNode> Refinements { get; init; } = [];

    /// <summary>How they were made, in a few words.</summary>
    internal string Title => string.Join(" + ", Refinements
        .Select(step => step is JsonObject { Count: > 0 } named ? named.First().Key : $"{step}")
        .Prepend($"{Family.NameOf(Inference.Extractor)} of {Recipe}"));

    /// <summary>What they were made with; null while they are being made.</summary>
    public Provenance? Provenance { get; init; }
}
