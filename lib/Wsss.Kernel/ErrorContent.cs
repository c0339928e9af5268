using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;

namespace Wsss.Kernel;

/// <summary>Errors as messages carry them.</summary>
internal static class ErrorContent
{
    /// <summary>The content of an <c>error</c>, and part of a reply that tells of one.</summary>
    public static JsonObject Of(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
    };

    /// <summary>The content of a reply that tells of an error.</summary>
    public static JsonObject ReplyOf(CellError error)
    {
        JsonObject content = Of(error);
        content["status"] = "error";
        return content;
    }

    /// <summary>What stopped a request outside any cell.</summary>
    public static CellError FromException(Exception error) =>
        new(error.GetType().Name, error.Message, "", 0, [$"{error.GetType().Name}: {error.Message}"]);
}
