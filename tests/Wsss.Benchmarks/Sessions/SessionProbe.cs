using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace Wsss.Benchmarks.Sessions;

/// <summary>Measures one session in a process of its own, and writes a line for each figure: name, tabulator, value.</summary>
internal static class SessionProbe
{
    /// <summary>What an interrupt may take before it counts as failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Training =
        "TrainingLoop.Train(3); while (true) { TrainingLoop.Train(5); }";

    /// <summary>Measures one part.</summary>
    /// <param name="which"><c>own</c> or <c>package</c>.</param>
    /// <param name="part"><c>cells</c>, <c>warm</c> or <c>work</c>.</param>
    public static async Task RunAsync(string which, string part)
    {
        using Process process = Process.GetCurrentProcess();
        ICellRunner session = which == "own" ? new OwnRunner() : new PackageRunner();
        switch (part)
        {
            case "cells":
                await session.RunAsync("1 + 1");
                Report("process start to first result, ms", (DateTime.Now - process.StartTime).TotalMilliseconds);
                await LaterCells(session);
                Report("first completion, ms", await Milliseconds(() => session.CompleteAsync("Console.", 8)));
                await EditorServices(session);
                break;
            case "warm":
                Report("warm-up, ms", await Milliseconds(session.WarmUpAsync));
                Report("first cell after it, ms", await Milliseconds(() => session.RunAsync("1 + 1")));
                Report("first completion after it, ms", await Milliseconds(() => session.CompleteAsync("string.", 7)));
                break;
            case "work":
                TorchRuntime.UseThreads(1);
                await LiveTensors(session);
                await Errors(session);
                await Speed(session);
                // What never ends takes the process with it, so it comes last.
                await Interrupts(session);
                break;
        }
        await Console.Out.FlushAsync();
        Environment.Exit(0);
    }

    private static async Task LaterCells(ICellRunner session)
    {
        await session.RunAsync("var start = 1;");
        double[] times = new double[300];
        for (int i = 0; i < times.Length; i++)
        {
            string code = i % 3 == 0 ? $"var cell{i} = start + {i};" : i % 3 == 1 ? $"cell{i - 1} * 2" : "for (int i = 0; i < 3; i++) { }";
            times[i] = await Milliseconds(() => session.RunAsync(code));
            if (i is 199 or 299) Report($"memory after {i + 1} cells, MB", Environment.WorkingSet / 1e6);
        }
        Report("trivial cell (median of 20), ms", Median(times[..20]));
        Report("trivial cell after 280 others, ms", Median(times[280..]));
    }

    private static async Task LiveTensors(ICellRunner session)
    {
        await session.RunAsync("using static TorchSharp.torch;");
        long before = torch.Tensor.TotalCount;
        for (int i = 0; i < 50; i++) await session.RunAsync("{ using var x = rand(4, 4); x.sum().Dispose(); }");
        Report("growth of live tensors over 50 cells that dispose of theirs", torch.Tensor.TotalCount - before);
    }

    private static async Task EditorServices(ICellRunner session)
    {
        const string Code = "var later = cell3.ToString().";
        var completions = new double[7];
        var hovers = new double[7];
        for (int i = 0; i < completions.Length; i++)
        {
            string code = new string(' ', i) + Code;
            completions[i] = await Milliseconds(() => session.CompleteAsync(code, code.Length));
            hovers[i] = await Milliseconds(() => session.HoverAsync(code, code.Length - 3));
        }
        Report("completion after 300 cells, ms", Median(completions[2..]));
        Report("hover after 300 cells, ms", Median(hovers[2..]));
    }

    private static async Task Errors(ICellRunner session)
    {
        await session.RunAsync("int zero = 0;\nint Divide(int x)\n{\n    return x / zero;\n}");
        string error = await session.RunAsync("\nDivide(1)");
        Console.WriteLine($"error of a cell that divides by zero in line 4 of an earlier one\t{error.Split('\n')[0]}");
    }

    private static async Task Speed(ICellRunner session)
    {
        using Stream source = typeof(SessionProbe).Assembly.GetManifestResourceStream("TrainingLoop.cs")!;
        string text = (await new StreamReader(source).ReadToEndAsync()).Replace("namespace Wsss.Benchmarks.Sessions;", "", StringComparison.Ordinal);
        await session.RunAsync(text);
        Report("training in a cell / the same compiled", await Ratio(session, "TrainingLoop.Train(40)", () => TrainingLoop.Train(40)));
        Report("loop over pixels in a cell / the same compiled", await Ratio(session, "TrainingLoop.Count(400)", () => TrainingLoop.Count(400)));
    }

    /// <summary>In processor time, which others on the machine disturb less.</summary>
    private static async Task<double> Ratio(ICellRunner session, string call, Action compiled)
    {
        string cell =
            $"var before = Environment.CpuUsage.TotalTime; {call}; (Environment.CpuUsage.TotalTime - before).TotalMilliseconds.ToString(\"R\")";
        double[] ratios = new double[9];
        for (int i = 0; i < ratios.Length; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            compiled();
            double reference = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            string took = await session.RunAsync(cell);
            ratios[i] = double.Parse(took.Split("<pre>")[^1].Split("</pre>")[0], CultureInfo.InvariantCulture) / reference;
        }
        // The first ones are before the runtime has compiled both for good.
        return Median(ratios[4..]);
    }

    private static async Task Interrupts(ICellRunner session)
    {
        await Interrupt(session, "a training loop", Training);
        await Interrupt(session, "await Task.Delay(-1)", "await Task.Delay(-1);");
        await Interrupt(session, "while (true) { }", "while (true) { }");
    }

    private static async Task Interrupt(ICellRunner session, string name, string code)
    {
        using var source = new CancellationTokenSource();
        Task running = Task.Run(() => session.RunAsync(code, source.Token));
        await Task.Delay(1000);
        var watch = Stopwatch.StartNew();
        await source.CancelAsync();
        bool stopped = await Task.WhenAny(running, Task.Delay(Patience)) == running;
        double elapsed = watch.Elapsed.TotalMilliseconds;
        Task<string> next = Task.Run(() => session.RunAsync("1 + 1"));
        bool usable = await Task.WhenAny(next, Task.Delay(Patience)) == next && !next.IsFaulted;
        string figure = stopped ? elapsed.ToString("0", CultureInfo.InvariantCulture) : "never";
        Console.WriteLine($"interrupt of {name}, ms\t{figure}{(usable ? "" : ", the session is lost")}");
    }

    private static async Task<double> Milliseconds(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Report(string name, double value) =>
        Console.WriteLine($"{name}\t{value.ToString(Math.Abs(value) < 10 ? "0.##" : "0", CultureInfo.InvariantCulture)}");
}
