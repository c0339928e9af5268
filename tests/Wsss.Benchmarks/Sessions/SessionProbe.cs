using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace Wsss.Benchmarks.Sessions;

/// <summary>Measures one session in a process of its own, and writes a line for each figure: name, tabulator, value.</summary>
internal static class SessionProbe
{
    /// <summary>The process's own: a kernel whose cell does not end keeps the console.</summary>
    private static TextWriter _output = TextWriter.Null;

    /// <summary>What an interrupt may take before it counts as failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Each is measured in a process of its own: what never ends takes its process with it.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["files", "cells", "warm", "work", "stop-wait", "stop-training", "stop-loop"];

    /// <summary>Measures one part.</summary>
    /// <param name="which"><c>own</c> or <c>package</c>.</param>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <param name="notebooks">For the part <c>files</c>: .ipynb files that are to be written as they were read.</param>
    public static async Task RunAsync(string which, string part, IReadOnlyList<string> notebooks)
    {
        _output = Console.Out;
        using Process process = Process.GetCurrentProcess();
        ICellRunner session = which == "own" ? new OwnRunner() : new PackageRunner();
        switch (part)
        {
            case "files":
                int kept = notebooks.Select(File.ReadAllText).Count(text => session.Rewrite(text) == text);
                _output.WriteLine($"notebooks of {notebooks.Count} written as they were read\t{kept}");
                break;
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
                await LiveTensors(session);
                await Errors(session);
                await Speed(session);
                break;
            case "stop-wait":
                await Interrupt(session, "await Task.Delay(-1)", "await Task.Delay(-1);");
                break;
            case "stop-loop":
                await Interrupt(session, "while (true) { }", "while (true) { }");
                break;
            case "stop-training":
                await session.RunAsync(TrainingLoop.Code);
                await Interrupt(session, "a training loop", "while (true) { TrainingLoop.Train(5); }");
                break;
        }
        await _output.FlushAsync();
        Environment.Exit(0);
    }

    private static async Task LaterCells(ICellRunner session)
    {
        await session.RunAsync("TorchSharp.torch.zeros(1).Dispose(); var start = 1;");
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
        _output.WriteLine($"error of a cell that divides by zero in line 4 of an earlier one\t{error.Split('\n')[0]}");
    }

    private static async Task Speed(ICellRunner session)
    {
        await session.RunAsync(TrainingLoop.Code);
        Report("training in a cell / the same compiled", await Ratio(session, "TrainingLoop.Train(20)", () => TrainingLoop.Train(20)));
        Report(
            "loop over pixels in a cell / the same compiled",
            await Ratio(session, "TrainingLoop.Count(200)", () => TrainingLoop.Count(200))
        );
    }

    /// <summary>
    /// The least of many in processor time, which others on the machine disturb less. OpenMP's thread count belongs to a thread.
    /// </summary>
    private static async Task<double> Ratio(ICellRunner session, string call, Action compiled)
    {
        string cell = "TorchSharp.torch.set_num_threads(1); var before = Environment.CpuUsage.TotalTime; " +
            $"{call}; (Environment.CpuUsage.TotalTime - before).TotalMilliseconds.ToString(\"R\")";
        (double least, double reference) = (double.MaxValue, double.MaxValue);
        for (int i = 0; i < 15; i++)
        {
            torch.set_num_threads(1);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            compiled();
            reference = Math.Min(reference, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            string took = await session.RunAsync(cell);
            least = Math.Min(least, double.Parse(took.Split("<pre>")[^1].Split("</pre>")[0], CultureInfo.InvariantCulture));
        }
        return least / reference;
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
        string usableAfter = usable ? "" : ", the session is lost";
        string figure = stopped ? elapsed.ToString("0", CultureInfo.InvariantCulture) : "never";
        _output.WriteLine($"interrupt of {name}, ms\t{figure}{usableAfter}");
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
        _output.WriteLine($"{name}\t{value.ToString(Math.Abs(value) < 10 ? "0.##" : "0", CultureInfo.InvariantCulture)}");
}
