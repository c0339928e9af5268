using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>What a run of the command gave back.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a run that must have worked.</summary>
    public string Success() => ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}: {Errors}\n{Output}");
}

/// <summary>The <c>wsss</c> command as a process of its own, as people run it, on one thread.</summary>
internal sealed class WsssProcess : IDisposable
{
    private const int Interrupt = 2, Stop = 19, Continue = 18; // SIGINT, SIGSTOP and SIGCONT of Linux

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private WsssProcess(string[] arguments, string? workingFolder = null)
    {
        // What a shell script starts with & ignores SIGINT, and so do its children: tests that were started so could interrupt nothing.
        string[] prefix = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"],
            command = [.. prefix, Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (workingFolder is not null) start.WorkingDirectory = workingFolder;
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _reading = ReadErrorsAsync();
    }

    public bool HasExited => _process.HasExited;

    public static WsssProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Runs the command to its end.</summary>
    public static async Task<Outcome> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>Runs the command to its end where somebody has gone to.</summary>
    public static async Task<Outcome> RunInAsync(string workingFolder, params string[] arguments)
    {
        using var process = new WsssProcess(arguments, workingFolder);
        return await process.EndAsync();
    }

    /// <summary>As Ctrl-C does.</summary>
    public void SendInterrupt() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>As a machine that is switched off does.</summary>
    public void KillAtOnce() => _process.Kill();

    /// <summary>Everything of it stands still until <see cref="GoOn"/>.</summary>
    public void StandStill() => Assert.Equal(0, Kill(_process.Id, Stop));

    public void GoOn() => Assert.Equal(0, Kill(_process.Id, Continue));

    /// <summary>Waits until it says something on standard error, or ends.</summary>
    public async Task SaysAsync(string text)
    {
        while (!_process.HasExited && !Errors().Contains(text)) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    public async Task<Outcome> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _reading;
        return new Outcome(_process.ExitCode, await _output, Errors());
    }

    public void Dispose()
    {
        // Only where a test failed half-way.
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        var buffer = new char[1024];
        while (await _process.StandardError.ReadAsync(buffer) is var read and > 0)
            lock (_errors) _errors.Append(buffer, 0, read);
    }

    private string Errors()
    {
        lock (_errors) return _errors.ToString();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
