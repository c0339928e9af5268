using System.Diagnostics;

namespace Wsss.Tests;

public sealed class WatchdogTests
{
    private const string Missing = "no stacks: 'dotnet tool restore'";

    [Fact]
    public void Silence_beyond_the_limit_is_told_once_with_its_place()
    {
        using var barked = new SemaphoreSlim(0);
        string heard = "";
        new Watchdog(TimeSpan.FromSeconds(0.1), place => { heard = place; barked.Release(); }).Note("in the test");
        Assert.True(barked.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal("nothing happened for 0.1 s, in the test", heard);
        Assert.False(barked.Wait(TimeSpan.FromSeconds(0.3), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Tests_that_come_and_go_are_not_told_of()
    {
        bool barked = false;
        var watchdog = new Watchdog(TimeSpan.FromMinutes(1), _ => barked = true);
        for (int i = 0; i < 20; i++)
        {
            watchdog.Note($"in test {i}");
            Thread.Sleep(20);
        }
        Assert.False(barked);
    }

    [Fact]
    public void Stacks_name_the_methods_of_this_process()
    {
        string stacks = Watchdog.Stacks(Environment.ProcessId);
        Assert.SkipWhen(stacks.StartsWith(Missing, StringComparison.Ordinal), stacks);
        Assert.Contains(nameof(Stacks_name_the_methods_of_this_process), stacks);
    }

    [Fact]
    public async Task A_hanging_test_ends_its_program_which_names_it_and_its_stack()
    {
        string self = typeof(WatchdogTests).FullName!;
        string[] arguments = ["-noColor", "-explicit", "only", "-method", $"{self}.{nameof(This_test_hangs)}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Watchdog.LimitVariable] = "2";
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        Assert.NotEqual(0, child.ExitCode);
        Assert.StartsWith($"watchdog: nothing happened for 2 s, in {self}.{nameof(This_test_hangs)}", errors);
        Assert.SkipWhen(errors.Contains(Missing, StringComparison.Ordinal), errors);
        Assert.Contains($"{nameof(WatchdogTests)}.{nameof(This_test_hangs)}()", errors);
    }

    [Fact(Explicit = true)]
    public void This_test_hangs() => Thread.Sleep(Timeout.Infinite);
}
