using System.Diagnostics;
using System.Globalization;

namespace Wsss.Notebooks.Sessions;

/// <summary>Shows how far library work is: a line for each stage, written anew in its place. What is over at once gets none.</summary>
/// <param name="show">Shows a line.</param>
/// <param name="patience">How long a stage may last without a line.</param>
internal sealed class ProgressLines(Func<object?, DisplayedValue> show, TimeSpan patience) : IProgress<WorkProgress>
{
    /// <summary>That of people who watch.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int Width = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Stage> _stages = [];

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        lock (_gate)
        {
            if (!_stages.TryGetValue(value.Stage, out Stage? stage)) _stages[value.Stage] = stage = new Stage();
            bool isOver = value.Done >= value.Total;
            if (stage.Line is null)
            {
                if (isOver || stage.Begun.Elapsed < patience) return;
                stage.Line = show(Text(value));
            }
            else
            {
                if (!isOver && stage.Shown.Elapsed < Pause) return;
                stage.Line.Update(Text(value));
            }
            stage.Shown.Restart();
        }
    }

    private static string Text(WorkProgress value)
    {
        double part = value.Total > 0 ? Math.Clamp((double)value.Done / value.Total, 0, 1) : 1;
        int filled = (int)(part * Width);
        string detail = value.Detail is null ? "" : $", {value.Detail}";
        return string.Create(CultureInfo.InvariantCulture,
            $"{value.Stage} {new string('━', filled)}{new string('─', Width - filled)} {value.Done}/{value.Total}{detail}");
    }

    private sealed class Stage
    {
        public Stopwatch Begun { get; } = Stopwatch.StartNew();

        public Stopwatch Shown { get; } = Stopwatch.StartNew();

        public DisplayedValue? Line { get; set; }
    }
}
