using System.Diagnostics;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ErrorStreamTests
{
    [Theory]
    [InlineData("2> /dev/full", "no-such-command", 2)]
    [InlineData("2>&-", "no-such-command", 2)]
    [InlineData("2> /dev/full", "results table none.json", 1)]
    [InlineData("2>&-", "results table none.json", 1)]
    public async Task A_standard_error_that_takes_nothing_changes_no_exit_code(string errors, string arguments, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It has a shell and a file that is always full.");
        string program = Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"dotnet \"$0\" {arguments} {errors}", program]);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, process.ExitCode);
    }
}
