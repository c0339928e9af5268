using System.Collections.Frozen;
using System.Threading.Channels;
using Wsss.Kernel.Handlers;
using Wsss.Kernel.Wire;
using Wsss.Notebooks.Comms;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel;

/// <summary>
/// A Jupyter kernel on a <see cref="NotebookSession"/>: wire protocol 5.3 on this machine's loopback. A message without the right signature
/// is dropped before anything of it is parsed.
/// </summary>
/// <remarks>jupyter-client, "Messaging in Jupyter".</remarks>
internal sealed class JupyterKernel : IDisposable
{
    /// <summary>How long the cell that runs may take to tell its end when the kernel ends.</summary>
    private static readonly TimeSpan Unwinding = TimeSpan.FromSeconds(2);

    private const int MostNotes = 20;

    private readonly CancellationTokenSource _end = new();
    private readonly Channel<Request> _shell = Channel.CreateUnbounded<Request>();
    private readonly Channel<Request> _control = Channel.CreateUnbounded<Request>();
    private readonly Interrupts _interrupts = new();
    private readonly InputChannel _input = new();
    private readonly Action<string> _notes;
    private readonly MessageSigner _signer;
    private readonly NotebookSession _session;
    private readonly KernelSockets _sockets;
    private readonly KernelWire _wire;
    private readonly FrozenDictionary<string, IMessageHandler> _handlers;
    private volatile Request? _current;
    private long _sequence;
    private int _noted;

    /// <summary>Binds the sockets and starts a session; nothing is answered before <see cref="RunAsync"/>.</summary>
    /// <param name="connection">Where to listen, and the key.</param>
    /// <param name="options">
    /// Of the session; its <see cref="SessionOptions.ReadLine"/> and <see cref="SessionOptions.Comms"/> become the kernel's.
    /// </param>
    /// <param name="notes">Gets a line for a message that is dropped, from any thread; not one for each of a flood.</param>
    /// <exception cref="KernelException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, SessionOptions options, Action<string> notes)
        : this(connection, options, notes, session => session.Language)
    {
    }

    internal JupyterKernel(
        ConnectionFile connection, SessionOptions options, Action<string> notes, Func<NotebookSession, ILanguageServices> language)
    {
        _notes = notes;
        _signer = new MessageSigner(connection.Key);
        var comms = new CommHub(Publish);
        _session = new NotebookSession(options with { ReadLine = _input.ReadLine, Comms = comms });
        try
        {
            _sockets = new KernelSockets(connection, Receive);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        _wire = new KernelWire(_sockets, _signer);
        var work = new CommWork(_session, _interrupts, _input);
        var history = new History();
        IMessageHandler[] handlers =
        [
            new KernelInfoHandler(),
            new ExecuteHandler(_session, _interrupts, _input, history, () => Interlocked.Read(ref _sequence)),
            new CompleteHandler(language(_session), _interrupts),
            new InspectHandler(language(_session), _interrupts),
            new IsCompleteHandler(language(_session)),
            new HistoryHandler(history),
            new CommOpenHandler(comms, work),
            new CommMessageHandler(comms, work),
            new CommCloseHandler(comms),
            new CommInfoHandler(comms),
            new InterruptHandler(_interrupts),
            new ShutdownHandler(_end.Cancel),
        ];
        _handlers = handlers.ToFrozenDictionary(handler => handler.Type);
    }

    /// <summary>Answers requests until a client asks for the end.</summary>
    /// <param name="cancellationToken">Ends the kernel too.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration ending = cancellationToken.Register(_end.Cancel);
        using CancellationTokenRegistration interrupting = _end.Token.Register(_interrupts.Interrupt);
        _sockets.Start();
        Task shell = Task.Run(() => WorkAsync(_shell.Reader, WorkOnShellAsync), CancellationToken.None);
        Task control = Task.Run(() => WorkAsync(_control.Reader, AnswerAsync), CancellationToken.None);
        await Task.WhenAny(shell, control).ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(shell, control), Task.Delay(Unwinding, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Loads what the first cell and the first completion would wait for, while nobody does.</summary>
    public Task WarmUpAsync(CancellationToken cancellationToken) => _session.WarmUpAsync(cancellationToken);

    /// <summary>Sends what is left, closes the sockets and ends the session.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _interrupts.Interrupt();
        _sockets.Dispose();
        _session.Dispose();
        _end.Dispose();
    }

    /// <summary>Works off requests one after another.</summary>
    private async Task WorkAsync(ChannelReader<Request> requests, Func<Request, Task> answer)
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                Request request = await requests.ReadAsync(_end.Token).ConfigureAwait(false);
                await answer(request).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The kernel ends.
        }
    }

    private async Task WorkOnShellAsync(Request request)
    {
        _current = request;
        // Before busy is told: whoever sees that can interrupt.
        _interrupts.Begin();
        await AnswerAsync(request).ConfigureAwait(false);
        _interrupts.End();
    }

    private async Task AnswerAsync(Request request)
    {
        request.PublishState("busy");
        try
        {
            if (_handlers.TryGetValue(request.Type, out IMessageHandler? handler)) await handler.HandleAsync(request).ConfigureAwait(false);
            else Note($"expected a request of protocol {KernelWire.ProtocolVersion}, found '{request.Type}'");
        }
        catch (Exception error)
        {
            request.Reply(ErrorContent.ReplyOf(ErrorContent.FromException(error)));
            Note($"an error in a message '{request.Type}': {error.Message}");
        }
        request.PublishState("idle");
    }

    /// <summary>On the sockets' thread.</summary>
    private void Receive(KernelChannel channel, IReadOnlyList<byte[]> frames)
    {
        if (!WireMessage.TryRead(frames, _signer, out WireMessage? message, out string? problem))
        {
            Note($"a message on the {channel} channel is dropped: {problem}");
            return;
        }
        if (channel == KernelChannel.Stdin)
        {
            _input.Receive(message);
            return;
        }
        var request = new Request(message, channel, Interlocked.Increment(ref _sequence), _wire);
        (channel == KernelChannel.Control ? _control : _shell).Writer.TryWrite(request);
    }

    /// <summary>What cells send on comms belongs to the cell that runs, or ran last.</summary>
    private void Publish(CommMessage message)
    {
        if (_current is { } request) request.Publish(message.Type, message.Content, message.Metadata);
        else _wire.Publish(message.Type, [], message.Content, message.Metadata);
    }

    private void Note(string text)
    {
        if (Interlocked.Increment(ref _noted) <= MostNotes) _notes(PlainText.Of(text));
    }
}
