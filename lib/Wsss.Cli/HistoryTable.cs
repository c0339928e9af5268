using System.Globalization;
using Wsss.Evaluation;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary>
/// What training reported, as a table: a row per epoch, with a star where validation chose the one whose weights are kept.
/// </summary>
internal static class HistoryTable
{
    public static string Format(TrainingHistory history)
    {
        string[] losses = [.. history.Epochs[0].Losses.Keys], metrics = [.. history.Epochs[0].Metrics.Keys];
        return new Table(
            ["epoch", .. losses.Select(name => $"{name} loss"), .. metrics.Select(name => $"{name} % (validation)"), "s"],
            [.. history.Epochs.Select(epoch => (IReadOnlyList<string>)
            [
                Text(epoch.Epoch, "0") + (epoch.Epoch == history.Kept ? " *" : ""),
                .. losses.Select(name => Text(epoch.Losses[name], "0.0000")),
                .. metrics.Select(name => Table.Percent(epoch.Metrics[name])),
                Text(epoch.Seconds, "0.0"),
            ])]).ToString();
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
