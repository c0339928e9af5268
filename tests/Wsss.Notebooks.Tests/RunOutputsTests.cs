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

    [Fact]
    public void Text_of_one_stream_is_one_output_until_something_else_comes()
    {
        NotebookCell cell = NotebookCell.Code("a", "");
        var outputs = new RunOutputs();
        outputs.Begin(cell);
        foreach (var (name, text) in new[] { ("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stderr", "d"), ("stdout", "e") })
            outputs.Add(new StreamOutput(name, text));
        outputs.Add(new DisplayOutput(Text("shown")));
        outputs.Add(new StreamOutput("stdout", "f"));
        outputs.End(1);
        Assert.Equal(["ab", "cd", "e", "shown", "f"], Shown(cell));
    }

    [Fact]
    public void Ten_times_the_text_takes_ten_times_the_memory_and_not_a_hundred_times()
    {
        Allocated(10);
        long few = Allocated(1_000), many = Allocated(10_000);
        Assert.True(many < 20 * few, $"1,000 lines: {few} bytes, 10,000 lines: {many} bytes");

        static long Allocated(int lines)
        {
            var outputs = new RunOutputs();
            outputs.Begin(NotebookCell.Code("a", ""));
            var line = new StreamOutput("stdout", "a line of text\n");
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < lines; i++) outputs.Add(line);
            outputs.End(1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static MimeBundle Text(string text) => MimeBundle.Of((MimeBundle.Text, text));

    private static IEnumerable<string> Shown(NotebookCell cell) =>
        cell.Outputs.Select(output => MultilineText.Read(output["text"] ?? output["data"]!["text/plain"]));
}
