using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Comms;

/// <summary>The comms of a session whose front end has them.</summary>
public sealed class CommHub
{
    private static readonly AsyncLocal<CommHub?> Flow = new();
    private readonly ConcurrentDictionary<string, Comm> _open = [];
    private readonly ConcurrentDictionary<string, Action<Comm, JsonObject>> _targets = [];
    private readonly Action<CommMessage> _send;

    /// <param name="send">Takes messages for the front end.</param>
    internal CommHub(Action<CommMessage> send) => _send = send;

    /// <summary>
    /// That of the session whose cell runs in this flow of execution; null where the front end has no comms, as in a run without one.
    /// </summary>
    public static CommHub? Current
    {
        get => Flow.Value;
        internal set => Flow.Value = value;
    }

    /// <summary>The comms that are open.</summary>
    public IReadOnlyCollection<Comm> Open => [.. _open.Values];

    /// <summary>Opens a comm to the front end.</summary>
    /// <param name="target">A name that the front end knows.</param>
    /// <param name="data">What it needs to begin.</param>
    /// <param name="metadata">Such as the version of what is sent.</param>
    public Comm Create(string target, JsonObject data, JsonObject metadata)
    {
        var comm = new Comm(this, Guid.NewGuid().ToString("n"), target);
        _open[comm.Id] = comm;
        _send(new CommMessage("comm_open", new JsonObject { ["comm_id"] = comm.Id, ["target_name"] = target, ["data"] = data }, metadata));
        return comm;
    }

    /// <summary>Lets the front end open comms of a name.</summary>
    /// <param name="target">The name.</param>
    /// <param name="opened">Called with the new comm and what came with it.</param>
    public void Register(string target, Action<Comm, JsonObject> opened) => _targets[target] = opened;

    /// <summary>The front end opens a comm; it is closed at once where nobody has registered its name.</summary>
    public void ReceiveOpen(string id, string target, JsonObject data)
    {
        var comm = new Comm(this, id, target);
        if (_targets.TryGetValue(target, out Action<Comm, JsonObject>? opened))
        {
            _open[id] = comm;
            opened(comm, data);
        }
        else
        {
            SendClose(comm);
        }
    }

    /// <summary>The front end sends on a comm; nothing happens when it is not open.</summary>
    public void Receive(string id, JsonObject data)
    {
        if (_open.TryGetValue(id, out Comm? comm)) comm.Received?.Invoke(data);
    }

    /// <summary>The front end has closed a comm.</summary>
    public void ReceiveClose(string id) => _open.TryRemove(id, out _);

    internal void Send(Comm comm, JsonObject data)
    {
        if (_open.ContainsKey(comm.Id)) _send(new CommMessage("comm_msg", new JsonObject { ["comm_id"] = comm.Id, ["data"] = data }, []));
    }

    internal void Close(Comm comm)
    {
        if (_open.TryRemove(comm.Id, out _)) SendClose(comm);
    }

    private void SendClose(Comm comm) =>
        _send(new CommMessage("comm_close", new JsonObject { ["comm_id"] = comm.Id, ["data"] = new JsonObject() }, []));
}
