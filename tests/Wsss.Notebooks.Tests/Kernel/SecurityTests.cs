using System.Net.Sockets;
using System.Text;
using Wsss.Kernel;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class SecurityTests(SharedKernel shared) : IClassFixture<SharedKernel>
{
    private KernelClient Client => shared.Client;

    [Fact]
    public void Only_signed_messages_run()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("written");
        byte[] header =
            """{"msg_id":"1","session":"s","username":"u","date":"2026-01-01T00:00:00Z","msg_type":"execute_request","version":"5.3"}"""u8.ToArray();
        byte[] content = Encoding.UTF8.GetBytes($$"""{"code":"File.WriteAllText(\"{{file}}\", \"\");"}""");
        byte[][] json = [header, "{}"u8.ToArray(), "{}"u8.ToArray(), content];
        byte[] right = new MessageSigner(shared.Connection.Key).Sign(json);
        byte[] almost = [.. right[..^1], right[^1] == '0' ? (byte)'1' : (byte)'0'];
        byte[] upper = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(right).ToUpperInvariant());
        foreach (KernelChannel channel in (KernelChannel[])[KernelChannel.Shell, KernelChannel.Control])
        {
            foreach (
                byte[] signature in (byte[][])
                    [
                        [],
                        almost,
                        right[..^1],
                        [.. right, (byte)'0'],
                        upper,
                        new byte[64],
                    ]
            )
                Client.SendFrames(channel, [WireMessage.Delimiter.ToArray(), signature, .. json]);
            using var stranger = new KernelClient(shared.Connection, "another key"u8.ToArray());
            stranger.Send(channel, "execute_request", new() { ["code"] = $"File.WriteAllText(\"{file}\", \"\");" });
            stranger.Send(channel, "shutdown_request", new() { ["restart"] = false });
            // Its answer comes after all that the socket got before.
            Assert.Equal("2", Client.Execute("1 + 1").Result);
            Client.Ask("kernel_info_request", [], KernelChannel.Control);
        }
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void A_message_that_somebody_has_recorded_does_not_run_again()
    {
        // Its own: no other test uses up what the kernel says of dropped messages.
        using var own = new SharedKernel();
        own.Client.Execute("int runs = 0;");
        byte[] header =
            """{"msg_id":"again","session":"s","username":"u","date":"2026-01-01T00:00:00Z","msg_type":"execute_request","version":"5.3"}"""u8.ToArray();
        byte[][] json = [header, "{}"u8.ToArray(), "{}"u8.ToArray(), """{"code":"runs++;"}"""u8.ToArray()];
        byte[][] frames = [WireMessage.Delimiter.ToArray(), new MessageSigner(own.Connection.Key).Sign(json), .. json];
        for (int i = 0; i < 3; i++)
            own.Client.SendFrames(KernelChannel.Shell, frames);
        Assert.Equal("1", own.Client.Execute("runs").Result);
        Assert.Contains("a message on the Shell channel is dropped: expected a new message, found one that came before", own.Notes);
    }

    [Fact]
    public void Frames_of_garbage_are_dropped()
    {
        var random = new Random(1);
        foreach (KernelChannel channel in (KernelChannel[])[KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin])
        {
            for (int i = 0; i < 50; i++)
            {
                byte[][] frames = [.. Enumerable.Range(0, random.Next(1, 100)).Select(_ => new byte[random.Next(200)])];
                foreach (byte[] frame in frames) random.NextBytes(frame);
                if (i % 2 == 0) frames[random.Next(frames.Length)] = WireMessage.Delimiter.ToArray();
                Client.SendFrames(channel, frames);
            }
        }
        Assert.Equal("2", Client.Execute("1 + 1").Result);
        Assert.InRange(shared.Notes.Count(), 1, 20);
    }

    [Fact]
    public void Bytes_that_are_no_ZeroMQ_close_only_their_own_line()
    {
        var random = new Random(1);
        byte[] noise = new byte[5000];
        random.NextBytes(noise);
        // A greeting, and then a frame that claims to have 2^62 bytes.
        byte[] greeting = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, .. "NULL"u8, .. new byte[16], 0, .. new byte[31]];
        byte[][] attacks =
        [
            noise,
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            [],
            [0xff],
            greeting,
            [.. greeting, 2, 0x40, 0, 0, 0, 0, 0, 0, 0, 1],
        ];
        ConnectionFile to = shared.Connection;
        foreach (int port in (int[])[to.ShellPort, to.ControlPort, to.StdinPort, to.IopubPort, to.HeartbeatPort])
        {
            foreach (byte[] attack in attacks)
            {
                using var line = new TcpClient("127.0.0.1", port);
                line.GetStream().Write(attack);
            }
        }
        Assert.Equal("2", Client.Execute("1 + 1").Result);
        Client.Ask("kernel_info_request", [], KernelChannel.Control);
    }
}
