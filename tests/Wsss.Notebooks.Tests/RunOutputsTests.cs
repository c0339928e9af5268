using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests;

public sealed class RunOutputsTests
{
    [Fact]
    public void A_file_keeps_the_last_value_of_a_display_in_its_place()
    {
        NotebookCell first = NotebookCell.Code("a", "");
        NotebookCell second = NotebookCell.Code("b", "");
        var outputs = new RunOutputs();
        outputs.Begin(first);
        outputs.Add(new DisplayOutput(Text("0 %")) { Id = "bar" });
        outputs.Add(new StreamOutput("stdout", "a"));
        outputs.Add(new DisplayUpdate("bar", Text("50 %")));
        outputs.Add(new StreamOutput("stdout", "b"));
        outputs.End(1);
        Assert.Equal(["50 %", "ab"], Shown(first));

        outputs.Begin(second);
        outputs.Add(new DisplayUpdate("bar", Text("100 %")));
        outputs.Add(new DisplayUpdate("unknown", Text("?")));
        outputs.End(2);
        Assert.Equal(["100 %", "ab"], Shown(first));
        Assert.Equal((1, 2), (first.ExecutionCount, second.ExecutionCount));
        Assert.Empty(second.Outputs);
    }

    private static MimeBundle Text(string text) => MimeBundle.Of((MimeBundle.Text, text));

    private static IEnumerable<string> Shown(NotebookCell cell) =>
        cell.Outputs.Select(output => MultilineText.Read(output["text"] ?? output["data"]!["text/plain"]));
}
