using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>What a run leaves in a notebook's metadata for its report.</summary>
internal sealed record RunRecord(bool Succeeded, double Seconds, string? Error, IReadOnlyDictionary<string, string> Provenance)
{
    public const string Key = "wsss";

    public static RunRecord? Read(Notebook notebook)
    {
        if (notebook.Metadata[Key] is not JsonObject json) return null;
        var provenance = (json["provenance"] as JsonObject)?.ToDictionary(pair => pair.Key, pair => pair.Value?.GetValue<string>() ?? "");
        return new RunRecord(
            json["succeeded"]?.GetValue<bool>() ?? false, json["seconds"]?.GetValue<double>() ?? 0, json["error"]?.GetValue<string>(), provenance ?? []);
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["provenance"] = new JsonObject(Provenance.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["seconds"] = Seconds,
            ["succeeded"] = Succeeded,
        };
        if (Error is not null) json["error"] = Error;
        return json;
    }
}
