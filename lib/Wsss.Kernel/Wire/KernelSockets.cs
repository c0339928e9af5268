using System.Net;
using System.Net.Sockets;
using NetMQ;
using NetMQ.Sockets;

namespace Wsss.Kernel.Wire;

/// <summary>The five sockets of a kernel, all on one thread of their own; they move frames and know nothing of what is in them.</summary>
internal sealed class KernelSockets : IDisposable
{
    // Between so many of one kind the others get their turn: an interrupt must get through a flood of outputs.
    private const int Turn = 100;

    /// <summary>How long what was sent last may take to leave when the kernel ends.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly NetMQPoller _poller = [];
    private readonly NetMQQueue<Outgoing> _outgoing = new();
    private readonly Dictionary<KernelChannel, NetMQSocket> _channels;
    private readonly ResponseSocket _heartbeat = new();
    private readonly Action<KernelChannel, IReadOnlyList<byte[]>> _received;

    /// <summary>Binds the sockets; what comes waits for <see cref="Start"/>.</summary>
    /// <param name="connection">Address and ports.</param>
    /// <param name="received">Called with each message, on the sockets' thread.</param>
    /// <exception cref="KernelException">A port is taken.</exception>
    public KernelSockets(ConnectionFile connection, Action<KernelChannel, IReadOnlyList<byte[]>> received)
    {
        _received = received;
        _channels = new Dictionary<KernelChannel, NetMQSocket>
        {
            [KernelChannel.Shell] = Router(),
            [KernelChannel.Control] = Router(),
            [KernelChannel.Stdin] = Router(),
            [KernelChannel.Iopub] = new PublisherSocket(),
        };
        try
        {
            Bind(_channels[KernelChannel.Shell], connection.Address, connection.ShellPort);
            Bind(_channels[KernelChannel.Control], connection.Address, connection.ControlPort);
            Bind(_channels[KernelChannel.Stdin], connection.Address, connection.StdinPort);
            Bind(_channels[KernelChannel.Iopub], connection.Address, connection.IopubPort);
            Bind(_heartbeat, connection.Address, connection.HeartbeatPort);
        }
        catch
        {
            DisposeSockets();
            throw;
        }
        foreach (KernelChannel channel in (KernelChannel[])[KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin])
        {
            _channels[channel].ReceiveReady += (_, ready) => Receive(channel, ready.Socket);
            _poller.Add(_channels[channel]);
        }
        _heartbeat.ReceiveReady += (_, ready) => Echo(ready.Socket);
        _outgoing.ReceiveReady += (_, _) => SendAll();
        _poller.Add(_heartbeat);
        _poller.Add(_outgoing);
    }

    /// <summary>Begins to receive and to send.</summary>
    public void Start()
    {
        // What the sockets do belongs to no cell, whatever starts them.
        using (ExecutionContext.SuppressFlow()) _poller.RunAsync("Kernel sockets", isBackgroundThread: true);
    }

    /// <summary>Sends frames after all that were sent before, on whatever channel; from any thread.</summary>
    public void Send(KernelChannel channel, IEnumerable<byte[]> frames) =>
        _outgoing.Enqueue(new Outgoing(channel, new NetMQMessage(frames), null));

    /// <summary>Sends what is left and closes the sockets.</summary>
    public void Dispose()
    {
        if (_poller.IsRunning)
        {
            using var sent = new ManualResetEventSlim();
            _outgoing.Enqueue(new Outgoing(KernelChannel.Iopub, null, sent));
            sent.Wait(Linger);
        }
        _poller.Dispose();
        DisposeSockets();
    }

    private static RouterSocket Router()
    {
        var socket = new RouterSocket();
        // A front end that connects again, whose old connection is not known to be dead yet, takes its identity over.
        socket.Options.RouterHandover = true;
        return socket;
    }

    private static void Bind(NetMQSocket socket, IPAddress address, int port)
    {
        socket.Options.Linger = Linger;
        socket.Options.MaxMsgSize = WireMessage.MostFrameBytes;
        // Without a bound: a client that is slow to read must not lose a cell's outputs.
        socket.Options.SendHighWatermark = 0;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.Options.IPv4Only = false;
        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        try
        {
            socket.Bind($"tcp://{host}:{port}");
        }
        catch (NetMQException error)
        {
            throw new KernelException(
                $"Expected to listen at {host}:{port}, found that impossible: {error.Message} End what listens there, or take another "
                    + "port.",
                error
            );
        }
    }

    private void Receive(KernelChannel channel, NetMQSocket socket)
    {
        NetMQMessage? message = null;
        for (int i = 0; i < Turn && socket.TryReceiveMultipartMessage(ref message); i++)
            _received(channel, [.. message!.Select(frame => frame.ToByteArray())]);
    }

    private static void Echo(NetMQSocket socket)
    {
        NetMQMessage? message = null;
        if (socket.TryReceiveMultipartMessage(ref message)) socket.TrySendMultipartMessage(message!);
    }

    private void SendAll()
    {
        for (int i = 0; i < Turn && _outgoing.TryDequeue(out Outgoing outgoing, TimeSpan.Zero); i++)
        {
            outgoing.Sent?.Set();
            if (outgoing.Message is { } message) _channels[outgoing.Channel].TrySendMultipartMessage(message);
        }
    }

    private void DisposeSockets()
    {
        foreach (NetMQSocket socket in _channels.Values) socket.Dispose();
        _heartbeat.Dispose();
        _outgoing.Dispose();
    }

    private readonly record struct Outgoing(KernelChannel Channel, NetMQMessage? Message, ManualResetEventSlim? Sent);
}
