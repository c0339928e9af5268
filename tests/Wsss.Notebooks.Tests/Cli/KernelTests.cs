using System.Text;
using System.Text.Json.Nodes;
using Wsss.Kernel;
using Wsss.Kernel.Wire;
using Wsss.Notebooks.Tests.Kernel;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class KernelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_kernel_is_installed_with_absolute_paths_listed_and_removed()
    {
        string folder = Path.Combine(_folder.Path, "share", "jupyter", "kernels", ".net-csharp");
        Assert.Equal(folder, (await WsssProcess.RunAsync("kernel", "install", "--prefix", _folder.Path)).Success().Trim());
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))!;
        string[] words = [.. json["argv"]!.AsArray().Select(word => word!.GetValue<string>())];
        Assert.True(Path.IsPathFullyQualified(words[0]) && File.Exists(words[0]), words[0]);
        Assert.Equal([Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll"), "kernel", "run", "{connection_file}"], words[1..]);
        Assert.Equal("passive", json["env"]!["OMP_WAIT_POLICY"]!.GetValue<string>());

        string data = Path.Combine(_folder.Path, "share", "jupyter");
        Assert.StartsWith(
            $"{folder}: {words[0]} ",
            (await WsssProcess.RunAsync("kernel", "list", "--user", data)).Success(),
            StringComparison.Ordinal
        );
        Assert.Equal(folder, (await WsssProcess.RunAsync("kernel", "uninstall", "--user", data)).Success().Trim());
        Assert.False(Directory.Exists(folder));
        Outcome again = await WsssProcess.RunAsync("kernel", "uninstall", "--user", data);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(data, again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_file_that_other_machines_could_reach_is_an_error()
    {
        string path = _folder.File("connection.json", """{"transport":"tcp","ip":"0.0.0.0","signature_scheme":"hmac-sha256","key":"k"}""");
        Outcome outcome = await WsssProcess.RunAsync("kernel", "run", path);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("found '0.0.0.0'", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_that_a_cell_left_in_the_foreground_does_not_keep_the_kernel()
    {
        ConnectionFile connection = RunningKernel.NewConnection() with { Key = "k"u8.ToArray() };
        string path = _folder.File(
            "connection.json",
            new JsonObject
            {
                ["transport"] = "tcp",
                ["ip"] = "127.0.0.1",
                ["signature_scheme"] = "hmac-sha256",
                ["key"] = Encoding.UTF8.GetString(connection.Key),
                ["shell_port"] = connection.ShellPort,
                ["control_port"] = connection.ControlPort,
                ["stdin_port"] = connection.StdinPort,
                ["iopub_port"] = connection.IopubPort,
                ["hb_port"] = connection.HeartbeatPort,
            }.ToJsonString()
        );
        using WsssProcess kernel = WsssProcess.Start("kernel", "run", path);
        using (KernelClient client = KernelClient.Connected(connection))
        {
            Assert.Equal("5", client.Execute("new Thread(() => { while (true) Thread.Sleep(100); }).Start();\n5").Result);
            client.Ask("shutdown_request", new JsonObject { ["restart"] = false }, KernelChannel.Control);
        }
        (await kernel.EndAsync()).Success();
    }

    [Fact]
    public async Task Shells_offer_what_people_type_and_not_what_Jupyter_calls() =>
        Assert.Equal(
            ["install", "list", "uninstall"],
            (await WsssProcess.RunAsync("[suggest]", "kernel "))
                .Success()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Both_places_at_once_are_exit_code_2() =>
        Assert.Equal(2, (await WsssProcess.RunAsync("kernel", "install", "--user", "a", "--prefix", "b")).ExitCode);
}
