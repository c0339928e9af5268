using System.Globalization;
using TorchSharp;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Benchmarks.Sessions;

/// <summary>
/// Code in a cell against the same code compiled with this program: in turn, both on the session's thread, in its processor time, since
/// other programs disturb wall time.
/// </summary>
internal static class CellBenchmarks
{
    private const int Rounds = 61;
    private const string Now = "Wsss.Benchmarks.Sessions.ThreadClock.Milliseconds()";
    private const string Before = $"TorchSharp.torch.set_num_threads(1); var before = {Now};";
    private const string After = $"({Now} - before).ToString(\"R\")";

    /// <summary>A method that a cell declares, the same lines at a cell's top level, and plain C#.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        (
            "cell-training",
            () => Against("training steps in a cell's method", "TrainingLoop.Train(5);", () => TrainingLoop.Train(5)) with { Target = 1.05 }
        ),
        ("cell-lines", () => Against("training steps in a cell's lines", Lines(), () => TrainingLoop.Train(5)) with { Target = 1.05 }),
        ("cell-pixels", () => Against("loops over pixels in a cell's method", "TrainingLoop.Count(200);", () => TrainingLoop.Count(200))),
    ];

    private static Measurement Against(string name, string cell, Action compiled)
    {
        using var session = new NotebookSession(new SessionOptions());
        Run(session, TrainingLoop.Code);
        var ratios = new double[Rounds];
        var references = new double[Rounds];
        for (int i = -2; i < Rounds; i++)
        {
            double reference = OnItsThread(session, compiled);
            double ratio = double.Parse(Run(session, $"{Before}\n{cell}\n{After}"), CultureInfo.InvariantCulture) / reference;
            if (i >= 0)
                (ratios[i], references[i]) = (ratio, reference);
        }
        Array.Sort(ratios);
        Array.Sort(references);
        return new Measurement(
            name,
            "the same compiled, processor time",
            ratios[Rounds / 2],
            ratios[0],
            ratios[^1],
            references[Rounds / 2]
        );
    }

    private static double OnItsThread(NotebookSession session, Action work)
    {
        double elapsed = 0;
        session.InvokeAsync(
            () =>
            {
                torch.set_num_threads(1);
                double before = ThreadClock.Milliseconds();
                work();
                elapsed = ThreadClock.Milliseconds() - before;
            },
            _ => { }, CancellationToken.None).GetAwaiter().GetResult();
        return elapsed;
    }

    private static string Run(NotebookSession session, string cell)
    {
        string shown = "";
        void Take(CellOutput output) => shown = output is ResultOutput value ? value.Data[MimeBundle.Text]! : shown;
        CellResult result = session.ExecuteAsync(cell, Take, CancellationToken.None).GetAwaiter().GetResult();
        return result.Error is { } error ? throw new InvalidOperationException(error.ToString()) : shown;
    }

    /// <summary>The body of <see cref="TrainingLoop.Train"/>.</summary>
    private static string Lines()
    {
        string code = TrainingLoop.Code;
        int start = code.IndexOf('{', code.IndexOf("Train(int steps)", StringComparison.Ordinal));
        return "{ int steps = 5;" + code[(start + 1)..code.IndexOf("\n    }\n", start, StringComparison.Ordinal)] + "\n}";
    }
}
