using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class ProgressLinesTests
{
    private readonly List<CellOutput> _outputs = [];

    [Fact]
    public void A_stage_has_one_line_that_ends_full()
    {
        ProgressLines lines = Lines(TimeSpan.Zero);
        lines.Report(new WorkProgress("train", 1, 4, "loss 0.5"));
        lines.Report(new WorkProgress("maps", 1, 2));
        lines.Report(new WorkProgress("train", 4, 4));
        var shown = _outputs.OfType<DisplayOutput>().ToArray();
        Assert.Equal(
            [$"train {new string('━', 7)}{new string('─', 23)} 1/4, loss 0.5", $"maps {new string('━', 15)}{new string('─', 15)} 1/2"],
            shown.Select(line => line.Data[MimeBundle.Text])
        );
        var last = Assert.IsType<DisplayUpdate>(_outputs[^1]);
        Assert.Equal((shown[0].Id, $"train {new string('━', 30)} 4/4"), (last.Id, last.Data[MimeBundle.Text]));
    }

    [Fact]
    public void What_is_over_at_once_has_none()
    {
        ProgressLines lines = Lines(TimeSpan.FromHours(1));
        lines.Report(new WorkProgress("train", 1, 4));
        lines.Report(new WorkProgress("train", 4, 4));
        Lines(TimeSpan.Zero).Report(new WorkProgress("maps", 2, 2));
        Assert.Empty(_outputs);
    }

    private ProgressLines Lines(TimeSpan patience) => new(
        value => DisplayedValue.Show(value, shown => MimeBundle.Of((MimeBundle.Text, (string)shown!)), _outputs.Add), patience);
}
