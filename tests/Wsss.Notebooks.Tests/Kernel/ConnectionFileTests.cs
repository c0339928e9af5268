using System.Net;
using Wsss.Kernel;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Good =
        """{"transport":"tcp","ip":"127.0.0.1","shell_port":1001,"control_port":1002,"stdin_port":1003,"iopub_port":1004,"hb_port":1005,"signature_scheme":"hmac-sha256","key":"a-b","kernel_name":".net-csharp"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_Jupyter_is_read()
    {
        ConnectionFile file = ConnectionFile.Load(_folder.File("a.json", Good));
        Assert.Equal(
            (IPAddress.Loopback, 1001, 1002, 1003, 1004, 1005),
            (file.Address, file.ShellPort, file.ControlPort, file.StdinPort, file.IopubPort, file.HeartbeatPort)
        );
        Assert.Equal("a-b"u8.ToArray(), file.Key);
        Assert.Equal(IPAddress.Loopback, ConnectionFile.Load(_folder.File("b.json", Good.Replace("127.0.0.1", "localhost"))).Address);
    }

    [Theory]
    [InlineData("\"127.0.0.1\"", "\"0.0.0.0\"", "found '0.0.0.0'")]
    [InlineData("\"127.0.0.1\"", "\"*\"", "found '*'")]
    [InlineData("\"127.0.0.1\"", "\"192.168.1.2\"", "loopback")]
    [InlineData("\"127.0.0.1\"", "7", "text as 'ip'")]
    [InlineData("\"tcp\"", "\"ipc\"", "found 'ipc'")]
    [InlineData("hmac-sha256", "hmac-md5", "found 'hmac-md5'")]
    [InlineData("\"a-b\"", "\"\"", "expected a key")]
    [InlineData("\"key\"", "\"other\"", "text as 'key'")]
    [InlineData("1001", "0", "'shell_port'")]
    [InlineData("1002", "70000", "found 70000")]
    [InlineData("1003", "\"1003\"", "'stdin_port'")]
    [InlineData("\"iopub_port\"", "\"other\"", "found nothing")]
    [InlineData("\"kernel_name\"", "\"key\"", "no JSON")]
    [InlineData("{", "[{", "no JSON")]
    public void What_a_kernel_must_not_serve_is_refused(string part, string instead, string told)
    {
        string path = _folder.File("connection.json", Good.Replace(part, instead));
        var error = Assert.Throws<KernelException>(() => ConnectionFile.Load(path));
        Assert.Contains(told, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(
            _folder.File("none.json"),
            Assert.Throws<KernelException>(() => ConnectionFile.Load(_folder.File("none.json"))).Message,
            StringComparison.Ordinal
        );
}
