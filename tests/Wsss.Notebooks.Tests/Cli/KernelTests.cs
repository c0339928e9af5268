using System.Text.Json.Nodes;

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
