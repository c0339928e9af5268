using Spectre.Console;

namespace Wsss.Cli;

/// <summary>
/// Shows progress on standard error, so that standard output holds results only: bars on a terminal, else a line whenever a
/// stage ends and at least every half minute.
/// </summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work while its progress is shown.</summary>
    public static T Run<T>(Func<IProgress<WorkProgress>, T> work)
    {
        if (Console.IsErrorRedirected)
            return work(new Lines());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .Start(context => work(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<WorkProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(WorkProgress value)
        {
            lock (_tasks)
            {
                if (!_tasks.TryGetValue(value.Stage, out var task))
                    _tasks[value.Stage] = task = context.AddTask(
                        Markup.Escape(PlainText.Of(value.Stage)),
                        maxValue: Math.Max(1, value.Total)
                    );
                if (value.Detail is not null)
                    task.Description = Markup.Escape(PlainText.Of($"{value.Stage} · {value.Detail}"));
                task.MaxValue = Math.Max(1, value.Total);
                task.Value = value.Done;
            }
        }
    }

    private sealed class Lines : IProgress<WorkProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

        private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
        private TimeSpan _last;

        public void Report(WorkProgress value)
        {
            lock (_clock)
            {
                var now = _clock.Elapsed;
                if (value.Done < value.Total && now - _last < Pause) return;
                _last = now;
                string detail = value.Detail is null ? "" : $" ({value.Detail})";
                ResultText.Note($"[{now:hh\\:mm\\:ss}] {value.Stage}: {value.Done}/{value.Total}{detail}");
            }
        }
    }
}
