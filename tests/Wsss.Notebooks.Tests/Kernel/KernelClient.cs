using System.Diagnostics;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Wsss.Kernel;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>A message as a client sees it.</summary>
internal sealed record Seen(string Type, string ParentId, JsonObject Header, JsonObject Content)
{
    public string Text(string name) => Content[name]!.GetValue<string>();
}

/// <summary>What came of a cell.</summary>
/// <param name="Reply">The content of the reply.</param>
/// <param name="Published">What all clients saw, from busy to idle.</param>
internal sealed record Executed(JsonObject Reply, IReadOnlyList<Seen> Published)
{
    public string Status => Reply["status"]!.GetValue<string>();

    public IEnumerable<string> Types => Published.Select(message => message.Type);

    public string Stream(string name = "stdout") =>
        string.Concat(
            Published.Where(message => message.Type == "stream" && message.Text("name") == name).Select(message => message.Text("text"))
        );

    public string? Result =>
        Published.SingleOrDefault(message => message.Type == "execute_result")?.Content["data"]!["text/plain"]!.GetValue<string>();
}

/// <summary>A Jupyter client on real sockets.</summary>
internal sealed class KernelClient : IDisposable
{
    /// <summary>Longer than any answer takes on a busy machine; a kernel that is silent so long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly MessageSigner _signer;
    private readonly Dictionary<KernelChannel, NetMQSocket> _sockets;
    private readonly string _session;

    /// <param name="connection">Where the kernel listens.</param>
    /// <param name="key">What messages are signed with; null for the connection's.</param>
    /// <param name="session">The client's identity; null for one of its own.</param>
    public KernelClient(ConnectionFile connection, byte[]? key = null, string? session = null)
    {
        _session = session ?? Guid.NewGuid().ToString("n");
        _signer = new MessageSigner(key ?? connection.Key);
        _sockets = new Dictionary<KernelChannel, NetMQSocket>
        {
            [KernelChannel.Shell] = new DealerSocket(),
            [KernelChannel.Control] = new DealerSocket(),
            [KernelChannel.Stdin] = new DealerSocket(),
            [KernelChannel.Iopub] = new SubscriberSocket(),
        };
        ((SubscriberSocket)_sockets[KernelChannel.Iopub]).SubscribeToAnyTopic();
        foreach ((KernelChannel channel, NetMQSocket socket) in _sockets)
        {
            if (channel != KernelChannel.Iopub) socket.Options.Identity = System.Text.Encoding.ASCII.GetBytes(_session);
            socket.Connect($"tcp://127.0.0.1:{Port(connection, channel)}");
        }
    }

    /// <summary>A client that sees what is published: a subscription takes a moment.</summary>
    public static KernelClient Connected(ConnectionFile connection)
    {
        var client = new KernelClient(connection);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            string id = client.Send(KernelChannel.Shell, "kernel_info_request", []);
            client.ReplyTo(id);
            if (client.TryReceive(KernelChannel.Iopub, TimeSpan.FromMilliseconds(200)) is null) continue;
            while (client.TryReceive(KernelChannel.Iopub, TimeSpan.FromMilliseconds(200)) is not null) { }
            return client;
        }
        throw new TimeoutException("The kernel publishes nothing.");
    }

    /// <summary>Sends a message; gives back its id.</summary>
    public string Send(KernelChannel channel, string type, JsonObject content)
    {
        string id = Guid.NewGuid().ToString("n");
        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["session"] = _session,
            ["username"] = "test",
            ["date"] = "2026-01-01T00:00:00Z",
            ["msg_type"] = type,
            ["version"] = "5.3",
        };
        byte[][] json = [Bytes(header), Bytes([]), Bytes([]), Bytes(content)];
        SendFrames(channel, [WireMessage.Delimiter.ToArray(), _signer.Sign(json), .. json]);
        return id;
    }

    /// <summary>Sends frames as they are.</summary>
    public void SendFrames(KernelChannel channel, params byte[][] frames) =>
        _sockets[channel].SendMultipartMessage(new NetMQMessage(frames));

    public string SendExecute(
        string code,
        bool silent = false,
        bool store = true,
        JsonObject? expressions = null,
        bool stopOnError = true,
        bool allowStdin = true
    ) =>
        Send(
            KernelChannel.Shell,
            "execute_request",
            new JsonObject
            {
                ["code"] = code,
                ["silent"] = silent,
                ["store_history"] = store,
                ["user_expressions"] = expressions ?? [],
                ["allow_stdin"] = allowStdin,
                ["stop_on_error"] = stopOnError,
            }
        );

    /// <summary>Runs a cell to its end.</summary>
    public Executed Execute(string code, bool silent = false, bool store = true, JsonObject? expressions = null, bool allowStdin = true) =>
        Finish(SendExecute(code, silent, store, expressions, allowStdin: allowStdin));

    /// <summary>Waits for a cell that was sent.</summary>
    public Executed Finish(string id)
    {
        JsonObject reply = ReplyTo(id);
        return new Executed(reply, PublishedFor(id));
    }

    /// <summary>Asks and gets the reply's content.</summary>
    public JsonObject Ask(string type, JsonObject content, KernelChannel channel = KernelChannel.Shell)
    {
        string id = Send(channel, type, content);
        JsonObject reply = ReplyTo(id, channel);
        PublishedFor(id);
        return reply;
    }

    /// <summary>The content of the reply to a message.</summary>
    public JsonObject ReplyTo(string id, KernelChannel channel = KernelChannel.Shell) =>
        Receive(channel, message => message.ParentId == id).Content;

    /// <summary>What is published for a message, up to idle.</summary>
    public IReadOnlyList<Seen> PublishedFor(string id)
    {
        var seen = new List<Seen>();
        do seen.Add(Receive(KernelChannel.Iopub, message => message.ParentId == id));
        while (seen[^1].Type != "status" || seen[^1].Text("execution_state") != "idle");
        return seen;
    }

    /// <summary>The next message that fits; others are dropped.</summary>
    public Seen Receive(KernelChannel channel, Func<Seen, bool> fits)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            if (TryReceive(channel, TimeSpan.FromSeconds(1)) is { } message && fits(message)) return message;
        }
        throw new TimeoutException($"The kernel sent no such message on {channel}.");
    }

    public void Dispose()
    {
        foreach (NetMQSocket socket in _sockets.Values) socket.Dispose();
    }

    private Seen? TryReceive(KernelChannel channel, TimeSpan timeout)
    {
        NetMQMessage? frames = null;
        if (!_sockets[channel].TryReceiveMultipartMessage(timeout, ref frames)) return null;
        byte[][] parts = [.. frames!.Select(frame => frame.ToByteArray())];
        int delimiter = Array.FindIndex(parts, part => WireMessage.Delimiter.SequenceEqual(part));
        Assert.True(_signer.IsValid(parts[delimiter + 1], parts[(delimiter + 2)..(delimiter + 6)]), "The kernel's signature is wrong.");
        JsonObject[] json = [.. parts[(delimiter + 2)..(delimiter + 6)].Select(part => JsonNode.Parse(part)!.AsObject())];
        return new Seen(json[0]["msg_type"]!.GetValue<string>(), json[1]["msg_id"]?.GetValue<string>() ?? "", json[0], json[3]);
    }

    private static int Port(ConnectionFile connection, KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => connection.ShellPort,
        KernelChannel.Control => connection.ControlPort,
        KernelChannel.Stdin => connection.StdinPort,
        _ => connection.IopubPort,
    };

    private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
}
