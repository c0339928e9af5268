using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Comms;

/// <summary>A line between an object of the session and its picture in a front end, on which both send JSON.</summary>
/// <remarks>jupyter-client, "Messaging in Jupyter", custom messages.</remarks>
public sealed class Comm
{
    private readonly CommHub _hub;

    internal Comm(CommHub hub, string id, string target) => (_hub, Id, Target) = (hub, id, target);

    /// <summary>Unique among all comms.</summary>
    public string Id { get; }

    /// <summary>Names what the other side is to make of it.</summary>
    public string Target { get; }

    /// <summary>Called with what the front end sends, on the session's thread, as a cell runs.</summary>
    public Action<JsonObject>? Received { get; set; }

    /// <summary>Sends to the front end.</summary>
    public void Send(JsonObject data) => _hub.Send(this, data);

    /// <summary>Ends the line.</summary>
    public void Close() => _hub.Close(this);
}
