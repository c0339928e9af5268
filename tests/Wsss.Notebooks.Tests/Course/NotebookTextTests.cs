using Wsss.Notebooks.Documents;
using Wsss.Results;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>What the texts of the notebooks say was measured is what the notebooks, or the files that they link to, show.</summary>
public sealed class NotebookTextTests
{
    /// <summary>A cell with this tag quotes papers.</summary>
    private const string Cited = "cited";

    /// <summary>The pages whose tables a text may quote.</summary>
    private static readonly string[] Figures = ["README.md", "results.md", "performance.md"];

    public static TheoryData<string> EachNotebook => CourseFiles.EachNotebook;

    [Theory]
    [MemberData(nameof(EachNotebook))]
    public void Numbers_in_the_text_are_of_an_output_or_of_a_linked_result(string notebook)
    {
        string[] faults = [.. Faults(CourseFiles.Load(notebook))];
        Assert.True(faults.Length == 0, $"{notebook} claims what nothing shows:\n{string.Join('\n', faults)}");
    }

    [Theory]
    [InlineData("mIoU is 49.9.", 0)]
    [InlineData("mIoU is 50 %, of 1,600 images; it loses 0.7 points.", 0)]
    [InlineData("mIoU is 49.8.", 1)]
    [InlineData("It changes by −0.7, or by +0.7.", 1)]
    [InlineData("Precision goes from 12 to 50.", 1)]
    [InlineData("The setting is .25.", 0)]
    [InlineData("Two papers say [61.45](https://example.org) and 60.80.", 0)]
    [InlineData("[One](https://example.org) says 61.45. Here it is 60.80.", 1)]
    [InlineData("Of 2016, for 41 × 41 places, `x = 3.5` and $y = 4.5$ in ResNet-50 or notebooks 04–06.", 0)]
    [InlineData("That is 49.9 − 0.7 = 49.2, and 49.2 again.", 0)]
    [InlineData("That is 49.9 − 0.7 = 48.2.", 1)]
    [InlineData("That is 49.7 − 0.7 = 49.0.", 1)]
    [InlineData("(49.9 − 0.7) / 2 = 24.6; 1600 × 8 / 3600 = 3.6 hours.", 0)]
    [InlineData("Over three seeds it is 68.6 ± 3.1.", 2)]
    [InlineData("Over three seeds ([file](../results/class-labels.json)) it is 68.6 ± 3.1.", 0)]
    [InlineData("Over three seeds ([file](../results/class-labels.json)).\n\nIt is 68.6.", 1)]
    [InlineData("## Exercises\n\n1. Set it to 3.5.\n\n## Next\n\nIt is 3.5.", 1)]
    public void A_number_without_evidence_is_found(string text, int faults)
    {
        var code = NotebookCell.Code("b", "double share = 0.25;");
        code.SetOutputs(1, [new StreamOutput("stdout", "1,600 images, mIoU 49.9 %, a difference of -0.7").ToJson()]);
        Assert.Equal(faults, Faults(Notebook.Create(NotebookCell.Markdown("a", text), code)).Count());
        Assert.Empty(Faults(Notebook.Create(NotebookCell.Markdown("a", text.Replace("48.2", "49.2"), Cited), code)));
    }

    /// <summary>The claims of a notebook that nothing shows, each with its cell.</summary>
    private static IEnumerable<string> Faults(Notebook notebook)
    {
        (string Cell, string Paragraph)[] texts = [.. from cell in notebook.Cells
            where cell.IsMarkdown && !cell.Tags.Contains(Cited)
            from paragraph in Claims.Paragraphs(cell.Source)
            select (cell.Id, paragraph)];
        var sums = texts.SelectMany(text => Claims.Sums(text.Paragraph).Select(sum => (text.Cell, sum.Result, sum.Value))).ToArray();
        double[] known = [.. Evidence.Outputs(notebook), .. Evidence.Settings(notebook), .. sums.Select(sum => sum.Value).OfType<double>()];
        foreach (var (cell, result, value) in sums.Where(sum => sum.Value is not { } value || !sum.Result.Is(value)))
            yield return $"{cell}: '{result.Text}' is {value?.ToString("0.###") ?? "no result"} in: {result.Sentence}";
        foreach (var (cell, paragraph) in texts)
        {
            double[] there = [.. known, .. CourseFiles.Links(paragraph).SelectMany(Linked)];
            foreach (var claim in Claims.Of(paragraph).Where(claim => !there.Any(claim.Is)))
                yield return $"{cell}: '{claim.Text}' in: {claim.Sentence}";
        }
    }

    /// <summary>The numbers of a file that a paragraph links to: results, another notebook's outputs, or a page of figures.</summary>
    private static IEnumerable<double> Linked(string link)
    {
        string path = Path.GetFullPath(link.Split('#')[0], ProjectFolder.At("notebooks"));
        return Path.GetExtension(path) switch
        {
            ".json" => Evidence.Results(ResultFile.Load(path)),
            ".ipynb" => Evidence.Outputs(Notebook.Load(path)),
            ".md" when Figures.Contains(Path.GetFileName(path)) => Evidence.Numbers(File.ReadAllText(path)),
            _ => [],
        };
    }
}
