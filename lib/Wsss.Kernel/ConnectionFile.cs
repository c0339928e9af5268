using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Kernel;

/// <summary>
/// Where a kernel listens and with which key messages are signed: the file that a Jupyter client writes before it starts a kernel.
/// </summary>
/// <remarks>jupyter-client, "Making kernels for Jupyter", connection files.</remarks>
internal sealed record ConnectionFile
{
    private const long MostBytes = 1 << 16;
    private const string OnlyScheme = "hmac-sha256";

    /// <summary>The address of this machine's loopback to which all sockets are bound.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Port of requests that are worked off one after another.</summary>
    public required int ShellPort { get; init; }

    /// <summary>Port of requests that overtake those: interrupt and shutdown.</summary>
    public required int ControlPort { get; init; }

    /// <summary>Port on which the kernel asks the user for input.</summary>
    public required int StdinPort { get; init; }

    /// <summary>Port on which outputs and the kernel's state are published.</summary>
    public required int IopubPort { get; init; }

    /// <summary>Port that sends back what it gets.</summary>
    public required int HeartbeatPort { get; init; }

    /// <summary>The key of HMAC-SHA256 over each message; never empty.</summary>
    public required byte[] Key { get; init; }

    /// <summary>Reads a connection file.</summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="KernelException">
    /// There is no such file; it is no connection file; or it asks for what this kernel refuses: another transport than TCP, an address
    /// that other machines can reach, messages without signatures.
    /// </exception>
    public static ConnectionFile Load(string path)
    {
        JsonObject json = Parse(path);
        string transport = Text(json, "transport", path);
        if (transport != "tcp") throw Refuse(path, "the transport 'tcp'", $"'{transport}'");
        string scheme = Text(json, "signature_scheme", path);
        if (scheme != OnlyScheme) throw Refuse(path, $"the signature scheme '{OnlyScheme}'", $"'{scheme}'");
        string key = Text(json, "key", path);
        if (key.Length == 0) throw Refuse(path, "a key", "an empty one, with which anybody on this machine could run code in the kernel");
        return new ConnectionFile
        {
            Address = Loopback(Text(json, "ip", path), path),
            ShellPort = Port(json, "shell_port", path),
            ControlPort = Port(json, "control_port", path),
            StdinPort = Port(json, "stdin_port", path),
            IopubPort = Port(json, "iopub_port", path),
            HeartbeatPort = Port(json, "hb_port", path),
            Key = Encoding.UTF8.GetBytes(key),
        };
    }

    private static JsonObject Parse(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new KernelException($"Expected a connection file at '{path}', found none. Jupyter writes it when it starts a kernel.");
        if (file.Length > MostBytes)
            throw Refuse(path, $"a connection file of at most {MostBytes} bytes", $"{file.Length} bytes");
        try
        {
            return JsonNode.Parse(
                    InputFile.ReadBytes(path, InputKind.Document),
                    null,
                    new JsonDocumentOptions { AllowDuplicateProperties = false }
                ) as JsonObject
                ?? throw Refuse(path, "a JSON object", "another JSON value");
        }
        catch (JsonException error)
        {
            throw new KernelException($"Expected a connection file at '{path}', found text that is no JSON: {error.Message}", error);
        }
    }

    private static IPAddress Loopback(string ip, string path)
    {
        IPAddress? address = ip == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(ip, out IPAddress? parsed) ? parsed : null;
        return address is not null && IPAddress.IsLoopback(address)
            ? address
            : throw Refuse(path, "an address of this machine's loopback as 'ip', such as 127.0.0.1", $"'{ip}'");
    }

    private static int Port(JsonObject json, string name, string path) =>
        json[name] is JsonValue value && value.TryGetValue(out int port) && port is >= 1 and <= 65535
            ? port
            : throw Refuse(path, $"a port from 1 to 65535 as '{name}'", Found(json[name]));

    private static string Text(JsonObject json, string name, string path) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : throw Refuse(path, $"text as '{name}'", Found(json[name]));

    private static string Found(JsonNode? node) => node is null ? "nothing" : node.ToJsonString();

    private static KernelException Refuse(string path, string expected, string found) =>
        new($"Expected {expected} in the connection file '{path}', found {found}.");
}
