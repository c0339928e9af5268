using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;

namespace Wsss.Kernel;

/// <summary>A message that asks for something, and where the answers go.</summary>
/// <param name="message">What came.</param>
/// <param name="channel">Where it came.</param>
/// <param name="sequence">Its number among all that came.</param>
/// <param name="wire">Takes the answers.</param>
internal sealed class Request(WireMessage message, KernelChannel channel, long sequence, KernelWire wire)
{
    private const string Suffix = "_request";

    /// <summary>Its number among all that came: the later, the higher.</summary>
    public long Sequence => sequence;

    /// <summary>Such as <c>execute_request</c>.</summary>
    public string Type => message.Type;

    /// <summary>What the message says.</summary>
    public MessageContent Content { get; } = new(message.Type, message.Content);

    /// <summary>Answers <c>x_request</c> with <c>x_reply</c> on the same channel; messages of other types get no answer.</summary>
    public void Reply(JsonObject content)
    {
        if (!Type.EndsWith(Suffix, StringComparison.Ordinal)) return;
        wire.Send(channel, message.Identities, Type[..^Suffix.Length] + "_reply", message.Header, content);
    }

    /// <summary>Asks the user who sent the request.</summary>
    public void Ask(string type, JsonObject content) => wire.Send(KernelChannel.Stdin, message.Identities, type, message.Header, content);

    /// <summary>Tells all clients something that comes of the request.</summary>
    public void Publish(string type, JsonObject content, JsonObject? metadata = null) =>
        wire.Publish(type, message.Header, content, metadata);

    /// <summary>Tells all clients that work on the request begins or ends.</summary>
    /// <param name="state"><c>busy</c> or <c>idle</c>.</param>
    public void PublishState(string state) => Publish("status", new JsonObject { ["execution_state"] = state });
}
