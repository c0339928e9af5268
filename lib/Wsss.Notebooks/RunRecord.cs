using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;
using Wsss.Storage;

namespace Wsss.Notebooks;

/// <summary>What a run leaves in a notebook's metadata for its report.</summary>
/// <param name="Succeeded">Whether every cell did.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Error">Why it stopped; null if it did not.</param>
/// <param name="Provenance">What it rests on.</param>
internal sealed record RunRecord(bool Succeeded, double Seconds, string? Error, IReadOnlyDictionary<string, string> Provenance)
{
    public const string Key = "wsss";

    /// <summary>Hash of the code cells that ran; null in notebooks that were run before it was kept.</summary>
    public string? Code { get; init; }

    /// <summary>What the last run left, null where none did. What of it is of another kind counts as missing.</summary>
    public static RunRecord? Read(Notebook notebook)
    {
        if (notebook.Metadata[Key] is not JsonObject json)
            return null;
        var provenance = (json["provenance"] as JsonObject)?.ToDictionary(
            pair => pair.Key,
            pair => MultilineText.Word(pair.Value) ?? ""
        );
        return new RunRecord(
            Value<bool>(json["succeeded"]),
            Value<double>(json["seconds"]),
            MultilineText.Word(json["error"]),
            provenance ?? []
        )
        {
            Code = MultilineText.Word(json["code"]),
        };

        static T Value<T>(JsonNode? node) where T : struct =>
            node is JsonValue value && value.TryGetValue(out T found) ? found : default;
    }

    /// <summary>Hash of what a notebook's code cells say, blank ones left out.</summary>
    public static string HashCode(Notebook notebook) =>
        ArtifactStore.Key([
            .. notebook.Cells.Where(cell => cell.IsCode && !string.IsNullOrWhiteSpace(cell.Source)).Select(cell => cell.Source),
        ]);

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["provenance"] = new JsonObject(Provenance.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["seconds"] = Seconds,
            ["succeeded"] = Succeeded,
        };
        if (Code is not null) json["code"] = Code;
        if (Error is not null) json["error"] = Error;
        return json;
    }
}
