using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests;

public class SavedOutputsTests
{
    private const string Library = "1.0+aaaaaaaaaaaa";

    [Fact]
    public void Outputs_of_this_code_and_library_are_not_stale_whatever_texts_say()
    {
        var notebook = Run(Library);
        notebook.Cells[0].Source = "another text";
        var saved = SavedOutputs.Of(notebook, Library);
        Assert.Equal(new SavedOutputs(true, false, null), saved);
        Assert.False(saved.IsStale);
        Assert.Equal("", saved.Differences);
    }

    [Fact]
    public void Other_code_and_another_library_are_named()
    {
        var notebook = Run("1.0+bbbbbbbbbbbb");
        notebook.Cells[1].Source = "2";
        var saved = SavedOutputs.Of(notebook, Library);
        Assert.Equal(new SavedOutputs(true, true, "1.0+bbbbbbbbbbbb"), saved);
        Assert.StartsWith(
            "code cells have changed since; made with the library 1.0+bbbbbbb, this is ",
            saved.Differences,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_a_run_did_not_say_is_not_known()
    {
        var notebook = Run(Library);
        ((JsonObject)notebook.Metadata[RunRecord.Key]!).Remove("code");
        notebook.Cells[1].Source = "2";
        Assert.Null(SavedOutputs.Of(notebook, Library).CodeChanged);
        Assert.False(SavedOutputs.Of(notebook, Library).IsStale);
        // Of a build without a commit nothing follows.
        Assert.Null(SavedOutputs.Of(Run("1.0"), Library).Library);
        Assert.Null(SavedOutputs.Of(notebook, "1.0").Library);
        Assert.Equal(new SavedOutputs(false, null, null), SavedOutputs.Of(Notebook.Create(), Library));
    }

    [Fact]
    public void What_another_program_keeps_under_the_same_name_counts_as_missing()
    {
        var notebook = Run(Library);
        notebook.Metadata[RunRecord.Key] = new JsonObject
        {
            ["succeeded"] = "yes",
            ["seconds"] = "3",
            ["error"] = 1,
            ["code"] = new JsonObject(),
            ["provenance"] = new JsonObject { ["seed"] = 3, ["device"] = "cpu", ["data"] = null },
        };
        var run = RunRecord.Read(notebook)!;
        Assert.Equal((false, 0.0, null, null), (run.Succeeded, run.Seconds, run.Error, run.Code));
        Assert.Equal([("data", ""), ("device", "cpu"), ("seed", "")], run.Provenance.Select(pair => (pair.Key, pair.Value)).Order());
        notebook.Metadata[RunRecord.Key] = new JsonArray();
        Assert.Null(RunRecord.Read(notebook));
    }

    private static Notebook Run(string library)
    {
        var notebook = Notebook.Create(NotebookCell.Markdown("m", "a text"), NotebookCell.Code("a", "1"), NotebookCell.Code("empty", " "));
        notebook.Metadata[RunRecord.Key] = new RunRecord(true, 1, null, new Dictionary<string, string> { ["library"] = library })
        {
            Code = RunRecord.HashCode(notebook),
        }.ToJson();
        return notebook;
    }
}
