using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using Xunit.v3;

[assembly: Wsss.Tests.WatchedByDog]

namespace Wsss.Tests;

/// <summary>
/// Ends a test program that hangs: when neither a test begins nor one ends for a whole limit, it says where the program
/// stands, with the stacks of all threads, and ends the process with a failing exit code.
/// </summary>
/// <remarks>
/// Looks at the time on a thread of its own and asks a child process for the stacks, since a hanging process may have no
/// free thread, or hold a lock that every exception needs. The tests of a program run one after another.
/// </remarks>
internal sealed class Watchdog
{
    /// <summary>The environment variable with the limit in seconds.</summary>
    public const string LimitVariable = "WSSS_TEST_LIMIT";

    private readonly TimeSpan _limit;
    private readonly Action<string> _bark;
    private readonly Lock _gate = new();
    private string _place = "before the first test";
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Begins to watch.</summary>
    /// <param name="limit">How long nothing may happen.</param>
    /// <param name="bark">Called once, with where the program stands, when nothing happened for so long.</param>
    public Watchdog(TimeSpan limit, Action<string> bark)
    {
        (_limit, _bark) = (limit, bark);
        // The watch belongs to no test, whatever test happens to start it.
        using (ExecutionContext.SuppressFlow())
            new Thread(Watch) { IsBackground = true, Name = "Test watchdog" }.Start();
    }

    /// <summary>That of all tests of the process.</summary>
    public static Watchdog OfProcess { get; } = new(
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(LimitVariable) ?? "900")), EndProcess);

    /// <summary>Something happened: the limit begins anew.</summary>
    /// <param name="place">Where the program is from now on.</param>
    public void Note(string place)
    {
        lock (_gate) (_place, _since) = (place, Stopwatch.GetTimestamp());
    }

    /// <summary>The stacks of all threads of a process, as dotnet-stack tells them; or why there are none.</summary>
    public static string Stacks(int process)
    {
        try
        {
            var start = new ProcessStartInfo("dotnet", ["tool", "run", "dotnet-stack", "report", "-p", $"{process}"])
            {
                WorkingDirectory = ProjectFolder.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process child = Process.Start(start)!;
            Task<string> output = child.StandardOutput.ReadToEndAsync();
            Task<string> errors = child.StandardError.ReadToEndAsync();
            if (!child.WaitForExit(TimeSpan.FromMinutes(1)))
            {
                child.Kill(entireProcessTree: true);
                return "no stacks: dotnet-stack got no answer within a minute";
            }
            return child.ExitCode == 0
                ? output.Result
                : $"no stacks: 'dotnet tool restore' brings dotnet-stack. {errors.Result}{output.Result}";
        }
        catch (Win32Exception error)
        {
            return $"no stacks: 'dotnet' does not start: {error.Message}";
        }
    }

    private void Watch()
    {
        while (true)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(Math.Clamp(_limit.TotalMilliseconds / 10, 10, 1000)));
            string place;
            lock (_gate)
            {
                if (Stopwatch.GetElapsedTime(_since) < _limit) continue;
                place = $"nothing happened for {_limit.TotalSeconds:0.#} s, {_place}";
            }
            _bark(place);
            return;
        }
    }

    private static void EndProcess(string place)
    {
        if (Debugger.IsAttached) return;
        Write($"watchdog: {place}\n");
        // A thread that may hang like all others in this process.
        var asking = new Thread(() => Write(Stacks(Environment.ProcessId))) { IsBackground = true };
        asking.Start();
        if (!asking.Join(TimeSpan.FromMinutes(2))) Write("watchdog: no stacks\n");
        Write($"\nwatchdog: ends the tests, as {place}\n");
        // Exit would run handlers and wait for threads.
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>Past the console's writers, which tests replace and lock.</summary>
    private static void Write(string text)
    {
        using Stream console = Console.OpenStandardError();
        console.Write(Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>Tells the <see cref="Watchdog"/> of each test's beginning and end.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class WatchedByDogAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Watchdog.OfProcess.Note($"in {test.TestDisplayName}");

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Watchdog.OfProcess.Note($"after {test.TestDisplayName}");
}
