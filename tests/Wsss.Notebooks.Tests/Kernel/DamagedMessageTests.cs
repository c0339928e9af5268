using System.Text;
using Wsss.Kernel.Wire;
using Wsss.Tests.Hostile;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>Messages of every kind with damage in one of their parts, most of them signed as the client's own are.</summary>
public sealed class DamagedMessageTests
{
    private const int Parts = 4;

    private static readonly byte[][] Telling =
    [
        .. "{|}|[|]|\"|:|,|null|true|-1|1e999|\\ud800|\\u0000|".Split('|').Select(Bytes),
        .. "\"msg_type\"|\"code\"|\"cursor_pos\":|execute_request".Split('|').Select(Bytes),
    ];

    private static readonly byte[][][] Messages =
    [
        Message("kernel_info_request", "{}"),
        Message("execute_request", """{"code":"1 + 1","silent":false,"store_history":true,"user_expressions":{"a":"2"},"stop_on_error":true}"""),
        Message("complete_request", """{"code":"ab","cursor_pos":2}"""),
        Message("inspect_request", """{"code":"ab","cursor_pos":1,"detail_level":0}"""),
        Message("is_complete_request", """{"code":"1 +"}"""),
        Message("history_request", """{"output":false,"raw":true,"hist_access_type":"range","session":0,"start":0,"stop":5}"""),
        Message("comm_info_request", """{"target_name":"jupyter.widget"}"""),
        Message("comm_open", """{"comm_id":"c","target_name":"jupyter.widget","data":{"state":{}}}"""),
        Message("comm_msg", """{"comm_id":"c","data":{"method":"update","state":{"value":1}}}"""),
        Message("comm_close", """{"comm_id":"c","data":{}}"""),
    ];

    [Fact]
    public void A_kernel_goes_on_as_before()
    {
        using var kernel = new SharedKernel();
        var signer = new MessageSigner(kernel.Connection.Key);
        for (int i = 0; i < Damage.Iterations; i++)
        {
            var random = new Random(i);
            byte[][] parts = [.. Messages[random.Next(Messages.Length)]];
            int part = random.Next(Parts);
            parts[part] = Damage.Of(random, [parts[part]], Telling);
            byte[] signature = i % 8 == 0 ? Damage.Of(random, [signer.Sign(parts)], Telling) : signer.Sign(parts);
            var channel = random.Next(4) == 0 ? KernelChannel.Control : KernelChannel.Shell;
            kernel.Client.SendFrames(channel, [WireMessage.Delimiter.ToArray(), signature, .. parts]);
            if (i % 100 != 99)
                continue;
            // All of it is answered or dropped first: a cell that fails aborts those that wait behind it.
            kernel.Client.Ask("kernel_info_request", [], KernelChannel.Shell);
            Assert.Equal("2", kernel.Client.Execute("1 + 1").Result);
        }
        kernel.Client.Ask("kernel_info_request", [], KernelChannel.Control);
        Assert.Contains(kernel.Notes, note => note.Contains("is dropped: expected", StringComparison.Ordinal));
    }

    private static byte[][] Message(string type, string content) =>
        [
            Bytes($$"""{"msg_id":"1","session":"s","username":"u","date":"2026-01-01T00:00:00Z","msg_type":"{{type}}","version":"5.3"}"""),
            Bytes("{}"),
            Bytes("{}"),
            Bytes(content),
        ];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
