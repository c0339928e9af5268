using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Kernel.Wire;

/// <summary>A message that came in: signed, parsed, within the limits.</summary>
/// <param name="Identities">By which the socket finds the client again.</param>
/// <param name="Header">The header's bytes, which become the parent header of every answer.</param>
/// <param name="Type">Such as <c>execute_request</c>.</param>
/// <param name="Content">What the type says.</param>
/// <remarks>
/// jupyter-client, "Messaging in Jupyter", wire protocol: identities, delimiter, signature, header, parent header, metadata, content,
/// buffers.
/// </remarks>
internal sealed record WireMessage(IReadOnlyList<byte[]> Identities, byte[] Header, string Type, JsonObject Content)
{
    /// <summary>Frames that a message may have.</summary>
    public const int MostFrames = 64;

    /// <summary>Bytes that a frame may have; the sockets refuse longer ones.</summary>
    public const int MostFrameBytes = 64 << 20;

    /// <summary>Levels that the JSON of a message may have.</summary>
    public const int MostDepth = 64;

    private const int MostIdentities = 8;
    private const int JsonFrames = 4;

    /// <summary>What stands between identities and signature.</summary>
    public static ReadOnlySpan<byte> Delimiter => "<IDS|MSG>"u8;

    /// <summary>Reads a message. No byte of its JSON is looked at before the signature is found right.</summary>
    /// <param name="frames">As they came.</param>
    /// <param name="signer">Knows the key.</param>
    /// <param name="message">The message; null if it is refused.</param>
    /// <param name="problem">Why it is refused.</param>
    public static bool TryRead(
        IReadOnlyList<byte[]> frames,
        MessageSigner signer,
        [NotNullWhen(true)] out WireMessage? message,
        [NotNullWhen(false)] out string? problem
    )
    {
        message = null;
        int delimiter = 0;
        while (delimiter < Math.Min(frames.Count, MostIdentities + 1) && !Delimiter.SequenceEqual(frames[delimiter]))
            delimiter++;
        // The delimiter, the signature and the JSON.
        if (frames.Count > MostFrames || delimiter > MostIdentities || frames.Count < delimiter + 2 + JsonFrames)
        {
            problem =
                $"expected at most {MostIdentities} identities, a delimiter, a signature and {JsonFrames} or more frames, "
                + $"found {frames.Count} frames";
            return false;
        }
        byte[] signature = frames[delimiter + 1];
        byte[][] json = [.. frames.Skip(delimiter + 2).Take(JsonFrames)];
        if (!signer.IsValid(signature, json))
        {
            problem =
                signature.Length == 0
                    ? "expected a signature, found none"
                    : "expected the signature of the connection file's key, found another";
            return false;
        }
        if (!signer.IsNew(signature))
        {
            problem = "expected a new message, found one that came before";
            return false;
        }
        if (
            Parse(json[0]) is not { } header
            || Parse(json[1]) is null
            || Parse(json[2]) is null
            || Parse(json[3]) is not { } content
            || TypeOf(header) is not { } type
        )
        {
            problem =
                $"expected JSON objects of at most {MostDepth} levels with the type of the message in the first, found something else";
            return false;
        }
        problem = null;
        message = new WireMessage([.. frames.Take(delimiter)], json[0], type, content);
        return true;
    }

    private static string? TypeOf(JsonObject header)
    {
        try
        {
            return new MessageContent("header", header).Text("msg_type");
        }
        catch (KernelException)
        {
            return null;
        }
    }

    private static JsonObject? Parse(byte[] frame)
    {
        try
        {
            var limits = new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false };
            if (JsonNode.Parse(frame, null, limits) is not JsonObject json)
                return null;
            Read(json);
            return json;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads every name and text, which the parser puts off until somebody asks: bytes that are no UTF-8, and halves of surrogate pairs,
    /// would fail then, wherever that is.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of them is no text.</exception>
    private static void Read(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (_, value) in json)
                    Read(value);
                break;
            case JsonArray array:
                foreach (JsonNode? value in array)
                    Read(value);
                break;
            case JsonValue value:
                value.TryGetValue<string>(out _);
                break;
        }
    }
}
