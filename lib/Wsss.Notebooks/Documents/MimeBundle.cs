using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Documents;

/// <summary>One value in several representations, of which a viewer takes the richest that it can show.</summary>
/// <param name="Entries">
/// MIME type to content: text as it is, images other than SVG in base64, JSON types as JSON text. Richest first.
/// </param>
internal sealed record MimeBundle(IReadOnlyList<KeyValuePair<string, string>> Entries)
{
    /// <summary>Plain text.</summary>
    public const string Text = "text/plain";

    /// <summary>A fragment of HTML.</summary>
    public const string Html = "text/html";

    /// <summary>A PNG image, base64.</summary>
    public const string Png = "image/png";

    /// <summary>Markdown.</summary>
    public const string Markdown = "text/markdown";

    /// <summary>Width and height in pixels at which viewers show the PNG; null for its own.</summary>
    public (int Width, int Height)? PngSize { get; init; }

    /// <summary>A bundle of the given representations, richest first.</summary>
    public static MimeBundle Of(params IEnumerable<(string Mime, string Content)> entries) =>
        new([.. entries.Select(entry => KeyValuePair.Create(entry.Mime, entry.Content))]);

    /// <summary>The content for a MIME type; null if the bundle has none.</summary>
    public string? this[string mime] => Entries.FirstOrDefault(entry => entry.Key == mime).Value;

    /// <summary>Reads the <c>data</c> of an nbformat output.</summary>
    internal static MimeBundle Read(JsonObject data) =>
        new([.. data.Select(entry => KeyValuePair.Create(entry.Key,
            IsJson(entry.Key) ? entry.Value?.ToJsonString() ?? "null" : MultilineText.Read(entry.Value)))]);

    /// <summary>The bytes of a picture.</summary>
    /// <exception cref="NotebookException">It is not base64.</exception>
    internal static byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException error)
        {
            throw new NotebookException(
                $"Expected a picture in base64, found {base64.Length} characters that are not ({error.Message}). Run the notebook anew.",
                error);
        }
    }

    /// <summary>The <c>data</c> of a Jupyter message, in which text is in one piece.</summary>
    public JsonObject ToMessage() =>
        new(Entries.Select(entry => KeyValuePair.Create(entry.Key, IsJson(entry.Key) ? JsonNode.Parse(entry.Value) : entry.Value)));

    /// <summary>The <c>data</c> of an nbformat output.</summary>
    internal JsonObject ToJson()
    {
        var data = new JsonObject();
        foreach ((string mime, string content) in Entries)
        {
            data[mime] = IsJson(mime) ? JsonNode.Parse(content)
                : mime.StartsWith("image/", StringComparison.Ordinal) && mime != "image/svg+xml" ? content
                : MultilineText.Write(content);
        }
        return data;
    }

    /// <summary>The <c>metadata</c> of an output, in a file and in a message alike.</summary>
    public JsonObject MetadataToJson() => PngSize is { } size ? MetadataOf(size) : [];

    /// <summary>The <c>metadata</c> of an output with a PNG that viewers show at a size in pixels.</summary>
    internal static JsonObject MetadataOf((int Width, int Height) size) =>
        new() { [Png] = new JsonObject { ["height"] = size.Height, ["width"] = size.Width } };

    private static bool IsJson(string mime) =>
        mime.EndsWith("+json", StringComparison.Ordinal) || mime == "application/json";
}
