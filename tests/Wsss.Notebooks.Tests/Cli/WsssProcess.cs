using System.Diagnostics;
using System.Runtime.InteropServices;

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
    private const int Interrupt = 2; // SIGINT

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private WsssProcess(string[] arguments, string? workingFolder = null)
    {
        string[] command = [Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll"), .. arguments];
        var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (workingFolder is not null) start.WorkingDirectory = workingFolder;
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
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

    public async Task<Outcome> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        // Only where a test failed half-way.
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
