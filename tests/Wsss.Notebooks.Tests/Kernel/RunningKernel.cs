using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Wsss.Kernel;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>A kernel in this process, on free ports.</summary>
internal sealed class RunningKernel : IDisposable
{
    private readonly JupyterKernel _kernel;

    public RunningKernel(ConnectionFile connection, ILanguageServices? language = null, double graceSeconds = 20)
    {
        Connection = connection;
        var options = new SessionOptions { InterruptGrace = TimeSpan.FromSeconds(graceSeconds) };
        _kernel = language is null
            ? new JupyterKernel(connection, options, Note)
            : new JupyterKernel(connection, options, Note, _ => language);
        End = _kernel.RunAsync(CancellationToken.None);
    }

    public ConnectionFile Connection { get; }

    /// <summary>Has ended when the kernel has.</summary>
    public Task End { get; }

    public Task WarmUpAsync(CancellationToken cancellationToken) => _kernel.WarmUpAsync(cancellationToken);

    /// <summary>What the kernel told of messages that it dropped.</summary>
    public ConcurrentQueue<string> Notes { get; } = [];

    public static ConnectionFile NewConnection()
    {
        // All are held until the last is known, so that no port is given twice.
        TcpListener[] listeners = [.. Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return new ConnectionFile
        {
            Address = IPAddress.Loopback,
            ShellPort = ports[0],
            ControlPort = ports[1],
            StdinPort = ports[2],
            IopubPort = ports[3],
            HeartbeatPort = ports[4],
            Key = Guid.NewGuid().ToByteArray(),
        };
    }

    public void Dispose() => _kernel.Dispose();

    private void Note(string text) => Notes.Enqueue(text);
}
