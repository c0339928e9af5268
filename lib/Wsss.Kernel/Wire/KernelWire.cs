using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Kernel.Wire;

/// <summary>Sends a kernel's messages: makes their headers and signs them.</summary>
/// <param name="sockets">Send the frames.</param>
/// <param name="signer">Signs them.</param>
internal sealed class KernelWire(KernelSockets sockets, MessageSigner signer)
{
    /// <summary>Of the protocol that this kernel speaks.</summary>
    public const string ProtocolVersion = "5.3";

    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _session = Guid.NewGuid().ToString("n");

    /// <summary>Sends a message to one client, or on <see cref="KernelChannel.Iopub"/> to all.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="identities">The client's; on <see cref="KernelChannel.Iopub"/> the topic.</param>
    /// <param name="type">Of the message.</param>
    /// <param name="parent">Header of the request that this belongs to; empty for none.</param>
    /// <param name="content">What the type says.</param>
    /// <param name="metadata">Null for none.</param>
    public void Send(
        KernelChannel channel, IEnumerable<byte[]> identities, string type, byte[] parent, JsonObject content, JsonObject? metadata = null)
    {
        var header = new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString("n"),
            ["session"] = _session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["msg_type"] = type,
            ["version"] = ProtocolVersion,
        };
        byte[][] json = [Bytes(header), parent.Length == 0 ? "{}"u8.ToArray() : parent, Bytes(metadata ?? []), Bytes(content)];
        sockets.Send(channel, [.. identities, WireMessage.Delimiter.ToArray(), signer.Sign(json), .. json]);
    }

    /// <summary>Sends a message to all clients.</summary>
    public void Publish(string type, byte[] parent, JsonObject content, JsonObject? metadata = null) =>
        Send(KernelChannel.Iopub, [Encoding.UTF8.GetBytes($"kernel.{_session}.{type}")], type, parent, content, metadata);

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Writing);
}
